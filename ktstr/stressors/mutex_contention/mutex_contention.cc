// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/mutex_contention/mutex_contention.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/exchange/locks.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// A lock in user space that sleeps in the kernel when it is taken: convoys,
// and holders that are preempted while everybody waits for them. With one CPU
// for each contender and a short hold it is rarely contended.
class MutexContention final : public Stressor {
 public:
  struct Params {
    uint32_t contenders = 4;
    uint64_t hold_iters = 256;
    uint64_t work_iters = 1024;
  };
  // Of a group.
  struct Shared {
    PlainLock lock;
    uint64_t acquisitions;  // Guarded by the lock.
  };

  explicit MutexContention(const Params& params) : params_(params) {}

  uint32_t GroupSize() const override { return params_.contenders; }
  absl::string_view Role(uint32_t) const override { return "contender"; }

  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_ASSIGN_OR_RETURN(groups_,
                           preparation.Share<Shared>(preparation.groups()));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    Shared& group = groups_[worker.group()];
    while (worker.NextIteration()) {
      worker.Compute(params_.work_iters);
      const int64_t begin = worker.Now();
      if (!group.lock.TryAcquire() && !group.lock.Await(worker)) break;
      worker.Record(Metric::kAcquireTime, worker.Now() - begin);
      worker.Compute(params_.hold_iters);
      ++group.acquisitions;
      group.lock.Release(worker);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    const uint64_t counted = groups_[group.group].acquisitions;
    if (counted != group.Iterations() || counted == 0) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "%d acquisitions, but the counter under the lock says %d",
          group.Iterations(), counted));
    }
    int64_t sleeps = 0;
    for (const WorkerResult& worker : group.workers) {
      sleeps += worker.counters.voluntary_switches;
    }
    if (sleeps > 0) {
      return absl::StrFormat(
          "%d acquisitions, all excluded each other; %.4f sleeps each", counted,
          static_cast<double>(sleeps) / static_cast<double>(counted));
    }
    if (params_.contenders < 2) {
      return absl::UnimplementedError("one contender: nobody to contend with");
    }
    if (group.run_ns < kEnoughRunNs) {
      return absl::UnimplementedError(
          "nobody slept for the lock, in a run too short to tell");
    }
    return absl::FailedPreconditionError(absl::StrFormat(
        "%d acquisitions, and nobody ever slept for the lock", counted));
  }

 private:
  // On a single CPU only a preempted holder makes others wait, once in some
  // ten time slices: by then it has happened dozens of times.
  static constexpr int64_t kEnoughRunNs = 500'000'000;

  const Params params_;
  absl::Span<Shared> groups_;
};

constexpr FieldDef kFields[] = {
    Field<&MutexContention::Params::contenders>(
        "contenders", "workers that share a lock", 1, 1024),
    Field<&MutexContention::Params::hold_iters>(
        "hold_iters", "rounds of spinning with the lock held", 0, 1 << 24),
    Field<&MutexContention::Params::work_iters>(
        "work_iters", "rounds of spinning before each acquisition", 0, 1 << 24),
};
constexpr Metric kMetrics[] = {Metric::kAcquireTime};

}  // namespace

constinit const StressorDef kMutexContention = DefineStressor<MutexContention>({
    .name = "mutex_contention",
    .summary = "workers that contend for a futex-based lock",
    .kernel_path = "futex_wait and futex_wake, lock-holder preemption",
    .needs = "",
    .proof = "a counter kept under the lock equals the acquisitions, and "
             "workers slept for it",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
