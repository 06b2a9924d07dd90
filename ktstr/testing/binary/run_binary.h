// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The real static binary, run as a shell runs it: everything that can be seen
// of it from outside, and nothing else.
#ifndef KTSTR_TESTING_BINARY_RUN_BINARY_H_
#define KTSTR_TESTING_BINARY_RUN_BINARY_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"

namespace ktstr {

// What a standard descriptor of the binary is.
enum class Stream {
  kPipe,        // Read by the test.
  kNull,        // /dev/null.
  kClosed,      // Nothing, as after >&- in a shell.
  kBrokenPipe,  // A pipe that nobody reads.
  kStuckPipe,   // A full pipe of which the test reads nothing.
  kFullDisk,    // /dev/full.
  kTerminal,    // Of its own, which also controls it, 100 columns wide.
};

struct BinaryCall {
  std::vector<std::string> args;  // Without the program's name.
  std::vector<std::string> environment = {"TERM=xterm"};  // All of it.
  Stream input = Stream::kNull;
  Stream output = Stream::kPipe;
  Stream error = Stream::kPipe;
  // Runs in the new process before the binary does: limits, ids, namespaces.
  // Returns false where the host does not permit it: the outcome is then
  // `refused`.
  std::function<bool()> before_exec;
  // What it is given for each wait, far above what that takes.
  int patience_seconds = 40;
};

// How a run of the binary ended and what it left.
struct Outcome {
  bool refused = false;  // before_exec could not; nothing of the rest counts.
  int exit_code = -1;    // -1: a signal ended it.
  int signal = 0;
  std::string out;  // Of kPipe or kTerminal.
  std::string err;  // Of kPipe.
  // Descendants that were there when it had ended, dead or alive. The
  // supervisor reaps all of its own, so this is 0 unless it was killed.
  int orphans = 0;
  // Of these, the ones that did not end by themselves and had to be killed.
  int lingering = 0;
  double max_rss_mib = 0;  // Of it and what it reaped, the largest.
};

// One run. The test becomes the reaper of its orphans, so that none escapes:
// only one at a time, and the test forks nothing else meanwhile. Every wait
// has a limit (BinaryCall::patience_seconds), after which the binary is killed
// and the test fails.
class RunningBinary final {
 public:
  explicit RunningBinary(const BinaryCall& call);
  RunningBinary(const RunningBinary&) = delete;
  RunningBinary& operator=(const RunningBinary&) = delete;

  pid_t pid() const { return child_->pid(); }
  const std::string& out() const { return outcome_.out; }
  const std::string& err() const { return outcome_.err; }

  // Fails the test if the process is gone.
  void Signal(int signo) const;

  // Puts `bytes` into the terminal, as typed.
  void Type(absl::string_view bytes);

  // Reads on until `holds`, which is asked again and again. Returns false if
  // the binary ended before it did.
  bool Await(const std::function<bool()>& holds);
  bool AwaitOutput(absl::string_view text);

  // Waits for its end and then for that of its orphans.
  Outcome Finish();

 private:
  // What the test holds of a stream of the binary.
  struct Ends {
    Fd ours;
    Fd theirs;
  };
  static Ends MakeEnds(Stream stream);
  int Become(const BinaryCall& call, const std::vector<Ends>& ends);

  // Waits a moment for output and takes it. Returns false once it has ended.
  bool Pump();
  bool Drain(Fd& from, std::string& to);
  void ReapOrphans();

  int64_t Deadline() const;

  const int64_t patience_ns_;
  absl::optional<Child> child_;
  Fd out_;
  Fd err_;
  std::vector<Fd> stuck_;  // Held, never read.
  Outcome outcome_;
};

// Starts it and waits for its end.
Outcome RunBinary(const BinaryCall& call);
Outcome RunBinary(std::vector<std::string> args);

// For before_exec: from then on, making a process or a thread is deadly
// (SIGSYS). So what ends otherwise has not started any.
bool ForbidProcesses();

// "1 line", as usage errors are: ends with the only newline.
bool IsOneLine(absl::string_view text);

}  // namespace ktstr

#endif  // KTSTR_TESTING_BINARY_RUN_BINARY_H_
