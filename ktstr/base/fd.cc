// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/posix_error.h"

namespace ktstr {

void Fd::reset(int fd) {
  // Whatever close says, EINTR too, Linux has freed the number.
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

absl::StatusOr<Pipe> MakePipe(int flags) {
  int fds[2];
  if (pipe2(fds, flags) < 0) return PosixError("pipe2");
  return Pipe{.read_end = Fd(fds[0]), .write_end = Fd(fds[1])};
}

absl::StatusOr<SocketPair> MakeSocketPair(int flags) {
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | flags, 0, fds) < 0) {
    return PosixError("socketpair");
  }
  return SocketPair{.ours = Fd(fds[0]), .theirs = Fd(fds[1])};
}

absl::StatusOr<Fd> MakeEventFd(unsigned initial, int flags) {
  const int fd = eventfd(initial, flags);
  if (fd < 0) return PosixError("eventfd");
  return Fd(fd);
}

absl::StatusOr<Fd> MakeMemoryFile(const std::string& name) {
  const int fd = memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return PosixError("memfd_create");
  return Fd(fd);
}

absl::Status SealMemoryFile(int fd) {
  if (lseek(fd, 0, SEEK_SET) < 0) return PosixError("lseek");
  if (fcntl(fd, F_ADD_SEALS,
            F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0) {
    return PosixError("fcntl(F_ADD_SEALS)");
  }
  return absl::OkStatus();
}

absl::StatusOr<Fd> OpenFile(const std::string& path, int flags, mode_t mode) {
  int fd;
  do {
    fd = open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) {
    const int error = errno;
    return PosixError(error, absl::StrCat("open(", path, ")"));
  }
  return Fd(fd);
}

absl::Status WriteAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<size_t>(written));
    } else if (const int error = errno; error != EINTR) {
      return PosixError(error, absl::StrCat("write(fd ", fd, ")"));
    }
  }
  return absl::OkStatus();
}

}  // namespace ktstr
