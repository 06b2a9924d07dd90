// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/epoll_storm/epoll_storm.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/exchange/common_bound.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stressors/epoll_storm/event_bursts.h"

namespace ktstr {
namespace {

// Producers write bursts of events that all consumers of their group wait for,
// so that the kernel has to choose whom to wake: the first write wakes one of
// them, later ones others, who may find that nothing is left. With a single
// consumer there is no choice. A pass of a consumer is one read.
class EpollStorm final : public Stressor {
 public:
  struct Params {
    uint32_t producers = 1;
    uint32_t consumers = 2;
    uint32_t events_per_burst = 32;
  };
  // Of a worker; its own, read after its end.
  struct Books {
    alignas(64) EventTally tally;  // Written or read.
  };

  explicit EpollStorm(const Params& params) : params_(params) {}

  uint32_t GroupSize() const override {
    return params_.producers + params_.consumers;
  }
  absl::string_view Role(uint32_t position) const override {
    return IsProducer(position) ? "producer" : "consumer";
  }

  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_ASSIGN_OR_RETURN(
        bounds_, preparation.Share<CommonBound>(preparation.groups()));
    KTSTR_ASSIGN_OR_RETURN(books_,
                           preparation.Share<Books>(preparation.workers()));
    return bursts_.Prepare(preparation, params_.producers);
  }

  absl::Status Run(Worker& worker) override {
    EventTally& tally = books_[worker.index()].tally;
    CommonBound& bound = bounds_[worker.group()];
    bool through = false;
    while (bound.GoesOn(worker, GroupSize(), through,
                        [&] { bursts_.End(worker); })) {
      const bool got_on =
          IsProducer(worker.position())
              ? bursts_.Write(worker, params_.events_per_burst, tally)
              : bursts_.Read(worker, tally);
      if (!got_on) break;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    KTSTR_RETURN_IF_ERROR(group.RequireUsage());
    EventTally written;
    EventTally read;
    uint64_t woken = 0;  // Who waited when the burst began, by its stamp,
    uint64_t slept = 0;  // and slept, as the kernel counts it.
    for (const WorkerResult& worker : group.workers) {
      const EventTally& own = books_[worker.index].tally;
      KTSTR_RETURN_IF_ERROR(CheckPasses(worker, own));
      if (IsProducer(worker.position)) {
        written += own;
        continue;
      }
      read += own;
      woken += worker.wakes_received;
      slept += static_cast<uint64_t>(worker.counters.voluntary_switches);
    }
    KTSTR_ASSIGN_OR_RETURN(const EventTally left, bursts_.Left(group.group));
    read += left;
    if (!(written == read)) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "%d events in %d bursts were written, but %d in %d read or left",
          written.events, written.bursts, read.events, read.bursts));
    }
    if (written.bursts < kFewBursts) {
      return absl::UnimplementedError(
          absl::StrFormat("%d bursts are too few to tell", written.bursts));
    }
    if (slept < woken / kWokenPerSleep) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "%d wake-ups of consumers, who slept only %d times", woken, slept));
    }
    if (woken == 0) {
      return absl::UnimplementedError(
          "no consumer waited when a burst began: there were always events");
    }
    return absl::StrFormat(
        "%d events in %d bursts, each read once (%d left); %d bursts found a "
        "consumer waiting; %d sleeps",
        written.events, written.bursts, left.events, woken, slept);
  }

 private:
  static constexpr uint64_t kFewBursts = 20;
  // A write that comes while its consumer goes to sleep leaves it running.
  static constexpr uint64_t kWokenPerSleep = 4;

  bool IsProducer(uint32_t position) const {
    return position < params_.producers;
  }

  absl::Status CheckPasses(const WorkerResult& worker,
                           const EventTally& tally) const {
    const bool is_producer = IsProducer(worker.position);
    const uint64_t done = is_producer ? tally.bursts : tally.events;
    if (done >= worker.iterations) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrFormat(
        "%d passes of a %s, but only %d %s", worker.iterations,
        Role(worker.position), done, is_producer ? "bursts" : "events"));
  }

  const Params params_;
  EventBursts bursts_;
  absl::Span<CommonBound> bounds_;  // By group.
  absl::Span<Books> books_;         // By worker.
};

constexpr FieldDef kFields[] = {
    Field<&EpollStorm::Params::producers>(
        "producers", "workers of a group that write events", 1, 64),
    Field<&EpollStorm::Params::consumers>(
        "consumers", "workers of a group that wait for them", 1, 1024),
    Field<&EpollStorm::Params::events_per_burst>(
        "events_per_burst", "writes without a pause", 1, 1 << 20),
};
constexpr Metric kMetrics[] = {
    Metric::kWakeLatencyLocal,
    Metric::kWakeLatencyRemote,
};

}  // namespace

constinit const StressorDef kEpollStorm = DefineStressor<EpollStorm>({
    .name = "epoll_storm",
    .summary = "bursts of events that several workers wait for",
    .kernel_path = "eventfd_write, ep_poll_callback with EPOLLEXCLUSIVE, "
                   "epoll_wait",
    .needs = "",
    .proof = "every event that was written is read once or left, and "
             "consumers slept before they were woken",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
