// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/rt_starvation/rt_starvation.h"

#include <errno.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/proc/own_usage.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/base/sched/own/saved_scheduling.h"
#include "ktstr/base/sched/own/sched_sight.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/sched/try_sched.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/churn/arrivals.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Real-time workers that never sleep and fair ones that want the same CPU: the
// fair ones get what real-time throttling or the fair server leaves them, or
// nothing before the others have left. All groups share the one CPU; the
// real-time workers take turns, so that none of them starves another.
class RtStarvation final : public Stressor {
 public:
  struct Params {
    uint32_t rt_workers = 1;
    uint32_t cfs_workers = 1;
    int rt_priority = 50;
    uint64_t burst_iters = 1024;
  };
  // Of a worker; what is not atomic is read after it ended.
  struct Books {
    alignas(64) std::atomic<uint64_t> passes;  // Of a fair one.
    std::atomic<int64_t> held_ns;  // CPU time of a real-time one in its loop.
    uint64_t cfs_passes;  // Of its group's, while a real-time one was at it.
    int64_t starved_ns;   // Of its group's held_ns, when a fair one ended.
    SchedSights seen;     // Around its loop.
  };
  // Of all groups.
  struct Shared {
    Arrivals arrived;
    Arrivals started;  // Fair ones.
  };
  explicit RtStarvation(const Params& params)
      : params_(params),
        spec_({.policy = SchedPolicy::kFifo, .priority = params.rt_priority}) {}

