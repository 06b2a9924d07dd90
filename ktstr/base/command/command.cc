// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/child.h"
#include "ktstr/base/command/reset_signals.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/thread_settings.h"

namespace ktstr {
namespace {

constexpr int kFirstFree = STDERR_FILENO + 1;

// What stops a child on its way to be the program.
struct Failure {
  const char* call;
  int error;
};

// A copy of `fd` that no standard stream's number is in the way of.
int MovedAside(int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, kFirstFree); }

// Makes `fds` the standard streams, -1: leaves that one as it is.
bool PlaceStreams(const int (&fds)[kFirstFree]) {
  int aside[kFirstFree];
  // All first: one may be what another is to become.
  for (int i = 0; i < kFirstFree; ++i) {
    aside[i] = fds[i] < 0 ? -1 : MovedAside(fds[i]);
    if (fds[i] >= 0 && aside[i] < 0) return false;
  }
  for (int i = 0; i < kFirstFree; ++i) {
    if (aside[i] >= 0 && dup2(aside[i], i) < 0) return false;
  }
  return true;
}

// Closes on exec all but the standard streams and `kept`.
bool KeepOnly(const std::vector<int>& kept) {
  // Before Linux 5.11 what others opened without O_CLOEXEC stays open.
  close_range(kFirstFree, UINT_MAX, CLOSE_RANGE_CLOEXEC);
  return std::all_of(kept.begin(), kept.end(),
                     [](int fd) { return fcntl(fd, F_SETFD, 0) == 0; });
}

// In the child: returns only if it cannot be.
Failure Become(const Command& command, int stdin_fd, char* const* argv,
               pid_t parent) {
  if (const absl::Status dies = DieWithParent(parent); !dies.ok()) {
    return {"prctl(PR_SET_PDEATHSIG)", ErrnoOf(dies)};
  }
  if (command.own_session && setsid() < 0) return {"setsid", errno};
  if (!PlaceStreams({stdin_fd, command.stdout_fd, command.stderr_fd})) {
    return {"dup2(a standard stream)", errno};
  }
  if (!KeepOnly(command.kept_fds)) {
    return {"fcntl(a kept descriptor, F_SETFD)", errno};
  }
  ResetSignalHandlers();
  UnblockSignals();
  execv(argv[0], argv);
  return {"execve", errno};
}

// In the child: "ERRNO CALL" for StartError().
void ReportFailure(int fd, const Failure& failure) {
  // Refused only if the parent is gone: then nobody wants to know.
  WriteAll(fd, absl::StrCat(failure.error, " ", failure.call)).IgnoreError();
}

absl::StatusOr<std::string> ReadAll(int fd) {
  std::string text;
  char buffer[PIPE_BUF];
  while (true) {
    const ssize_t got = read(fd, buffer, sizeof(buffer));
    if (got == 0) return text;
    if (got > 0) {
      text.append(buffer, static_cast<size_t>(got));
    } else if (const int error = errno; error != EINTR) {
      return PosixError(error, "read(pipe from a child)");
    }
  }
}

// `report` is what ReportFailure wrote.
absl::Status StartError(const std::string& program, const std::string& report) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(report, absl::MaxSplits(' ', 1));
  int error = 0;
  // Cannot fail but to 0: the text is a number that we wrote.
  if (!absl::SimpleAtoi(parts.first, &error)) error = 0;
  std::string call = absl::StrCat("cannot start ", program, ": ", parts.second);
  if (error == ENOENT && access(program.c_str(), F_OK) == 0) {
    absl::StrAppend(&call, " (the interpreter that the file names)");
  }
  return PosixError(error, call);
}

bool IsFile(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

absl::Status NotExecutable(const std::string& path) {
  return absl::PermissionDeniedError(
      absl::StrCat(path, " is not an executable file"));
}

}  // namespace

absl::StatusOr<Child> StartCommand(const Command& command) {
  if (command.argv.empty()) {
    return absl::InvalidArgumentError("a command without a program");
  }
  std::vector<char*> argv;
  for (const std::string& word : command.argv) {
    argv.push_back(const_cast<char*>(word.c_str()));  // execve does not write.
  }
  argv.push_back(nullptr);

  Fd null;
  if (command.stdin_fd < 0) {
    KTSTR_ASSIGN_OR_RETURN(null, OpenFile("/dev/null", O_RDONLY));
  }
  const int stdin_fd = null.valid() ? null.get() : command.stdin_fd;
  // Closed by a successful execve: that it ends empty is the success.
  KTSTR_ASSIGN_OR_RETURN(Pipe failure, MakePipe());
  const int aside = MovedAside(failure.write_end.get());
  if (aside < 0) return PosixError("fcntl(F_DUPFD_CLOEXEC)");
  failure.write_end.reset(aside);
  const auto become = [&, parent = getpid()] {
    ReportFailure(aside, Become(command, stdin_fd, argv.data(), parent));
    return EXIT_FAILURE;
  };
  KTSTR_ASSIGN_OR_RETURN(Child child, Child::Spawn(become));
  failure.write_end.reset();
  KTSTR_ASSIGN_OR_RETURN(const std::string report,
                         ReadAll(failure.read_end.get()));
  if (!report.empty()) return StartError(command.argv[0], report);
  return child;
}

absl::Status SignalGroup(const Child& child, int signo) {
  if (child.pidfd() < 0) return PosixError(ESRCH, "kill(process group)");
  if (kill(-child.pid(), signo) != 0) {
    const int error = errno;
    return PosixError(error, absl::StrCat("kill(process group ", child.pid(),
                                          ", signal ", signo, ")"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> FindProgram(absl::string_view name,
                                        absl::string_view path_list) {
  if (absl::StrContains(name, '/')) {
    std::string path(name);
    if (access(path.c_str(), F_OK) != 0) return PosixError(path);
    if (!IsFile(path) || access(path.c_str(), X_OK) != 0) {
      return NotExecutable(path);
    }
    return path;
  }
  std::string found;
  for (const absl::string_view folder : absl::StrSplit(path_list, ':')) {
    std::string path = absl::StrCat(folder.empty() ? "." : folder, "/", name);
    if (name.empty() || !IsFile(path)) continue;
    if (access(path.c_str(), X_OK) == 0) return path;
    if (found.empty()) found = std::move(path);
  }
  if (!found.empty()) return NotExecutable(found);
  return absl::NotFoundError(
      absl::StrCat("no program '", name, "' in ", path_list));
}

}  // namespace ktstr
