// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/exercised.h"

#include "absl/strings/string_view.h"
#include "ktstr/checks/check_line.h"

namespace ktstr {

proto::Check CheckExercised(const proto::Stressor& stressor) {
  constexpr absl::string_view kName = "exercised";
  const proto::Outcome& proof = stressor.proof();
  switch (proof.kind()) {
    case proto::Outcome::OK:
      return CheckLine(kName, proto::PASS, proof.text());
    case proto::Outcome::SKIPPED:
      return CheckLine(kName, proto::SKIP, proof.text());
    case proto::Outcome::FAILED:
      return CheckLine(kName, proto::FAIL, proof.text());
    default:
      return CheckLine(kName, proto::FAIL, "the proof was never looked at");
  }
}

}  // namespace ktstr
