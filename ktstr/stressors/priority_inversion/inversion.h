// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_PRIORITY_INVERSION_INVERSION_H_
#define KTSTR_STRESSORS_PRIORITY_INVERSION_INVERSION_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/sched/own/sched_sight.h"
#include "ktstr/core/churn/arrivals.h"
#include "ktstr/core/exchange/common_bound.h"
#include "ktstr/core/exchange/locks.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// A low real-time worker holds a lock and wakes a high one, which wants it, and
// a medium one, which only wants the CPU that all share. With a plain lock the
// medium one goes first, before the low one, which the high one waits for; with
// priority inheritance the low one does. All have the same passes in both.
//
// Low workers sleep between passes, and the others between rounds: a CPU with
// few groups has time for the rest of the machine.
class Inversion : public Stressor {
 public:
  enum class Lock { kPlain, kPi };
  struct Params {
    uint32_t high = 1;
    uint32_t medium = 1;
    uint32_t low = 1;
    uint64_t hold_iters = 4096;
    uint64_t work_iters = 1024;
    Lock lock = Lock::kPlain;
  };

  explicit Inversion(const Params& params) : params_(params) {}

  uint32_t GroupSize() const override {
    return params_.high + params_.medium + params_.low;
  }
  absl::string_view Role(uint32_t position) const override {
    constexpr absl::string_view kRoles[] = {"high", "medium", "low"};
    return kRoles[RoleOf(position)];
  }
  absl::Status Prepare(Preparation& preparation) override;
  absl::Status Run(Worker& worker) override;
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override;

 protected:
  // Whether the proof expects inheritance.
  virtual bool Inherits() const { return params_.lock == Lock::kPi; }

 private:
  enum RoleIndex { kHigh, kMedium, kLow };
  // Of a group.
  struct Shared {
    PlainLock plain;  // One of these is used.
    PiLock pi;
    // Bumped by each low worker once it holds the lock: others sleep here.
    alignas(64) std::atomic<uint32_t> rounds;
    alignas(64) std::atomic<uint64_t> burnt;  // By medium workers, in pieces.
    CommonBound bound;
  };
  // Of a worker; its own, read after its end.
  struct Books {
    alignas(64) SchedSights seen;  // Around its loop.
    uint64_t taken;                // Times that high found the lock taken,
    uint64_t inverted;             // and medium ran before high had it.
    int64_t least_ns;  // The shortest hold, or burst of medium; 0: none.
  };

  // The worker, what its group shares, its books and thread id.
  struct Self;

  RoleIndex RoleOf(uint32_t position) const {
    if (position < params_.high) return kHigh;
    return position < params_.high + params_.medium ? kMedium : kLow;
  }

  void High(Self& self) const;
  void Medium(Self& self) const;
  void Low(Self& self) const;
  bool GoesOn(Self& self) const;
  bool AwaitRound(Self& self) const;
  bool Acquire(Self& self, bool& was_taken) const;
  void Hold(Self& self) const;

  absl::Status CheckPolicies(const GroupResult& group) const;
  absl::StatusOr<std::string> Judge(const GroupResult& group) const;

  const Params params_;
  uint32_t cpu_ = 0;
  absl::Span<Shared> groups_;
  absl::Span<Books> books_;
  absl::Span<Arrivals> arrived_;  // One, of all groups.
};

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_PRIORITY_INVERSION_INVERSION_H_
