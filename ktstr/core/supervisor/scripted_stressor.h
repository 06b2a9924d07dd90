// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Stressors for tests of the runtime, written in the test itself.
#ifndef KTSTR_CORE_SUPERVISOR_SCRIPTED_STRESSOR_H_
#define KTSTR_CORE_SUPERVISOR_SCRIPTED_STRESSOR_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// What a stressor does. Position 0 has the role "first", all others "other".
struct Script {
  std::function<absl::Status(Worker&)> run;
  uint32_t group_size = 1;
  std::function<absl::Status(Preparation&)> prepare = [](Preparation&) {
    return absl::OkStatus();
  };
  std::function<absl::StatusOr<std::string>(const GroupResult&)> verify =
      [](const GroupResult&) { return "it was played"; };
};

class ScriptedStressor final : public Stressor {
 public:
  explicit ScriptedStressor(const Script& script) : script_(script) {}

  uint32_t GroupSize() const override { return script_.group_size; }
  absl::string_view Role(uint32_t position) const override {
    return position == 0 ? "first" : "other";
  }
  absl::Status Prepare(Preparation& preparation) override {
    return script_.prepare(preparation);
  }
  absl::Status Run(Worker& worker) override { return script_.run(worker); }
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return script_.verify(group);
  }

 private:
  const Script script_;
};

// The row of a script. Must outlive the run.
struct ScriptedDef final : StressorDef {
  explicit ScriptedDef(Script played) : script(std::move(played)) {
    name = "scripted";
    make = MakeScripted;
  }

  static absl::StatusOr<MadeStressor> MakeScripted(
      const StressorDef& self, absl::Span<const ParamText> /*texts*/) {
    return MadeStressor{std::make_unique<ScriptedStressor>(
                            static_cast<const ScriptedDef&>(self).script),
                        /*params=*/{}};
  }

  const Script script;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_SUPERVISOR_SCRIPTED_STRESSOR_H_
