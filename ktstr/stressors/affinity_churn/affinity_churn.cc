// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/affinity_churn/affinity_churn.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/rseq.h"
#include "ktstr/base/sched/own/saved_scheduling.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/random.h"
#include "ktstr/core/churn/timed_yield.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Workers that pin themselves to a random one of their CPUs, again and again:
// each call that names another CPU makes the stopper thread migrate its caller,
// however well it was placed. It stays within the CPUs that a worker was given;
// with one of them nothing ever moves.
class AffinityChurn final : public Stressor {
 public:
  struct Params {
    uint64_t spin_iters = 1024;
  };
  // Of a worker, read after it ended.
  struct Books {
    uint64_t cpus;    // That it may choose from.
    uint64_t pins;    // Calls that succeeded,
    uint64_t moves;   // those from one pinned CPU to another,
    uint64_t strays;  // and those that left it elsewhere.
  };
  explicit AffinityChurn(const Params& params) : params_(params) {}

  absl::Status Prepare(Preparation& preparation) override {
    if (preparation.cpus().Count() < 2) {
      return absl::UnimplementedError("needs 2 CPUs to move between");
    }
    KTSTR_ASSIGN_OR_RETURN(books_,
                           preparation.Share<Books>(preparation.workers()));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    KTSTR_ASSIGN_OR_RETURN(const SavedScheduling before,
                           SavedScheduling::Save());
    std::vector<CpuSet> targets;
    for (uint32_t cpu : before.cpus().cpus()) targets.push_back(CpuSet({cpu}));
    Books& books = books_[worker.index()];
    books.cpus = targets.size();
    Random random(worker.seed());
    const CpuSet* pinned = nullptr;
    while (worker.NextIteration()) {
      worker.Compute(params_.spin_iters);
      Pin(worker, targets[random.Below(targets.size())], pinned, books);
      TimedYield(worker);
    }
    return before.Restore();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    const Books& books = books_[group.group];
    const WorkerResult& worker = group.workers[0];
    if (books.cpus == 1) {
      return absl::UnimplementedError("may run on one CPU: nowhere to move to");
    }
    if (books.strays > 0 || books.pins != worker.iterations) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "%d passes pinned it %d times, %d of them to no avail",
          worker.iterations, books.pins, books.strays));
    }
    if (books.pins < kEnoughPins) {
      return absl::UnimplementedError(
          absl::StrFormat("%d calls are too few to tell", books.pins));
    }
    const auto migrations = static_cast<uint64_t>(
        worker.counters.migrations_known ? worker.counters.migrations
                                         : int64_t(worker.migrations));
    if (books.moves == 0 || migrations < books.moves) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "%d calls named another CPU, but the kernel migrated only %d times",
          books.moves, migrations));
    }
    return absl::StrFormat("%d of %d calls named another CPU; %d migrations",
                           books.moves, books.pins, migrations);
  }

 private:
  // That all of them name one of two CPUs has a chance of 2^-31.
  static constexpr uint64_t kEnoughPins = 32;

  // `pinned` is where it was pinned before, null at first.
  static void Pin(Worker& worker, const CpuSet& target, const CpuSet*& pinned,
                  Books& books) {
    const absl::Status status = SetAffinity(0, target);
    if (!status.ok()) {
      worker.CountFailure("sched_setaffinity", ErrnoOf(status));
      return;
    }
    ++books.pins;
    if (pinned != nullptr && pinned != &target) ++books.moves;
    pinned = &target;
    if (CurrentCpu() != target.First()) ++books.strays;
  }

  const Params params_;
  absl::Span<Books> books_;
};

constexpr FieldDef kFields[] = {
    Field<&AffinityChurn::Params::spin_iters>(
        "spin_iters", "rounds of spinning before each call", 0, 1 << 24),
};
constexpr Metric kMetrics[] = {Metric::kYieldTime};

}  // namespace

constinit const StressorDef kAffinityChurn = DefineStressor<AffinityChurn>({
    .name = "affinity_churn",
    .summary = "workers that pin themselves to one CPU after another",
    .kernel_path = "sched_setaffinity(2): migration by the stopper thread",
    .needs = "2 CPUs",
    .proof = "each call leaves the worker on the CPU that it names, and the "
             "kernel counts a migration for each one that names another",
    .fields = kFields,
    .metrics = kMetrics,
    .own_place = true,
});

}  // namespace ktstr
