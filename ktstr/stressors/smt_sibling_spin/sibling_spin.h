// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_SMT_SIBLING_SPIN_SIBLING_SPIN_H_
#define KTSTR_STRESSORS_SMT_SIBLING_SPIN_SIBLING_SPIN_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/sched/own/sched_sight.h"
#include "ktstr/core/churn/arrivals.h"
#include "ktstr/core/exchange/common_bound.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stressors/smt_sibling_spin/sibling_pairs.h"

namespace ktstr {

// Two workers that share a core, each pinned to one of its SMT siblings, and
// never give it up: what they cost each other, and with it what a scheduler
// gains that spreads tasks over cores first. Each first spins while the other
// one sleeps, to compare with. Means little on a virtual machine whose CPUs are
// siblings in name only.
class SiblingSpin final : public Stressor {
 public:
  struct Params {
    uint64_t spin_iters = 1024;
  };
  // Of a worker, which alone writes it.
  struct Books {
    alignas(64) std::atomic<uint64_t> passes;  // That its sibling watches.
    uint64_t solo;                             // Passes while that one slept,
    uint64_t beside;                           // while it got on,
    uint64_t strays;                           // and that ended elsewhere.
    bool pinned;       // To one CPU at the end, as the kernel said.
    SchedSights seen;  // Around all of them.
  };
  // Of a group.
  struct Shared {
    Arrivals pinned;
    alignas(64) std::atomic<uint32_t> solos;  // Workers that are through it.
    CommonBound bound;
  };

  // `sysfs_root` is for tests, which fake siblings.
  explicit SiblingSpin(const Params& params, std::string sysfs_root = "")
      : params_(params), sysfs_root_(std::move(sysfs_root)) {}

  uint32_t GroupSize() const override { return 2; }
  absl::string_view Role(uint32_t) const override { return "sibling"; }
  absl::Status Prepare(Preparation& preparation) override;
  absl::Status Run(Worker& worker) override;
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override;

 private:
  const SiblingPair& PairOf(uint32_t group) const {
    return pairs_[group % pairs_.size()];
  }
  // Both return false on stop.
  bool TakeTurnAlone(Worker& worker);
  bool SpinAlone(Worker& worker, Books& books) const;
  void SpinTogether(Worker& worker);
  absl::Status CheckStayed(uint32_t group) const;

  const Params params_;
  const std::string sysfs_root_;
  std::vector<SiblingPair> pairs_;
  absl::Span<Books> books_;    // By worker.
  absl::Span<Shared> shared_;  // By group.
};

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_SMT_SIBLING_SPIN_SIBLING_SPIN_H_
