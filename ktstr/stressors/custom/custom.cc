// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/custom/custom.h"

#include <errno.h>
#include <sys/types.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "ktstr/base/command/command.h"
#include "ktstr/base/command/kept_program.h"
#include "ktstr/base/command/shell_words.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/exiting_child.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stressors/custom/runs.h"

namespace ktstr {
namespace {

// A program and its arguments, as one text.
struct CommandText {
  std::string text;
  std::vector<std::string> words;  // None: no command was given.
};

// ADL finds these two for absl::ParseFlag.
bool AbslParseFlag(absl::string_view text, CommandText* command,
                   std::string* error) {
  absl::StatusOr<std::vector<std::string>> words = ShellWords(text);
  if (!words.ok()) {
    *error = std::string(words.status().message());
    return false;
  }
  *command = {std::string(text), *std::move(words)};
  return true;
}

std::string AbslUnparseFlag(const CommandText& command) { return command.text; }

// Workers that run another program to its end, again and again, and wait for
// it: whatever that makes the scheduler do, with the CPUs, policy, cgroup ...
// of the worker, which the program inherits. It means as much as the program
// does, which is why what it used is all that is proved.
class Custom final : public Stressor {
 public:
  struct Params {
    CommandText command;
  };
  // Of a worker, which with its program's keeper alone writes it.
  struct Shared {
    alignas(64) KeptRun last;
    Runs runs;
  };
  explicit Custom(const Params& params) : words_(params.command.words) {}

  absl::Status Prepare(Preparation& preparation) override {
    if (words_.empty()) {
      return absl::UnimplementedError(
          "needs a program to run, as in command='sleep 0.01'");
    }
    absl::StatusOr<std::string> path =
        FindProgram(words_[0], preparation.program_path());
    if (!path.ok()) {
      return absl::Status(
          path.status().code(),
          absl::StrCat("command: ", path.status().message(),
                       "; a virtual machine has only the programs that "
                       "--vm_include names"));
    }
    path_ = *std::move(path);
    // execve does not write to them.
    for (std::string& word : words_) argv_.push_back(word.data());
    argv_.push_back(nullptr);
    KTSTR_ASSIGN_OR_RETURN(shared_,
                           preparation.Share<Shared>(preparation.workers()));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    Shared& mine = shared_[worker.index()];
    // The pass that stop cuts short is booked, too: a program that never ends
    // is one pass.
    while (worker.NextIteration()) {
      const pid_t keeper = Start(worker, &mine.last);
      if (keeper < 0) break;
      AwaitEnd(worker, keeper);
      if (mine.last.start_error != 0) {
        return PosixError(mine.last.start_error,
                          absl::StrCat("cannot start ", path_));
      }
      if (!mine.last.ended) {
        return absl::AbortedError(
            absl::StrCat("the keeper of ", path_, " was killed"));
      }
      mine.runs.Add(mine.last);
      if (mine.last.stopped) continue;
      worker.Record(Metric::kForkTime, mine.last.end_at - mine.last.begin_at);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return shared_[group.group].runs.Verify(words_[0], group.Iterations());
  }

 private:
  static constexpr absl::Duration kFirstBackOff = absl::Milliseconds(1);
  static constexpr absl::Duration kLastBackOff = absl::Milliseconds(64);

  // Tries until it succeeds or the worker is to stop (-1).
  pid_t Start(Worker& worker, KeptRun* run) const {
    absl::Duration back_off = kFirstBackOff;
    for (;;) {
      const pid_t keeper = StartKept(path_.c_str(), argv_.data(), run);
      if (keeper > 0) return keeper;
      worker.CountFailure("fork", errno);
      if (!worker.SleepFor(back_off)) return -1;
      back_off = std::min(2 * back_off, kLastBackOff);
    }
  }

  // Until the program has ended or, on stop, has been killed.
  static void AwaitEnd(Worker& worker, pid_t keeper) {
    ReapedChild child = {};
    const auto reap = [keeper, &child] { return ReapChild(keeper, &child); };
    if (worker.AwaitCall("waitid", reap) >= 0) return;
    StopKept(keeper);
    while (reap() != 0 && errno == EINTR) {
    }
  }

  std::vector<std::string> words_;
  std::string path_;
  std::vector<char*> argv_;  // `words_`, as execve takes them.
  absl::Span<Shared> shared_;
};

constexpr FieldDef kFields[] = {
    TextField<&Custom::Params::command>(
        "command",
        "what to run; its output is thrown away, 'sh -c \"... >FILE\"' keeps "
        "it",
        "a program, found by PATH or with its path, and its arguments, quoted "
        "as for a shell"),
};

constexpr Metric kMetrics[] = {Metric::kForkTime};

}  // namespace

constinit const StressorDef kCustom = DefineStressor<Custom>({
    .name = "custom",
    .summary = "workers that run a program of yours, again and again",
    .kernel_path = "clone(2), execve(2), and what the program does; wait4(2)",
    .needs = "a command",
    .proof = "every run that the kernel reported exited with code 0 and used "
             "CPU time (rusage); what the worker's end stops has not failed",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
