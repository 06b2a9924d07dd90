// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/policy_churn/policy_churn.h"

#include <errno.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "ktstr/base/child.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/sched/own/saved_scheduling.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_refusal.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/churn/timed_yield.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

constexpr SchedSpec kSpecs[] = {
    {.policy = SchedPolicy::kNormal},
    {.policy = SchedPolicy::kBatch},
    {.policy = SchedPolicy::kIdle},
    {.policy = SchedPolicy::kFifo, .priority = 1},
    {.policy = SchedPolicy::kRr, .priority = 1},
    {.policy = SchedPolicy::kExt},
};
constexpr size_t kSpecCount = std::size(kSpecs);
constexpr size_t kIdle = 2;

// Whether the caller could leave the policy idle again: a child tries.
bool MayLeaveIdle() {
  absl::StatusOr<Child> child = Child::Spawn([]() -> int {
    const bool back =
        SetSched(0, kSpecs[kIdle]).ok() && SetSched(0, kSpecs[0]).ok();
    return back ? 0 : 1;
  });
  if (!child.ok()) return false;
  const absl::StatusOr<ChildEnd> end = child->Reap();
  return end.ok() && end->kind == ChildEnd::kExited && end->value == 0;
}

// Workers that go through the scheduling policies, so that a running task
// changes its class in every pass. What the kernel refuses the first time is
// left out, and so is idle without the right to leave it. One worker at a time
// is real-time, for two passes: never every CPU.
class PolicyChurn final : public Stressor {
 public:
  struct Params {
    uint64_t spin_iters = 1024;
  };
  // Of a worker, read after it ended.
  struct Books {
    uint64_t taken[kSpecCount];  // Passes with the policy, as read back.
    int refused[kSpecCount];     // errno.
    uint64_t strays;  // Changes after which the kernel said something else.
  };
  struct Shared {
    std::atomic<uint32_t> real_time_taken;  // By the one that is real-time.
  };
  explicit PolicyChurn(const Params& params) : params_(params) {}

