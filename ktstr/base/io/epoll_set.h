// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_IO_EPOLL_SET_H_
#define KTSTR_BASE_IO_EPOLL_SET_H_

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/fd.h"

namespace ktstr {

// A set of descriptors to wait for, see epoll(7). A forked child has the same
// set, not a copy: what it adds or removes its parent sees too. Any thread may
// use it. Errors carry errno; nothing allocates without one.
class EpollSet final {
 public:
  static absl::StatusOr<EpollSet> Create();

  // `events` are of epoll_ctl(2), EPOLLEXCLUSIVE among them; `key` is what
  // WaitForOne() gives for them.
  absl::Status Add(int fd, uint32_t events, uint64_t key);
  absl::Status Remove(int fd);

  // One epoll_wait(2) without a time-out for the first event, whose key it
  // sets. Returns 1, or -1 with errno: EINTR after a signal.
  long WaitForOne(uint64_t& key);

 private:
  explicit EpollSet(Fd fd) : fd_(std::move(fd)) {}

  Fd fd_;
};

}  // namespace ktstr

#endif  // KTSTR_BASE_IO_EPOLL_SET_H_
