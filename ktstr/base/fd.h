// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_FD_H_
#define KTSTR_BASE_FD_H_

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// Owns a file descriptor and closes it. Not for several threads at once. A
// forked child has copies of both the object and the descriptor; closing one
// leaves the other open.
class Fd final {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() { reset(); }
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    reset(other.release());
    return *this;
  }

  // The descriptor, -1 if there is none. Still owned here.
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

  // Hands the descriptor to the caller.
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

  // Closes what is owned, if anything, and owns `fd` from now on.
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

struct Pipe {
  Fd read_end;
  Fd write_end;
};

// pipe2(2). EMFILE and ENFILE come back as kResourceExhausted.
absl::StatusOr<Pipe> MakePipe(int flags = O_CLOEXEC);

struct SocketPair {
  Fd ours;
  Fd theirs;
};

// socketpair(2): two connected Unix stream sockets. `flags` are SOCK_CLOEXEC
// and SOCK_NONBLOCK.
absl::StatusOr<SocketPair> MakeSocketPair(int flags = SOCK_CLOEXEC);

// eventfd(2) with the counter at `initial`.
absl::StatusOr<Fd> MakeEventFd(unsigned initial, int flags = EFD_CLOEXEC);

// memfd_create(2): an empty file in memory, close-on-exec, that can be sealed.
// /proc/PID/fd shows `name`, which need not be unique.
absl::StatusOr<Fd> MakeMemoryFile(const std::string& name);

// Makes sure that nobody changes a memory file any more, and sets its offset to
// its begin.
absl::Status SealMemoryFile(int fd);

// open(2) with O_CLOEXEC added, tried again on EINTR. `mode` matters only with
// O_CREAT or O_TMPFILE.
absl::StatusOr<Fd> OpenFile(const std::string& path, int flags,
                            mode_t mode = 0);

// Writes all of `bytes`, in as many write(2) calls as it takes. An error may
// leave a part written. On a non-blocking descriptor a full pipe is an error
// (EAGAIN). SIGPIPE is the caller's affair.
absl::Status WriteAll(int fd, absl::string_view bytes);

}  // namespace ktstr

#endif  // KTSTR_BASE_FD_H_
