// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Which stressors a run is made of.
#ifndef KTSTR_CLI_PLAN_SELECTION_H_
#define KTSTR_CLI_PLAN_SELECTION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/stressor.h"

namespace ktstr {

using StressorTable = absl::Span<const StressorDef* const>;

// As the flags of the same names give them.
struct SelectionText {
  std::string stressor;  // "a,b", "fast=a", "all"; empty: all, if filtered.
  std::string filter;    // RE2 that the whole name has to match; empty: any.
  std::string exclude;   // RE2 that it must not match; empty: none.
};

// Returns the selected stressors in the order of the list. InvalidArgument for
// unknown names (with the nearest), names that come twice, expressions that
// RE2 refuses, and a selection that is empty.
absl::StatusOr<std::vector<Selection>> SelectStressors(
    const SelectionText& text, StressorTable table);

// Returns the row called `name`; InvalidArgument names the nearest.
absl::StatusOr<const StressorDef*> FindRow(absl::string_view name,
                                           StressorTable table);

}  // namespace ktstr

#endif  // KTSTR_CLI_PLAN_SELECTION_H_
