// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/preempt_storm/preempt_storm.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/base/sched/own/saved_scheduling.h"
#include "ktstr/base/sched/own/sched_sight.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/sched/try_sched.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/churn/arrivals.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Real-time workers whose timer preempts fair spinners, in the default case a
// thousand times a second: wake-up preemption, and tasks that always lose their
// CPU in the middle of their slice. All groups share one CPU.
class PreemptStorm final : public Stressor {
 public:
  struct Params {
    uint32_t cfs_workers = 2;
    uint64_t rt_burst_iters = 1024;
    absl::Duration rt_sleep = absl::Milliseconds(1);
  };
  // Of a worker, read after it ended.
  struct Books {
    uint64_t wakes;     // Of rt, while all of cfs were in their loop,
    uint64_t onto_cfs;  // and those before which cfs had got on.
    SchedSights seen;   // Around the loop.
  };
  // Of all groups.
  struct Shared {
    Arrivals arrived;
    alignas(64) std::atomic<uint64_t> cfs_passes;
    std::atomic<uint64_t> cfs_passes_seen;  // By whichever rt woke last.
    std::atomic<uint32_t> cfs_left;
  };
  explicit PreemptStorm(const Params& params) : params_(params) {}

  uint32_t GroupSize() const override { return 1 + params_.cfs_workers; }
  absl::string_view Role(uint32_t position) const override {
    return position == 0 ? "rt" : "cfs";
  }

  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_ASSIGN_OR_RETURN(cpu_, preparation.CpuForRealTime());
    const absl::Status allowed = TrySched(kSpec, preparation.user());
    if (!allowed.ok()) return absl::UnimplementedError(allowed.message());
    KTSTR_ASSIGN_OR_RETURN(shared_, preparation.Share<Shared>(1));
    KTSTR_ASSIGN_OR_RETURN(books_,
                           preparation.Share<Books>(preparation.workers()));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    KTSTR_ASSIGN_OR_RETURN(const SavedScheduling before,
                           SavedScheduling::Save());
    KTSTR_RETURN_IF_ERROR(SetAffinity(0, CpuSet({cpu_})));
    const bool is_rt = worker.position() == 0;
    if (is_rt) KTSTR_RETURN_IF_ERROR(SetSched(0, kSpec));
    if (shared_[0].arrived.Meet(worker, static_cast<uint32_t>(books_.size()))) {
      Books& books = books_[worker.index()];
      books.seen.begin = LookAtOwnSched();
      is_rt ? Storm(worker, books) : Spin(worker);
      books.seen.end = LookAtOwnSched();
    }
    return before.Restore();
  }

  // Judges all groups together, as they share the CPU.
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    GroupResult all = group;
    all.workers = group.all_workers;
    KTSTR_RETURN_IF_ERROR(all.RequirePasses());
    KTSTR_RETURN_IF_ERROR(CheckPolicies());
    KTSTR_RETURN_IF_ERROR(all.RequireUsage());
    const Sums sums = SumsOf(group.all_workers);
    if (sums.wakes < kEnoughWakes) {
      return absl::UnimplementedError(absl::StrFormat(
          "rt woke only %d times while cfs was at work", sums.wakes));
    }
    if (sums.rt_voluntary < sums.rt_passes / 2) {
      return absl::FailedPreconditionError(
          absl::StrFormat("in %d passes rt slept only %d times", sums.rt_passes,
                          sums.rt_voluntary));
    }
    if (sums.onto_cfs < kEnoughWakes) {
      return absl::UnimplementedError(absl::StrFormat(
          "of %d wake-ups of rt only %d found cfs at work: others use it",
          sums.wakes, sums.onto_cfs));
    }
    if (sums.cfs_involuntary < sums.onto_cfs / 2) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "rt woke %d times after cfs had got on, but cfs lost its CPU only %d "
          "times",
          sums.onto_cfs, sums.cfs_involuntary));
    }
    return absl::StrFormat(
        "cfs lost its CPU %d times; of %d wake-ups of rt %d came after it had "
        "got on",
        sums.cfs_involuntary, sums.wakes, sums.onto_cfs);
  }

 private:
  static constexpr SchedSpec kSpec = {.policy = SchedPolicy::kFifo,
                                      .priority = 1};
  static constexpr uint64_t kSpins = 1024;  // About 10 us.
  static constexpr uint64_t kEnoughWakes = 20;

  struct Sums {
    uint64_t wakes = 0, onto_cfs = 0;
    uint64_t rt_passes = 0;
    uint64_t rt_voluntary = 0;
    uint64_t cfs_involuntary = 0;
  };

  Sums SumsOf(absl::Span<const WorkerResult> workers) const {
    Sums sums;
    for (const Books& books : books_) {
      sums.wakes += books.wakes;
      sums.onto_cfs += books.onto_cfs;
    }
    for (size_t i = 0; i < workers.size(); ++i) {
      const TaskCounters& counted = workers[i].counters;
      if (i % GroupSize() == 0) {
        sums.rt_passes += workers[i].iterations;
        sums.rt_voluntary += static_cast<uint64_t>(counted.voluntary_switches);
      } else {
        sums.cfs_involuntary +=
            static_cast<uint64_t>(counted.involuntary_switches);
      }
    }
    return sums;
  }

  absl::Status CheckPolicies() const {
    for (size_t i = 0; i < books_.size(); ++i) {
      const SchedSights& seen = books_[i].seen;
      const bool is_rt = i % GroupSize() == 0;
      if (is_rt ? !seen.Are(kSpec, cpu_) : !seen.AreOn(cpu_)) {
        return absl::FailedPreconditionError(
            absl::StrCat(is_rt ? "rt was to be fifo:1" : "cfs was to be",
                         " on CPU ", cpu_, ", and was ", seen.ToText()));
      }
      if (is_rt || !seen.begin.spec.IsRealTime()) continue;
      return absl::UnimplementedError(absl::StrCat(
          "cfs runs as ", seen.begin.spec.ToText(), ": nothing preempts it"));
    }
    return absl::OkStatus();
  }

  void Storm(Worker& worker, Books& books) const {
    int64_t deadline = MonotonicNanos();
    while (worker.NextIteration()) {
      worker.Compute(params_.rt_burst_iters);
      deadline = DeadlineAfter(deadline);
      if (!worker.SleepUntil(deadline)) break;
      NoteWake(books);
    }
  }

  // The next one of a fixed pace that leaves cfs half of the sleep at least.
  int64_t DeadlineAfter(int64_t deadline) const {
    const int64_t sleep_ns = absl::ToInt64Nanoseconds(params_.rt_sleep);
    const int64_t earliest = MonotonicNanos() + sleep_ns / 2;
    deadline += sleep_ns;
    if (deadline >= earliest) return deadline;
    return deadline +
           (earliest - deadline + sleep_ns - 1) / sleep_ns * sleep_ns;
  }

  // Where cfs got on since any rt looked last, some of them had the CPU and has
  // lost it. Nothing else of equal priority comes between the two reads.
  void NoteWake(Books& books) const {
    Shared& shared = shared_[0];
    if (shared.cfs_left.load(std::memory_order_relaxed) > 0) return;
    ++books.wakes;
    const uint64_t passes = shared.cfs_passes.load(std::memory_order_relaxed);
    if (shared.cfs_passes_seen.exchange(passes, std::memory_order_relaxed) !=
        passes) {
      ++books.onto_cfs;
    }
  }

  void Spin(Worker& worker) const {
    Shared& shared = shared_[0];
    while (worker.NextIteration()) {
      worker.Compute(kSpins);
      // Relaxed: a number to look at.
      shared.cfs_passes.fetch_add(1, std::memory_order_relaxed);
    }
    shared.cfs_left.fetch_add(1, std::memory_order_relaxed);
  }

  const Params params_;
  uint32_t cpu_ = 0;
  absl::Span<Shared> shared_;
  absl::Span<Books> books_;
};

constexpr FieldDef kFields[] = {
    Field<&PreemptStorm::Params::cfs_workers>(
        "cfs_workers", "workers of a group that are preempted", 1, 64),
    Field<&PreemptStorm::Params::rt_burst_iters>(
        "rt_burst_iters", "rounds of spinning after each wake-up", 0, 1 << 24),
    Field<&PreemptStorm::Params::rt_sleep>(
        "rt_sleep", "from one wake-up to the next",
        std::chrono::microseconds(10), std::chrono::seconds(10)),
};
constexpr Metric kMetrics[] = {Metric::kSleepOvershoot};

}  // namespace

constinit const StressorDef kPreemptStorm = DefineStressor<PreemptStorm>({
    .name = "preempt_storm",
    .summary = "a real-time timer that preempts fair spinners",
    .kernel_path = "hrtimer wake-ups, check_preempt, pick_next_task_rt",
    .needs = "CAP_SYS_NICE or RLIMIT_RTPRIO, and a second CPU",
    .proof = "policies and CPU are read back while running, and cfs is "
             "switched out for the wake-ups of rt",
    .fields = kFields,
    .metrics = kMetrics,
    .real_time = true,
    .own_place = true,
});

}  // namespace ktstr
