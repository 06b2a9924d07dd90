// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_CHANNEL_SENDER_H_
#define KTSTR_VM_CHANNEL_SENDER_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/mapping.h"
#include "ktstr/vm/channel/channel.pb.h"

namespace ktstr {

// The guest's end of the report channel. Init and the run's process both send;
// what they send never mixes, and frames are numbered across both. A sender
// that is killed while it sends leaves a broken frame, and the others go on.
class Sender final {
 public:
  // Sends into `fd`, which stays the caller's. Processes that are forked later
  // may use their copy of the object.
  static absl::StatusOr<Sender> Create(int fd);

  // Stamps `event` with the time since boot and sends it. Waits until the host
  // has taken enough of it.
  absl::Status Send(proto::ToHost event);

 private:
  Sender(int fd, Mapping shared) : fd_(fd), shared_(std::move(shared)) {}

  int fd_;
  Mapping shared_;  // The lock and the number of the next frame.
};

}  // namespace ktstr

#endif  // KTSTR_VM_CHANNEL_SENDER_H_