  absl::Status Prepare(Preparation& preparation) override {
    may_leave_idle_ = MayLeaveIdle();
    has_room_for_real_time_ = preparation.CpuForRealTime().ok();
    KTSTR_ASSIGN_OR_RETURN(shared_, preparation.Share<Shared>(1));
    KTSTR_ASSIGN_OR_RETURN(books_,
                           preparation.Share<Books>(preparation.workers()));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    KTSTR_ASSIGN_OR_RETURN(const SavedScheduling before,
                           SavedScheduling::Save());
    Churn churn = {.worker = worker, .books = books_[worker.index()]};
    // It may be another user by now.
    churn.may_leave_idle = may_leave_idle_ && MayLower(before.sched().nice);
    churn.options.reset_on_fork = before.sched().reset_on_fork;
    while (worker.NextIteration()) {
      worker.Compute(params_.spin_iters);
      ChangePolicy(churn);
      TimedYield(worker);
    }
    const absl::Status restored = before.Restore();
    GiveUpRealTime(churn);
    return restored;
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    const Books& books = books_[group.group];
    const uint64_t passes = group.workers[0].iterations;
    uint64_t changes = 0;
    for (uint64_t taken : books.taken) changes += taken;
    if (books.strays > 0 || changes != passes) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "%d passes changed the policy %d times, and %d times the kernel said "
          "that it was another",
          passes, changes, books.strays));
    }
    if (passes < kEnoughPasses) {
      return absl::UnimplementedError(
          absl::StrFormat("%d passes are too few for all policies", passes));
    }
    std::string taken;
    std::string left_out;
    for (size_t i = 0; i < kSpecCount; ++i) {
      const std::string reason = ReasonAgainst(i, books);
      if (!reason.empty()) {
        absl::StrAppend(&left_out, left_out.empty() ? "; without " : ", ",
                        kSpecs[i].ToText(), " (", reason, ")");
      } else if (WasTaken(i, books)) {
        absl::StrAppend(&taken, taken.empty() ? "" : ", ", kSpecs[i].ToText());
      } else {
        return absl::FailedPreconditionError(absl::StrCat(
            "never ", kSpecs[i].ToText(), " in ", passes, " passes"));
      }
    }
    return absl::StrCat(changes, " changes, each read back: ", taken, left_out);
  }

 private:
  static constexpr uint64_t kEnoughPasses = 20;

  // What a body knows on its way.
  struct Churn {
    Worker& worker;
    Books& books;
    SchedOptions options = {};
    size_t at = kSpecCount - 1;
    bool may_leave_idle = false;
    bool has_real_time = false;
  };

  static bool MayLower(int nice) {
    const SchedRights rights = ReadSchedRights(0);
    return rights.cap_sys_nice ||
           rights.rlimit_nice >= static_cast<uint64_t>(20 - nice);
  }

  // Takes the next policy that is to be had.
  void ChangePolicy(Churn& churn) const {
    // Normal is always to be had, so that it ends.
    for (size_t tries = 0; tries < kSpecCount; ++tries) {
      churn.at = (churn.at + 1) % kSpecCount;
      if (MayTake(churn) && Take(churn)) return;
    }
  }

  bool MayTake(Churn& churn) const {
    if (churn.books.refused[churn.at] != 0) return false;
    if (churn.at == kIdle && !churn.may_leave_idle) {
      churn.books.refused[churn.at] = EPERM;
      return false;
    }
    if (!kSpecs[churn.at].IsRealTime() || churn.has_real_time) return true;
    // Acquire, to order nothing but the two of them.
    churn.has_real_time =
        has_room_for_real_time_ &&
        shared_[0].real_time_taken.exchange(1, std::memory_order_acquire) == 0;
    return churn.has_real_time;
  }

  // Returns false if the kernel does not have this policy for the worker.
  bool Take(Churn& churn) const {
    const SchedSpec& spec = kSpecs[churn.at];
    const absl::Status status = SetSched(0, spec, churn.options);
    if (!status.ok()) {
      if (churn.books.taken[churn.at] == 0) {
        churn.books.refused[churn.at] = ErrnoOf(status);
      } else {
        churn.worker.CountFailure("sched_setattr", ErrnoOf(status));
      }
      return false;
    }
    if (!spec.IsRealTime()) GiveUpRealTime(churn);
    const absl::StatusOr<SchedState> now = GetSched(0);
    const bool holds = now.ok() && now->spec == spec;
    ++(holds ? churn.books.taken[churn.at] : churn.books.strays);
    return true;
  }

  // The worker is not real-time any more.
  void GiveUpRealTime(Churn& churn) const {
    if (!churn.has_real_time) return;
    churn.has_real_time = false;
    shared_[0].real_time_taken.store(0, std::memory_order_release);
  }

  // Why a worker was not to have a policy; "" if it was.
  std::string ReasonAgainst(size_t spec, const Books& books) const {
    if (kSpecs[spec].IsRealTime() && !has_room_for_real_time_) {
      return "needs a second CPU";
    }
    if (books.refused[spec] == 0) return "";
    return ErrnoName(books.refused[spec]);
  }

  // By this worker; real-time ones by any.
  bool WasTaken(size_t spec, const Books& books) const {
    if (!kSpecs[spec].IsRealTime()) return books.taken[spec] > 0;
    return std::any_of(books_.begin(), books_.end(),
                       [spec](const Books& b) { return b.taken[spec] > 0; });
  }

  const Params params_;
  bool may_leave_idle_ = false;
  bool has_room_for_real_time_ = false;
  absl::Span<Shared> shared_;
  absl::Span<Books> books_;
};

constexpr FieldDef kFields[] = {
    Field<&PolicyChurn::Params::spin_iters>(
        "spin_iters", "rounds of spinning before each change", 0, 1 << 24),
};
constexpr Metric kMetrics[] = {Metric::kYieldTime};

}  // namespace

constinit const StressorDef kPolicyChurn = DefineStressor<PolicyChurn>({
    .name = "policy_churn",
    .summary = "workers that go through all scheduling policies",
    .kernel_path = "sched_setattr(2): switched_from, switched_to of each class",
    .needs = "CAP_SYS_NICE, or RLIMIT_RTPRIO and RLIMIT_NICE",
    .proof = "each change was read back, and the worker had every policy that "
             "the kernel did not refuse",
    .fields = kFields,
    .metrics = kMetrics,
    .real_time = true,
    .own_place = true,
});

}  // namespace ktstr
