// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/wake_chain/wake_chain.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/wake_stamp.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// A token goes round a ring of stages; each waits for it, burns CPU time and
// wakes the next. Only one stage of a ring runs at a time, so that every hop
// is a wake-up: with the sync hint through a pipe, without it through a futex
// or an eventfd. With no work per hop on idle CPUs it measures idle exit.
class WakeChain final : public Stressor {
 public:
  enum class Wake { kPipe, kFutex, kFutexHandoff, kEventfd };
  struct Params {
    uint32_t depth = 4;
    Wake wake = Wake::kPipe;
    absl::Duration work_per_hop = absl::Microseconds(100);
  };
  // Of a stage.
  struct Stage {
    alignas(64) std::atomic<uint32_t> word;  // Its wakes; in stage 0 of kFutex:
    WakeStamp stamp;                         // the hops of the whole ring.
  };

  explicit WakeChain(const Params& params) : params_(params) {}

  uint32_t GroupSize() const override { return params_.depth; }
  absl::string_view Role(uint32_t) const override { return "stage"; }

  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_ASSIGN_OR_RETURN(stages_,
                           preparation.Share<Stage>(preparation.workers()));
    for (uint32_t i = 0; i < preparation.workers(); ++i) {
      if (params_.wake == Wake::kPipe) {
        KTSTR_ASSIGN_OR_RETURN(Pipe pipe, MakePipe());
        pipes_.push_back(std::move(pipe));
      } else if (params_.wake == Wake::kEventfd) {
        KTSTR_ASSIGN_OR_RETURN(Fd event, MakeEventFd(0));
        events_.push_back(std::move(event));
      }
    }
    return absl::OkStatus();
  }

  // The n-th wake of a stage (counting from 1) has sequence number n. Stage 0
  // has the token at first, so it has done one hop more than it was woken.
  absl::Status Run(Worker& worker) override {
    const uint32_t me = worker.position();
    const uint32_t ring = worker.group() * params_.depth;
    const uint32_t next = (me + 1) % params_.depth;
    int64_t lap_begin = worker.Now();
    for (uint64_t wakes = me == 0 ? 0 : 1; worker.NextIteration(); ++wakes) {
      if (wakes > 0) {
        if (!AwaitToken(worker, ring, me, wakes)) break;
        worker.MatchWake(stages_[ring + me].stamp, wakes);
        if (me == 0) RecordLap(worker, lap_begin);
      }
      if (!worker.BurnCpuTime(params_.work_per_hop)) break;
      const uint64_t sequence = me == 0 ? wakes + 1 : wakes;
      worker.StampWake(stages_[ring + next].stamp, sequence);
      if (!PassToken(worker, ring, next, sequence)) break;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    KTSTR_RETURN_IF_ERROR(group.RequireUsage());
    uint64_t least = std::numeric_limits<uint64_t>::max();
    uint64_t most = 0;
    for (const WorkerResult& stage : group.workers) {
      least = std::min(least, stage.iterations);
      most = std::max(most, stage.iterations);
    }
    if (most > least + 1 || most == 0) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "the token did not go round: stages have %d to %d hops", least,
          most));
    }
    const double per_hop = static_cast<double>(group.Switches()) /
                           static_cast<double>(group.Iterations());
    if (per_hop < kMinSwitchesPerHop) {
      if (most < kFewHops) {
        return absl::UnimplementedError(
            absl::StrFormat("%d hops of a stage are too few to tell", most));
      }
      return absl::FailedPreconditionError(
          absl::StrFormat("%d hops, but only %d context switches",
                          group.Iterations(), group.Switches()));
    }
    return absl::StrFormat(
        "%d to %d hops in every stage, %.2f switches per hop", least, most,
        per_hop);
  }

 private:
  // A hop is a switch to the next stage; less where that one runs on another
  // CPU and the token is back before its sender has gone to sleep.
  static constexpr double kMinSwitchesPerHop = 0.5;
  // Of so few, those at the start, when all are awake, are a large part.
  static constexpr uint64_t kFewHops = 10;

  // In kFutex all stages sleep on one word that counts the ring's hops: the
  // value at which stage `me` has its n-th wake.
  uint32_t HopOf(uint32_t me, uint64_t wakes) const {
    const uint64_t laps = me == 0 ? wakes : wakes - 1;
    return static_cast<uint32_t>(laps * params_.depth + me);
  }

  bool AwaitToken(Worker& worker, uint32_t ring, uint32_t me, uint64_t wakes) {
    Stage& stage = stages_[ring + me];
    switch (params_.wake) {
      case Wake::kPipe: {
        char token;
        return worker.AwaitRead(pipes_[ring + me].read_end.get(), &token,
                                sizeof(token));
      }
      case Wake::kEventfd: {
        uint64_t count;
        return worker.AwaitRead(events_[ring + me].get(), &count,
                                sizeof(count));
      }
      case Wake::kFutex:
        return worker.AwaitWord(
            stages_[ring].word,
            [hop = HopOf(me, wakes)](uint32_t hops) { return hops == hop; });
      case Wake::kFutexHandoff:
        return worker.AwaitWord(
            stage.word, [wakes = static_cast<uint32_t>(wakes)](uint32_t seen) {
              return seen == wakes;
            });
    }
    return false;
  }

  bool PassToken(Worker& worker, uint32_t ring, uint32_t next,
                 uint64_t sequence) {
    switch (params_.wake) {
      case Wake::kPipe:
        return worker.Write(pipes_[ring + next].write_end.get(), "t", 1);
      case Wake::kEventfd: {
        const uint64_t one = 1;
        return worker.Write(events_[ring + next].get(), &one, sizeof(one));
      }
      case Wake::kFutex:
        StoreAndWake(worker, stages_[ring].word, HopOf(next, sequence),
                     std::numeric_limits<int>::max());
        return true;
      case Wake::kFutexHandoff:
        StoreAndWake(worker, stages_[ring + next].word,
                     static_cast<uint32_t>(sequence), 1);
        return true;
    }
    return false;
  }

  static void StoreAndWake(Worker& worker, std::atomic<uint32_t>& word,
                           uint32_t value, int count) {
    // Release: the stamp comes before the token that it belongs to.
    word.store(value, std::memory_order_release);
    worker.WakeWord(word, count);
  }

  static void RecordLap(Worker& worker, int64_t& begin) {
    const int64_t now = worker.Now();
    worker.Record(Metric::kRoundTrip, now - begin);
    begin = now;
  }

  const Params params_;
  absl::Span<Stage> stages_;
  std::vector<Pipe> pipes_;  // By worker: what wakes it.
  std::vector<Fd> events_;
};

constexpr const char* kWakes[] = {"pipe", "futex", "futex_handoff", "eventfd"};
constexpr FieldDef kFields[] = {
    Field<&WakeChain::Params::depth>("depth", "stages of a ring", 2, 4096),
    EnumField<&WakeChain::Params::wake>("wake", "how a stage wakes the next",
                                        kWakes),
    Field<&WakeChain::Params::work_per_hop>(
        "work_per_hop", "CPU time that a stage burns before it wakes the next",
        std::chrono::seconds(0), std::chrono::seconds(10)),
};
constexpr Metric kMetrics[] = {
    Metric::kWakeLatencyLocal,
    Metric::kWakeLatencyRemote,
    Metric::kBlockedTime,
    Metric::kRoundTrip,
};

}  // namespace

constinit const StressorDef kWakeChain = DefineStressor<WakeChain>({
    .name = "wake_chain",
    .summary = "rings of workers that pass a token, each waking the next",
    .kernel_path = "try_to_wake_up, with WF_SYNC (pipe) or without (futex, "
                   "eventfd); wake-up placement",
    .needs = "",
    .proof = "every stage of a ring has the same number of hops +-1, and the "
             "kernel switched for them",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
