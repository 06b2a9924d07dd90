// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/asymmetric_waker/asymmetric_waker.h"

#include <errno.h>
#include <sched.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/sched/own/saved_scheduling.h"
#include "ktstr/base/sched/own/sched_sight.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/sched/try_sched.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/churn/arrivals.h"
#include "ktstr/core/exchange/rounds.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// A worker of one scheduling class wakes one of another, without waiting for
// it: how wake-ups across classes are placed and preempt. Real-time ones share
// one CPU; all others run wherever they may, so that a fair wakee may have to
// wait behind a real-time waker for throttling or the fair server.
class AsymmetricWaker final : public Stressor {
 public:
  // In the order of kClassNames and kSpecs.
  enum class Class { kNormal, kBatch, kIdle, kFifo, kRr, kDeadline, kExt };
  struct Params {
    Class waker_class = Class::kNormal;
    Class wakee_class = Class::kNormal;
    uint64_t burst_iters = 1024;
  };
  // Of a worker; its own, read after its end.
  struct Books {
    alignas(64) SchedSights seen;  // Around its loop.
    bool no_way_back;              // From SCHED_IDLE, without privilege.
  };
  // Of all groups.
  struct Shared {
    Arrivals arrived;
  };

  explicit AsymmetricWaker(const Params& params) : params_(params) {}

  uint32_t GroupSize() const override { return 2; }
  absl::string_view Role(uint32_t position) const override {
    return position == 0 ? "waker" : "wakee";
  }

  absl::Status Prepare(Preparation& preparation) override {
    for (uint32_t position : {0, 1}) {
      const SchedSpec& spec = SpecOf(position);
      if (spec.IsRealTime()) {
        KTSTR_ASSIGN_OR_RETURN(cpu_, preparation.CpuForRealTime());
      }
      const absl::Status allowed = TrySched(spec, preparation.user());
      if (!allowed.ok()) return absl::UnimplementedError(allowed.message());
    }
    KTSTR_ASSIGN_OR_RETURN(books_,
                           preparation.Share<Books>(preparation.workers()));
    KTSTR_ASSIGN_OR_RETURN(shared_, preparation.Share<Shared>(1));
    return rounds_.Prepare(preparation);
  }

  absl::Status Run(Worker& worker) override {
    KTSTR_ASSIGN_OR_RETURN(const SavedScheduling before,
                           SavedScheduling::Save());
    const SchedSpec& spec = SpecOf(worker.position());
    if (spec.IsRealTime()) {
      KTSTR_RETURN_IF_ERROR(SetAffinity(0, CpuSet({cpu_})));
    }
    if (!(before.sched().spec == spec)) {
      KTSTR_RETURN_IF_ERROR(SetSched(0, spec));
    }
    Books& books = books_[worker.index()];
    // A real-time waker that began would keep others, still fair, off its CPU.
    if (shared_[0].arrived.Meet(worker, static_cast<uint32_t>(books_.size()))) {
      books.seen.begin = LookAtOwnSched();
      worker.position() == 0 ? Wake(worker) : BeWoken(worker);
      books.seen.end = LookAtOwnSched();
    }
    absl::Status restored = before.Restore();
    if (restored.ok() || spec.policy != SchedPolicy::kIdle) return restored;
    books.no_way_back = true;
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    absl::string_view note;
    for (uint32_t position : {0, 1}) {
      const Books& books = books_[group.group * GroupSize() + position];
      const SchedSpec& spec = SpecOf(position);
      if (!Agrees(books.seen.begin, spec) || !Agrees(books.seen.end, spec)) {
        return absl::FailedPreconditionError(
            absl::StrCat(Role(position), " was to be ", spec.ToText(),
                         ", and was ", books.seen.ToText()));
      }
      if (books.no_way_back) note = ", and could not go back from idle";
    }
    KTSTR_ASSIGN_OR_RETURN(const std::string exchange,
                           rounds_.Verify(group, /*sleeps_per_pass=*/0));
    return absl::StrCat(SpecOf(0).ToText(), " wakes ", SpecOf(1).ToText(), note,
                        ": ", exchange);
  }

 private:
  // Both at one priority, so that neither starves the other for good; and a
  // deadline of which ten fit on a CPU.
  static constexpr SchedSpec kSpecs[] = {
      {.policy = SchedPolicy::kNormal},
      {.policy = SchedPolicy::kBatch},
      {.policy = SchedPolicy::kIdle},
      {.policy = SchedPolicy::kFifo, .priority = 50},
      {.policy = SchedPolicy::kRr, .priority = 50},
      {.policy = SchedPolicy::kDeadline,
       .runtime_ns = 900'000,
       .deadline_ns = 10'000'000,
       .period_ns = 10'000'000},
      {.policy = SchedPolicy::kExt},
  };

  const SchedSpec& SpecOf(uint32_t position) const {
    return kSpecs[static_cast<size_t>(position == 0 ? params_.waker_class
                                                    : params_.wakee_class)];
  }

  bool Agrees(const SchedSight& seen, const SchedSpec& spec) const {
    return spec.IsRealTime() ? seen.Is(spec, cpu_)
                             : seen.taken && seen.spec == spec;
  }

  void Wake(Worker& worker) {
    const bool is_rt = SpecOf(0).IsRealTime();
    uint64_t round = 0;
    while (worker.NextIteration() || rounds_.AnyoneWaits(worker)) {
      worker.Compute(params_.burst_iters);
      rounds_.Announce(worker, ++round);
      // Lets go of the CPU for its equals only, who would never get on.
      if (is_rt && sched_yield() != 0) {
        worker.CountFailure("sched_yield", errno);
      }
    }
  }

  void BeWoken(Worker& worker) {
    uint64_t seen = 0;
    while (worker.NextIteration()) {
      seen = rounds_.SkipMissed(worker, seen);
      const absl::optional<uint64_t> next = rounds_.AwaitNext(worker, seen);
      if (!next) break;
      seen = *next;
      worker.Compute(params_.burst_iters);
    }
    rounds_.Leave(worker, seen);
  }

  const Params params_;
  uint32_t cpu_ = 0;  // Of real-time workers.
  Rounds rounds_;
  absl::Span<Books> books_;  // By worker.
  absl::Span<Shared> shared_;
};

constexpr const char* kClassNames[] = {"normal", "batch",    "idle", "fifo",
                                       "rr",     "deadline", "ext"};
constexpr FieldDef kFields[] = {
    EnumField<&AsymmetricWaker::Params::waker_class>(
        "waker_class", "how the waker is scheduled", kClassNames),
    EnumField<&AsymmetricWaker::Params::wakee_class>(
        "wakee_class", "how the one that it wakes is scheduled", kClassNames),
    Field<&AsymmetricWaker::Params::burst_iters>(
        "burst_iters", "rounds of spinning around each wake-up", 0, 1 << 24),
};
constexpr Metric kMetrics[] = {
    Metric::kWakeLatencyLocal,
    Metric::kWakeLatencyRemote,
};

}  // namespace

constinit const StressorDef kAsymmetricWaker = DefineStressor<AsymmetricWaker>({
    .name = "asymmetric_waker",
    .summary = "workers that wake one of another scheduling class",
    .kernel_path = "select_task_rq and wakeup_preempt across classes",
    .needs = "CAP_SYS_NICE and a second CPU for real-time classes",
    .proof = "policies are read back while running, and wakees saw the "
             "wake-ups that the kernel sent; missed ones are counted",
    .fields = kFields,
    .metrics = kMetrics,
    .real_time = true,
    .own_place = true,
});

}  // namespace ktstr
