// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// A stressor that works, and a kernel that counted something else: for proofs
// that compare the two.
#ifndef KTSTR_TESTING_TAMPERED_STRESSOR_H_
#define KTSTR_TESTING_TAMPERED_STRESSOR_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// Runs as the real one; its proof sees each worker's result after `tamper`.
class TamperedStressor final : public Stressor {
 public:
  using Tamper = void (*)(WorkerResult&);

  TamperedStressor(std::unique_ptr<Stressor> real, Tamper tamper)
      : real_(std::move(real)), tamper_(tamper) {}

  uint32_t GroupSize() const override { return real_->GroupSize(); }
  absl::string_view Role(uint32_t position) const override {
    return real_->Role(position);
  }
  absl::Status Prepare(Preparation& preparation) override {
    return real_->Prepare(preparation);
  }
  absl::Status Run(Worker& worker) override { return real_->Run(worker); }
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    std::vector<WorkerResult> all(group.all_workers.begin(),
                                  group.all_workers.end());
    for (WorkerResult& worker : all) tamper_(worker);
    GroupResult tampered = group;
    tampered.all_workers = all;
    tampered.workers = absl::MakeConstSpan(all).subspan(
        group.group * GroupSize(), GroupSize());
    return real_->Verify(tampered);
  }

 private:
  const std::unique_ptr<Stressor> real_;
  const Tamper tamper_;
};

// Returns kReal with a proof that sees what kTamper makes of the results.
template <const StressorDef& kReal, TamperedStressor::Tamper kTamper>
StressorDef Tampered() {
  StressorDef def = kReal;
  def.make =
      [](const StressorDef&,
         absl::Span<const ParamText> texts) -> absl::StatusOr<MadeStressor> {
    absl::StatusOr<MadeStressor> made = kReal.Make(texts);
    if (!made.ok()) return made.status();
    made->stressor =
        std::make_unique<TamperedStressor>(std::move(made->stressor), kTamper);
    return made;
  };
  return def;
}

}  // namespace ktstr

#endif  // KTSTR_TESTING_TAMPERED_STRESSOR_H_
