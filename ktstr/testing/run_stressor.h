// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Runs stressors in tests the way the program does, and breaks them.
#ifndef KTSTR_TESTING_RUN_STRESSOR_H_
#define KTSTR_TESTING_RUN_STRESSOR_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/core/live_view.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// Options for a run that `iterations` of each worker bound. The duration is
// only there to end a test that hangs.
RunOptions BoundedBy(uint64_t iterations);

// Runs `def` alone. A plan that cannot be made fails the test. `on_tick`, if
// set, is called every millisecond while workers run.
StressorResult RunStressor(
    const StressorDef& def, const std::vector<ParamText>& params,
    const RunOptions& options,
    const std::function<void(const LiveView&)>& on_tick = nullptr);

// Returns the ids of this process's children that have not been reaped.
std::vector<pid_t> ChildrenOfThisProcess();

// A body that keeps busy and does nothing of what any stressor claims.
absl::Status OnlySpin(Worker& worker);

// A real stressor with another body: what its proof must not hold for.
class BrokenStressor final : public Stressor {
 public:
  using Body = absl::Status (*)(Worker&);

  BrokenStressor(std::unique_ptr<Stressor> real, Body body)
      : real_(std::move(real)), body_(body) {}

  uint32_t GroupSize() const override { return real_->GroupSize(); }
  absl::string_view Role(uint32_t position) const override {
    return real_->Role(position);
  }
  absl::Status Prepare(Preparation& preparation) override {
    return real_->Prepare(preparation);
  }
  absl::Status Run(Worker& worker) override { return body_(worker); }
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return real_->Verify(group);
  }

 private:
  const std::unique_ptr<Stressor> real_;
  const Body body_;
};

// Returns kReal with kBody in place of its own.
template <const StressorDef& kReal, BrokenStressor::Body kBody>
StressorDef Broken() {
  StressorDef def = kReal;
  def.make =
      [](const StressorDef&,
         absl::Span<const ParamText> texts) -> absl::StatusOr<MadeStressor> {
    absl::StatusOr<MadeStressor> made = kReal.Make(texts);
    if (!made.ok()) return made.status();
    made->stressor =
        std::make_unique<BrokenStressor>(std::move(made->stressor), kBody);
    return made;
  };
  return def;
}

}  // namespace ktstr

#endif  // KTSTR_TESTING_RUN_STRESSOR_H_
