// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/cross_affinity_churn/cross_affinity_churn.h"

#include <errno.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/sched/own/saved_scheduling.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/random.h"
#include "ktstr/core/churn/siblings.h"
#include "ktstr/core/churn/timed_yield.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Workers that pin each other: each pass moves a random sibling of the group
// to a random one of its CPUs, while that runs, is queued, or calls for the
// same of others. No CPU is named that a worker was not given; with one of
// them nothing ever moves. Nobody leaves while a sibling may yet name its id.
class CrossAffinityChurn final : public Stressor {
 public:
  struct Params {
    uint32_t siblings = 4;
    uint64_t spin_iters = 1024;
  };
  // Of a worker. What is not atomic is read after it ended.
  struct Member {
    alignas(64) std::atomic<uint64_t> pinned;  // By siblings.
    uint64_t cpus;                             // That it was given.
    uint64_t lonely;  // Passes of its own for which nobody was at work.
    bool was_pinned;  // At its end the kernel had it on one CPU.
  };
  explicit CrossAffinityChurn(const Params& params) : params_(params) {}

  uint32_t GroupSize() const override { return params_.siblings; }
  absl::string_view Role(uint32_t) const override { return "sibling"; }

  absl::Status Prepare(Preparation& preparation) override {
    if (preparation.cpus().Count() < 2) {
      return absl::UnimplementedError("needs 2 CPUs to move between");
    }
    KTSTR_RETURN_IF_ERROR(siblings_.Prepare(preparation));
    KTSTR_ASSIGN_OR_RETURN(members_,
                           preparation.Share<Member>(preparation.workers()));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    KTSTR_ASSIGN_OR_RETURN(const SavedScheduling before,
                           SavedScheduling::Save());
    Member& me = members_[worker.index()];
    me.cpus = before.cpus().Count();
    KTSTR_RETURN_IF_ERROR(Churn(worker));
    const absl::StatusOr<CpuSet> now = GetAffinity(0);
    me.was_pinned = now.ok() && now->Count() == 1;
    return before.Restore();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    Sums sums;
    for (uint32_t i = 0; i < params_.siblings; ++i) {
      KTSTR_RETURN_IF_ERROR(
          AddTo(sums, MembersOf(group.group)[i], group.workers[i]));
    }
    if (sums.pins + sums.lonely != group.Iterations()) {
      return absl::FailedPreconditionError(
          absl::StrFormat("%d passes pinned siblings only %d times",
                          group.Iterations(), sums.pins));
    }
    if (sums.pins < kEnoughPins) {
      return absl::UnimplementedError(
          absl::StrFormat("%d calls are too few to tell", sums.pins));
    }
    if (sums.migrations < sums.pins / kMostPinsPerMigration) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "siblings were pinned %d times, but the kernel migrated only %d "
          "times",
          sums.pins, sums.migrations));
    }
    return absl::StrFormat("siblings were pinned %d times; %d migrations",
                           sums.pins, sums.migrations);
  }

 private:
  static constexpr uint64_t kEnoughPins = 40;
  // Half of the calls name the CPU where the sibling is already, on two CPUs;
  // few others are overtaken by the next one before they take effect.
  static constexpr uint64_t kMostPinsPerMigration = 10;

  struct Sums {
    uint64_t pins = 0;
    uint64_t lonely = 0;
    uint64_t migrations = 0;
  };

  static absl::Status AddTo(Sums& sums, const Member& member,
                            const WorkerResult& worker) {
    if (member.cpus == 1) {
      return absl::UnimplementedError(absl::StrFormat(
          "sibling %d may run on one CPU only", worker.position));
    }
    const uint64_t pinned = member.pinned.load(std::memory_order_relaxed);
    if (pinned > 0 && !member.was_pinned) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "sibling %d was pinned %d times, and at its end it was not",
          worker.position, pinned));
    }
    sums.pins += pinned;
    sums.lonely += member.lonely;
    sums.migrations += worker.counters.migrations_known
                           ? static_cast<uint64_t>(worker.counters.migrations)
                           : worker.migrations;
    return absl::OkStatus();
  }

  absl::Span<Member> MembersOf(uint32_t group) const {
    return members_.subspan(group * params_.siblings, params_.siblings);
  }

  absl::Status Churn(Worker& worker) {
    if (!siblings_.Enter(worker)) return absl::OkStatus();
    // Nobody is pinned before all have looked.
    std::vector<std::vector<CpuSet>> targets(params_.siblings);
    for (uint32_t i = 0; i < params_.siblings; ++i) {
      KTSTR_ASSIGN_OR_RETURN(const CpuSet cpus,
                             GetAffinity(siblings_.TidOf(worker, i)));
      for (uint32_t cpu : cpus.cpus()) targets[i].push_back(CpuSet({cpu}));
    }
    if (!siblings_.Begin(worker)) return absl::OkStatus();
    Random random(worker.seed());
    while (worker.NextIteration()) {
      worker.Compute(params_.spin_iters);
      const uint32_t sibling = ChooseSibling(worker, random);
      const std::vector<CpuSet>& cpus = targets[sibling];
      PinSibling(worker, sibling, cpus[random.Below(cpus.size())]);
      TimedYield(worker);
    }
    siblings_.Leave(worker);
    return absl::OkStatus();
  }

  // Returns one that has not left, by position; the caller's own if all have.
  uint32_t ChooseSibling(const Worker& worker, Random& random) const {
    const uint32_t others = params_.siblings - 1;
    const auto first = static_cast<uint32_t>(random.Below(others));
    for (uint32_t i = 0; i < others; ++i) {
      const uint32_t sibling =
          (worker.position() + 1 + (first + i) % others) % params_.siblings;
      if (!siblings_.IsGone(worker, sibling)) return sibling;
    }
    return worker.position();
  }

  void PinSibling(Worker& worker, uint32_t sibling, const CpuSet& cpu) {
    const absl::Span<Member> members = MembersOf(worker.group());
    if (sibling == worker.position()) {
      ++members[sibling].lonely;
      return;
    }
    const absl::Status status =
        SetAffinity(siblings_.TidOf(worker, sibling), cpu);
    if (status.ok()) {
      // Relaxed: read after the end of all.
      members[sibling].pinned.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    worker.CountFailure("sched_setaffinity", ErrnoOf(status));
    if (ErrnoOf(status) == ESRCH) siblings_.MarkDead(worker, sibling);
  }

  const Params params_;
  Siblings siblings_;
  absl::Span<Member> members_;
};

constexpr FieldDef kFields[] = {
    Field<&CrossAffinityChurn::Params::siblings>(
        "siblings", "workers that pin each other", 2, 64),
    Field<&CrossAffinityChurn::Params::spin_iters>(
        "spin_iters", "rounds of spinning before each call", 0, 1 << 24),
};
constexpr Metric kMetrics[] = {Metric::kYieldTime};

}  // namespace

constinit const StressorDef kCrossAffinityChurn =
    DefineStressor<CrossAffinityChurn>({
        .name = "cross_affinity_churn",
        .summary = "groups of workers that pin each other to CPUs",
        .kernel_path = "sched_setaffinity(2) of another task, at any moment",
        .needs = "2 CPUs",
        .proof = "at its end each worker has the mask that a sibling gave it, "
                 "and the kernel counts migrations for the calls",
        .fields = kFields,
        .metrics = kMetrics,
        .own_place = true,
    });

}  // namespace ktstr
