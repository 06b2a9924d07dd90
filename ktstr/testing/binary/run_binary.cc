// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/testing/binary/run_binary.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "ktstr/base/check.h"
#include "ktstr/base/clock.h"
#include "ktstr/testing/binary/worker_watch.h"

namespace ktstr {
namespace {

// In the runfiles, from the folder where tests are started.
constexpr char kBinary[] = "ktstr/ktstr";

// How long output may be waited for before other things are looked at again.
constexpr int kLookAgainMs = 1;

// The binary has no such exit codes.
constexpr int kRefusedCode = 125;
constexpr int kNoExecCode = 126;

constexpr int kTerminalColumns = 100;

Fd MustOpen(const char* path, int flags) {
  absl::StatusOr<Fd> fd = OpenFile(path, flags);
  KTSTR_CHECK(fd.ok());
  return *std::move(fd);
}

void Fill(int pipe) {
  KTSTR_CHECK(fcntl(pipe, F_SETFL, O_NONBLOCK) == 0);
  const std::string page(4096, '.');
  while (write(pipe, page.data(), page.size()) > 0) {
  }
  KTSTR_CHECK(errno == EAGAIN && fcntl(pipe, F_SETFL, 0) == 0);
}

// Makes the process a session of its own with the terminal at `fd`.
bool TakeTerminal(int fd) {
  return setsid() != -1 && ioctl(fd, TIOCSCTTY, 0) == 0;
}

}  // namespace

RunningBinary::Ends RunningBinary::MakeEnds(Stream stream) {
  switch (stream) {
    case Stream::kClosed:
      return {};
    case Stream::kNull:
      return {Fd(), MustOpen("/dev/null", O_RDWR)};
    case Stream::kFullDisk:
      return {Fd(), MustOpen("/dev/full", O_RDWR)};
    case Stream::kTerminal: {
      Fd ours(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
      KTSTR_CHECK(ours.valid() && grantpt(ours.get()) == 0 &&
                  unlockpt(ours.get()) == 0);
      Fd theirs = MustOpen(ptsname(ours.get()), O_RDWR | O_NOCTTY);
      winsize size = {};
      size.ws_col = kTerminalColumns;
      KTSTR_CHECK(ioctl(theirs.get(), TIOCSWINSZ, &size) == 0);
      return {std::move(ours), std::move(theirs)};
    }
    default: {
      absl::StatusOr<Pipe> pipe = MakePipe();
      KTSTR_CHECK(pipe.ok());
      if (stream == Stream::kBrokenPipe) pipe->read_end.reset();
      if (stream == Stream::kStuckPipe) Fill(pipe->write_end.get());
      return {std::move(pipe->read_end), std::move(pipe->write_end)};
    }
  }
}

// In the new process.
int RunningBinary::Become(const BinaryCall& call,
                          const std::vector<Ends>& ends) {
  // A test that is killed takes it along.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return kRefusedCode;
  if (call.output == Stream::kTerminal && !TakeTerminal(ends[1].theirs.get())) {
    return kRefusedCode;
  }
  for (int fd = 0; fd < static_cast<int>(ends.size()); ++fd) {
    const int theirs = ends[fd].theirs.get();
    if (theirs < 0) {
      close(fd);
    } else if (dup2(theirs, fd) != fd) {
      return kRefusedCode;
    }
  }
  for (int signo : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    signal(signo, SIG_DFL);  // Whoever started the test may ignore them.
  }
  // Opened first: another user may not get into the folder of the build.
  const Fd binary = MustOpen(kBinary, O_RDONLY);
  if (call.before_exec && !call.before_exec()) return kRefusedCode;
  std::vector<char*> argv = {const_cast<char*>("ktstr")};
  for (const std::string& arg : call.args) {
    argv.push_back(const_cast<char*>(arg.c_str()));
  }
  argv.push_back(nullptr);
  std::vector<char*> environment;
  for (const std::string& variable : call.environment) {
    environment.push_back(const_cast<char*>(variable.c_str()));
  }
  environment.push_back(nullptr);
  fexecve(binary.get(), argv.data(), environment.data());
  return kNoExecCode;
}

RunningBinary::RunningBinary(const BinaryCall& call)
    : patience_ns_(call.patience_seconds * kNanosPerSecond) {
  KTSTR_CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
  std::vector<Ends> ends;
  for (Stream stream : {call.input, call.output, call.error}) {
    ends.push_back(MakeEnds(stream));
  }
  absl::StatusOr<Child> child =
      Child::Spawn([&]() -> int { return Become(call, ends); });
  KTSTR_CHECK(child.ok());
  child_ = *std::move(child);
  if (call.output == Stream::kStuckPipe) {
    stuck_.push_back(std::move(ends[1].ours));
  }
  out_ = std::move(ends[1].ours);
  err_ = std::move(ends[2].ours);
  for (const Fd* fd : {&out_, &err_}) {
    if (fd->valid()) {
      KTSTR_CHECK(fcntl(fd->get(), F_SETFL, O_NONBLOCK) == 0);
    }
  }
}

void RunningBinary::Signal(int signo) const {
  EXPECT_TRUE(child_->Signal(signo).ok()) << "it has ended already";
}

void RunningBinary::Type(absl::string_view bytes) {
  EXPECT_TRUE(WriteAll(out_.get(), bytes).ok());
}

// Takes what is there. Returns false at its end.
bool RunningBinary::Drain(Fd& from, std::string& to) {
  char bytes[64 * 1024];
  while (from.valid()) {
    const ssize_t got = read(from.get(), bytes, sizeof(bytes));
    if (got > 0) {
      to.append(bytes, static_cast<size_t>(got));
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return true;
    from.reset();  // The end; of a terminal that is EIO.
  }
  return false;
}

int64_t RunningBinary::Deadline() const {
  return MonotonicNanos() + patience_ns_;
}

bool RunningBinary::Pump() {
  const bool ended = child_->ExitedUnreaped();
  Drain(out_, outcome_.out);
  Drain(err_, outcome_.err);
  if (ended) return false;  // All of its output is in.
  struct pollfd fds[] = {{child_->pidfd(), POLLIN, 0},
                         {out_.get(), POLLIN, 0},
                         {err_.get(), POLLIN, 0}};
  poll(fds, std::size(fds), kLookAgainMs);
  return true;
}

bool RunningBinary::Await(const std::function<bool()>& holds) {
  const int64_t deadline = Deadline();
  while (!holds()) {
    if (!Pump()) return holds();
    if (MonotonicNanos() < deadline) continue;
    ADD_FAILURE() << "waited in vain; output so far:\n" << out() << err();
    Signal(SIGKILL);
    return false;
  }
  return true;
}

bool RunningBinary::AwaitOutput(absl::string_view text) {
  return Await([&] { return absl::StrContains(out(), text); });
}

// Without a child of ours left, there is no descendant of the binary left.
void RunningBinary::ReapOrphans() {
  const int64_t deadline = Deadline();
  siginfo_t end = {};
  while (waitid(P_ALL, 0, &end, WEXITED | WNOHANG | WNOWAIT) == 0) {
    if (end.si_pid != 0) {
      waitpid(end.si_pid, nullptr, 0);
      ++outcome_.orphans;
      end = {};
    } else if (MonotonicNanos() > deadline && outcome_.lingering == 0) {
      for (pid_t orphan : ChildrenOf(getpid())) {
        ++outcome_.lingering;
        kill(orphan, SIGKILL);
      }
    } else {
      poll(nullptr, 0, kLookAgainMs);
    }
  }
}

Outcome RunningBinary::Finish() {
  const int64_t deadline = Deadline();
  while (Pump()) {
    if (MonotonicNanos() < deadline) continue;
    ADD_FAILURE() << "it does not end; output so far:\n" << out() << err();
    Signal(SIGKILL);
    break;
  }
  const absl::StatusOr<ChildEnd> end = child_->Reap();
  KTSTR_CHECK(end.ok());
  if (end->kind == ChildEnd::kSignaled) {
    outcome_.signal = end->value;
  } else {
    outcome_.exit_code = end->value;
  }
  outcome_.max_rss_mib = static_cast<double>(end->usage.ru_maxrss) / 1024;
  outcome_.refused = outcome_.exit_code == kRefusedCode;
  EXPECT_NE(outcome_.exit_code, kNoExecCode) << "there is no " << kBinary;
  ReapOrphans();
  return std::move(outcome_);
}

Outcome RunBinary(const BinaryCall& call) {
  return RunningBinary(call).Finish();
}

Outcome RunBinary(std::vector<std::string> args) {
  BinaryCall call;
  call.args = std::move(args);
  return RunBinary(call);
}

bool ForbidProcesses() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  const sock_fprog filter = {std::size(program), program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

bool IsOneLine(absl::string_view text) {
  return !text.empty() && text.find('\n') == text.size() - 1;
}

}  // namespace ktstr
