// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Stressors that are one function, for a load that is wanted today: workers
// that do not talk to each other, without parameters.
#ifndef KTSTR_CORE_FUNCTION_STRESSOR_H_
#define KTSTR_CORE_FUNCTION_STRESSOR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// The least that a proof can be: the worker finished passes, and the kernel
// gave it CPU time. It says nothing of what a body was meant to do to the
// kernel; who knows that gives a proof of its own.
absl::StatusOr<std::string> VerifyThatItRan(const GroupResult& group);

template <absl::Status (*kBody)(Worker&),
          absl::StatusOr<std::string> (*kVerify)(const GroupResult&)>
class FunctionStressor final : public Stressor {
 public:
  struct Params {};
  explicit FunctionStressor(const Params&) {}

  absl::Status Run(Worker& worker) override { return kBody(worker); }
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return kVerify(group);
  }
};

// Completes `def` with a body and a proof, each a function:
//   constinit const StressorDef kMine = DefineFunction<Mine>({.name = "mine",
//   ...
template <absl::Status (*kBody)(Worker&),
          absl::StatusOr<std::string> (*kVerify)(const GroupResult&) =
              VerifyThatItRan>
constexpr StressorDef DefineFunction(StressorDef def) {
  return DefineStressor<FunctionStressor<kBody, kVerify>>(def);
}

}  // namespace ktstr

#endif  // KTSTR_CORE_FUNCTION_STRESSOR_H_
