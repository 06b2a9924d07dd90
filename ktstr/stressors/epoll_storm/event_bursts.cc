// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/epoll_storm/event_bursts.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/io/epoll_set.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// The key of the descriptor that ends all waits.
constexpr uint64_t kEndKey = std::numeric_limits<uint64_t>::max();

absl::Status AddEventFd(std::vector<Fd>& to) {
  KTSTR_ASSIGN_OR_RETURN(Fd fd, MakeEventFd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  to.push_back(std::move(fd));
  return absl::OkStatus();
}

}  // namespace

absl::Status EventBursts::Prepare(Preparation& preparation,
                                  uint32_t producers) {
  producers_ = producers;
  consumers_ = preparation.workers() / preparation.groups() - producers;
  const size_t sources = size_t{preparation.groups()} * producers;
  KTSTR_ASSIGN_OR_RETURN(sources_, preparation.Share<Source>(sources));
  while (counters_.size() < sources) {
    KTSTR_RETURN_IF_ERROR(AddEventFd(counters_));
  }
  for (uint32_t group = 0; group < preparation.groups(); ++group) {
    KTSTR_RETURN_IF_ERROR(AddEventFd(ends_));
    for (uint32_t i = 0; i < consumers_; ++i) {
      KTSTR_RETURN_IF_ERROR(AddSet(group));
    }
  }
  return absl::OkStatus();
}

absl::Status EventBursts::AddSet(uint32_t group) {
  KTSTR_ASSIGN_OR_RETURN(EpollSet set, EpollSet::Create());
  KTSTR_RETURN_IF_ERROR(set.Add(ends_[group].get(), EPOLLIN, kEndKey));
  for (uint32_t i = 0; i < producers_; ++i) {
    KTSTR_RETURN_IF_ERROR(LineUp(set, size_t{group} * producers_ + i));
  }
  sets_.push_back(std::move(set));
  return absl::OkStatus();
}

absl::Status EventBursts::LineUp(EpollSet& set, size_t source) const {
  return set.Add(counters_[source].get(), EPOLLIN | EPOLLEXCLUSIVE, source);
}

bool EventBursts::Write(Worker& worker, uint32_t events,
                        EventTally& tally) const {
  const size_t own = size_t{worker.group()} * producers_ + worker.position();
  Source& source = sources_[own];
  uint32_t unread = 0;
  const bool came = worker.AwaitWord(source.unread, [&unread](uint32_t now) {
    unread = now;
    return now == 0 || (now & kEnd) != 0;
  });
  if (!came || unread != 0) return false;
  // Relaxed, both: whoever reads the events sees it, ordered by their eventfd.
  source.unread.fetch_add(events, std::memory_order_relaxed);
  const uint64_t burst =
      source.bursts.fetch_add(1, std::memory_order_relaxed) + 1;
  worker.StampWake(source.stamp, burst);
  uint64_t count = EventTally::kBurst + 1;
  for (uint32_t i = 0; i < events; ++i, count = 1) {
    if (!worker.Write(counters_[own].get(), &count, sizeof(count))) {
      return false;
    }
    tally.Add(count);
  }
  return true;
}

bool EventBursts::Read(Worker& worker, EventTally& tally) {
  EpollSet& set =
      sets_[worker.group() * consumers_ + worker.position() - producers_];
  for (;;) {
    uint64_t key = kEndKey;
    const long ready = worker.AwaitCall(
        "epoll_wait", [&set, &key] { return set.WaitForOne(key); });
    if (ready < 0 || key == kEndKey) return false;
    uint64_t count = 0;
    const ssize_t got = read(counters_[key].get(), &count, sizeof(count));
    if (got == static_cast<ssize_t>(sizeof(count))) {
      tally.Add(count);
      Take(worker, set, key, count);
      return true;
    }
    if (errno != EAGAIN) {
      worker.CountFailure("read", errno);
      return false;
    }
    worker.CountSpuriousWake();  // Somebody else was faster.
  }
}

// Whoever has the first event was woken by it, or was faster than the one who
// was: in both cases it was there for so long before it was taken.
void EventBursts::Take(Worker& worker, EpollSet& set, size_t source,
                       uint64_t count) const {
  Source& from = sources_[source];
  if (count >= EventTally::kBurst) {
    worker.MatchWake(from.stamp, from.bursts.load(std::memory_order_relaxed));
    absl::Status lined_up = set.Remove(counters_[source].get());
    if (lined_up.ok()) lined_up = LineUp(set, source);
    if (!lined_up.ok()) worker.CountFailure("epoll_ctl", ErrnoOf(lined_up));
  }
  const auto events = static_cast<uint32_t>(count % EventTally::kBurst);
  // Acquire and release: the stamp may be overwritten once all are read.
  if (from.unread.fetch_sub(events, std::memory_order_acq_rel) == events) {
    worker.WakeWord(from.unread, 1);
  }
}

void EventBursts::End(Worker& worker) const {
  constexpr uint64_t kOne = 1;
  worker.Write(ends_[worker.group()].get(), &kOne, sizeof(kOne));
  for (uint32_t i = 0; i < producers_; ++i) {
    Source& source = sources_[size_t{worker.group()} * producers_ + i];
    // Relaxed: it orders nothing, and nobody misses a changed word.
    source.unread.fetch_or(kEnd, std::memory_order_relaxed);
    worker.WakeWord(source.unread, 1);
  }
}

absl::StatusOr<EventTally> EventBursts::Left(uint32_t group) const {
  EventTally left;
  for (uint32_t i = 0; i < producers_; ++i) {
    uint64_t count = 0;
    const int fd = counters_[size_t{group} * producers_ + i].get();
    if (read(fd, &count, sizeof(count)) < 0 && errno != EAGAIN) {
      return PosixError("read(eventfd)");
    }
    left.Add(count);
  }
  return left;
}

}  // namespace ktstr