  uint32_t GroupSize() const override {
    return params_.rt_workers + params_.cfs_workers;
  }
  absl::string_view Role(uint32_t position) const override {
    return position < params_.rt_workers ? "rt" : "cfs";
  }

  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_ASSIGN_OR_RETURN(cpu_, preparation.CpuForRealTime());
    const absl::Status allowed = TrySched(spec_, preparation.user());
    if (!allowed.ok()) return absl::UnimplementedError(allowed.message());
    workers_ = preparation.workers();
    cfs_workers_ = preparation.groups() * params_.cfs_workers;
    KTSTR_ASSIGN_OR_RETURN(shared_, preparation.Share<Shared>(1));
    KTSTR_ASSIGN_OR_RETURN(books_, preparation.Share<Books>(workers_));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    KTSTR_ASSIGN_OR_RETURN(const SavedScheduling before,
                           SavedScheduling::Save());
    KTSTR_RETURN_IF_ERROR(SetAffinity(0, CpuSet({cpu_})));
    const bool is_rt = worker.position() < params_.rt_workers;
    if (is_rt) KTSTR_RETURN_IF_ERROR(SetSched(0, spec_));
    if (AwaitStart(worker, is_rt)) is_rt ? Starve(worker) : Compete(worker);
    return before.Restore();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    const absl::Span<const Books> books = BooksOf(group.group);
    const absl::Span<const Books> rt = books.first(params_.rt_workers);
    const absl::Span<const Books> cfs = books.subspan(params_.rt_workers);
    KTSTR_RETURN_IF_ERROR(group.RequirePasses());
    KTSTR_RETURN_IF_ERROR(CheckPolicies(rt, cfs));
    int64_t held_ns = 0;
    uint64_t cfs_passes = 0;
    for (const Books& each : rt) {
      held_ns += each.seen.CpuNanos();
      cfs_passes = std::max(cfs_passes, each.cfs_passes);
    }
    if (group.Iterations() < kEnoughPasses * group.workers.size()) {
      return absl::UnimplementedError("too few passes to tell");
    }
    int64_t gap_ns = 0;
    for (uint32_t i = params_.rt_workers; i < GroupSize(); ++i) {
      const int64_t starved_ns = books[i].starved_ns;
      if (starved_ns < kEnoughNanos) {
        return absl::UnimplementedError(
            "a cfs worker was through before rt had the CPU");
      }
      const WorkerResult& worker = group.workers[i];
      gap_ns = std::max(gap_ns, worker.max_gap_ns);
      const TaskCounters& counters = worker.counters;
      if (!counters.schedstat_known) continue;
      if (counters.run_delay_ns >= starved_ns / 2) continue;
      return absl::FailedPreconditionError(absl::StrFormat(
          "rt had the CPU for %d us, but cfs worker %d waited for it only "
          "%d us",
          starved_ns / 1000, i - params_.rt_workers,
          counters.run_delay_ns / 1000));
    }
    return absl::StrFormat(
        "rt (%s on CPU %d) ran for %.1f ms, cfs meanwhile %d passes, longest "
        "gap %.1f ms",
        spec_.ToText(), cpu_, static_cast<double>(held_ns) / 1e6, cfs_passes,
        static_cast<double>(gap_ns) / 1e6);
  }

 private:
  static constexpr uint64_t kEnoughPasses = 20;
  static constexpr int64_t kEnoughNanos = 100'000;

  absl::Span<Books> BooksOf(uint32_t group) const {
    return books_.subspan(size_t{group} * GroupSize(), GroupSize());
  }

  // Real-time workers sleep until all fair ones are in their first pass, where
  // they would not get for long after that.
  bool AwaitStart(Worker& worker, bool is_rt) const {
    Shared& shared = shared_[0];
    if (!is_rt) return shared.arrived.Meet(worker, workers_);
    shared.arrived.Arrive(worker, workers_);
    return shared.started.Await(worker, cfs_workers_);
  }

  // On stop it leaves first: the fair ones see it only after that.
  void Starve(Worker& worker) const {
    Books& books = books_[worker.index()];
    books.seen.begin = LookAtOwnSched();
    const uint64_t cfs_passes = CfsPasses(worker.group());
    while (worker.NextIteration()) {
      worker.Compute(params_.burst_iters);
      // Lets go of the CPU for its equals only.
      if (sched_yield() != 0) worker.CountFailure("sched_yield", errno);
      // Relaxed: a number to look at.
      books.held_ns.store(OwnCpuNanos() - books.seen.begin.cpu_ns,
                          std::memory_order_relaxed);
    }
    books.cfs_passes = CfsPasses(worker.group()) - cfs_passes;
    books.seen.end = LookAtOwnSched();
  }

  void Compete(Worker& worker) const {
    Books& books = books_[worker.index()];
    books.seen.begin = LookAtOwnSched();
    for (uint64_t pass = 1; worker.NextIteration(); ++pass) {
      if (pass == 1) shared_[0].started.Arrive(worker, cfs_workers_);
      worker.Compute(params_.burst_iters);
      books.passes.store(pass, std::memory_order_relaxed);
    }
    for (const Books& each : BooksOf(worker.group())) {
      books.starved_ns += each.held_ns.load(std::memory_order_relaxed);
    }
    books.seen.end = LookAtOwnSched();
  }

  uint64_t CfsPasses(uint32_t group) const {
    uint64_t passes = 0;
    for (const Books& books : BooksOf(group)) {
      passes += books.passes.load(std::memory_order_relaxed);
    }
    return passes;
  }

  absl::Status CheckPolicies(absl::Span<const Books> rt,
                             absl::Span<const Books> cfs) const {
    for (const Books& books : rt) {
      if (books.seen.Are(spec_, cpu_)) continue;
      return absl::FailedPreconditionError(
          absl::StrCat("rt was to be ", spec_.ToText(), " on CPU ", cpu_,
                       ", and was ", books.seen.ToText()));
    }
    for (const Books& books : cfs) {
      if (!books.seen.AreOn(cpu_)) {
        return absl::FailedPreconditionError(absl::StrCat(
            "cfs was to be on CPU ", cpu_, ", and was ", books.seen.ToText()));
      }
      const SchedSpec& spec = books.seen.begin.spec;
      if (spec.IsFair() || spec.policy == SchedPolicy::kIdle) continue;
      return absl::UnimplementedError(
          absl::StrCat("cfs runs as ", spec.ToText(),
                       ", which real-time workers do not starve"));
    }
    return absl::OkStatus();
  }

  const Params params_;
  const SchedSpec spec_;
  uint32_t cpu_ = 0;
  uint32_t workers_ = 0;
  uint32_t cfs_workers_ = 0;
  absl::Span<Shared> shared_;
  absl::Span<Books> books_;
};

constexpr FieldDef kFields[] = {
    Field<&RtStarvation::Params::rt_workers>(
        "rt_workers", "workers of a group that are real-time", 1, 64),
    Field<&RtStarvation::Params::cfs_workers>(
        "cfs_workers", "workers of a group that are not", 1, 64),
    Field<&RtStarvation::Params::rt_priority>(
        "rt_priority", "of SCHED_FIFO; the supervisor has 99", 1, 98),
    Field<&RtStarvation::Params::burst_iters>(
        "burst_iters", "rounds of spinning in a pass", 1, 1 << 24),
};

}  // namespace

constinit const StressorDef kRtStarvation = DefineStressor<RtStarvation>({
    .name = "rt_starvation",
    .summary = "real-time spinners that starve fair workers",
    .kernel_path = "pick_next_task_rt, real-time throttling, the fair server",
    .needs = "CAP_SYS_NICE or RLIMIT_RTPRIO, and a second CPU",
    .proof = "policies and CPU are read back while running, and each cfs "
             "worker waited for the CPU while rt ran",
    .fields = kFields,
    .real_time = true,
    .own_place = true,
});

}  // namespace ktstr
