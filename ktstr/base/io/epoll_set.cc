// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/io/epoll_set.h"

#include <sys/epoll.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"

namespace ktstr {

absl::StatusOr<EpollSet> EpollSet::Create() {
  const int fd = epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) return PosixError("epoll_create1");
  return EpollSet(Fd(fd));
}

absl::Status EpollSet::Add(int fd, uint32_t events, uint64_t key) {
  struct epoll_event event = {};
  event.events = events;
  event.data.u64 = key;
  if (epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event) == 0) {
    return absl::OkStatus();
  }
  return PosixError("epoll_ctl(EPOLL_CTL_ADD)");
}

absl::Status EpollSet::Remove(int fd) {
  if (epoll_ctl(fd_.get(), EPOLL_CTL_DEL, fd, nullptr) == 0) {
    return absl::OkStatus();
  }
  return PosixError("epoll_ctl(EPOLL_CTL_DEL)");
}

long EpollSet::WaitForOne(uint64_t& key) {
  struct epoll_event event = {};
  const int got = epoll_wait(fd_.get(), &event, 1, /*timeout=*/-1);
  if (got == 1) key = event.data.u64;
  return got;
}

}  // namespace ktstr
