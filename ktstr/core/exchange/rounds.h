// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_EXCHANGE_ROUNDS_H_
#define KTSTR_CORE_EXCHANGE_ROUNDS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/wake_stamp.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// Rounds that position 0 of a group, the sender, announces to all others, the
// receivers, who sleep on one futex word. The sender does not wait for them:
// rounds that come while a receiver does not look are missed, and counted.
class Rounds final {
 public:
  absl::Status Prepare(Preparation& preparation);

  // Sender: stamps round `round` (counting from 1) and wakes all who sleep.
  void Announce(Worker& worker, uint64_t round);

  // Sender: true as long as it is to go on beyond its own bound, because some
  // receivers missed rounds and have not got their number of passes yet.
  bool AnyoneWaits(Worker& worker) const;

  // Receiver, before it waits: counts the rounds after `seen` as missed and
  // returns the last one.
  uint64_t SkipMissed(Worker& worker, uint64_t seen);

  // Receiver: sleeps until there is a round after `seen` and returns the last
  // one. Nullopt on stop. Its wake-up is paired with the stamp of the first
  // round after `seen`, which sent it; if others follow, they are missed.
  absl::optional<uint64_t> AwaitNext(Worker& worker, uint64_t seen);

  // Receiver: has looked for the last time. On stop, what came after `seen`
  // is missed.
  void Leave(Worker& worker, uint64_t seen);

  // Holds what the kernel told the sender (how many it woke) against what
  // receivers saw and how often the kernel counts that they slept: for each
  // such wake-up and, in addition, `sleeps_per_pass` times a pass.
  absl::StatusOr<std::string> Verify(const GroupResult& group,
                                     uint64_t sleeps_per_pass) const;

 private:
  // A receiver that gets no CPU for so many rounds loses its sample.
  static constexpr size_t kStamps = 256;

  // Of a group.
  struct Shared {
    alignas(64) std::atomic<uint32_t> round;  // The last one, modulo 2^32.
    alignas(64) std::atomic<uint32_t> left;   // Receivers.
    // Sleepers that FUTEX_WAKE woke. The sender's own, read after its end.
    alignas(64) uint64_t woken;
    WakeStamp stamps[kStamps];  // Of round r: r % kStamps.
  };

  absl::Span<Shared> groups_;
  uint32_t receivers_ = 0;  // Of a group.
};

}  // namespace ktstr

#endif  // KTSTR_CORE_EXCHANGE_ROUNDS_H_
