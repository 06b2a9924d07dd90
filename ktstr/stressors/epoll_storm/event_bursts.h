// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_EPOLL_STORM_EVENT_BURSTS_H_
#define KTSTR_STRESSORS_EPOLL_STORM_EVENT_BURSTS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/io/epoll_set.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/wake_stamp.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// How much was written to eventfds, or read from them.
struct EventTally {
  // What the first event of a burst adds to an eventfd beside its 1.
  static constexpr uint64_t kBurst = uint64_t{1} << 32;

  uint64_t events = 0;
  uint64_t bursts = 0;  // Their first events.

  // What an eventfd counted.
  void Add(uint64_t count) {
    events += count % kBurst;
    bursts += count / kBurst;
  }
  EventTally& operator+=(const EventTally& other) {
    events += other.events;
    bursts += other.bursts;
    return *this;
  }
  friend bool operator==(const EventTally&, const EventTally&) = default;
};

// Eventfds of a group's producers, its first workers, and the epoll sets of its
// consumers, the others. EPOLLEXCLUSIVE is about several sets with the same
// descriptor, hence a set for each consumer. Of those that wait the kernel
// wakes the first in a queue; whoever got the begin of a burst lines up again
// behind the others, who would hardly ever be woken otherwise.
class EventBursts final {
 public:
  // Makes all of them for all groups.
  absl::Status Prepare(Preparation& preparation, uint32_t producers);

  // Producer: writes `events` of them (below 2^31) once the last burst has been
  // read, and counts what it wrote. Returns false on stop and after End().
  bool Write(Worker& worker, uint32_t events, EventTally& tally) const;

  // Consumer: sleeps until there are events and takes what one eventfd has.
  // Pairs its wake-up with the stamp of the burst if it got the first of it.
  // Returns false on stop and after End().
  bool Read(Worker& worker, EventTally& tally);

  // Ends all waits of the caller's group.
  void End(Worker& worker) const;

  // Takes what nobody has read after all have ended, by the kernel's count.
  absl::StatusOr<EventTally> Left(uint32_t group) const;

 private:
  static constexpr uint32_t kEnd = uint32_t{1} << 31;

  // Of a producer.
  struct Source {
    // Events of its burst that nobody has read yet, and kEnd. It sleeps here.
    alignas(64) std::atomic<uint32_t> unread;
    std::atomic<uint64_t> bursts;  // Begun.
    WakeStamp stamp;               // Of the first write of the last one.
  };

  absl::Status AddSet(uint32_t group);
  absl::Status LineUp(EpollSet& set, size_t source) const;
  void Take(Worker& worker, EpollSet& set, size_t source, uint64_t count) const;

  uint32_t producers_ = 0;
  uint32_t consumers_ = 0;
  absl::Span<Source> sources_;  // By group and producer,
  std::vector<Fd> counters_;    // likewise.
  std::vector<Fd> ends_;        // By group.
  std::vector<EpollSet> sets_;  // By group and consumer.
};

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_EPOLL_STORM_EVENT_BURSTS_H_
