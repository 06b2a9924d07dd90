// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/conditions.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

absl::Status CheckName(const Condition& condition, absl::string_view kind,
                       const std::string& name,
                       const std::set<absl::string_view>& known) {
  if (name.empty() || known.count(name) != 0) return absl::OkStatus();
  const std::vector<absl::string_view> names(known.begin(), known.end());
  return absl::InvalidArgumentError(absl::StrCat(
      "--check='", condition.name, "': this run has no ", kind, " '", name, "'",
      DidYouMean(name, names), "; it has ", absl::StrJoin(names, ", ")));
}

}  // namespace

absl::Status CheckNarrowing(absl::Span<const Condition> conditions,
                            const Plan& plan) {
  for (const Condition& condition : conditions) {
    std::set<absl::string_view> aliases;
    std::set<absl::string_view> roles;  // Of those that the check is for.
    for (const PlanStep& step : plan.steps) {
      for (const PlannedStressor& planned : step.stressors) {
        aliases.insert(planned.alias);
        if (condition.stressor.empty() || condition.stressor == planned.alias) {
          roles.insert(planned.roles.begin(), planned.roles.end());
        }
      }
    }
    KTSTR_RETURN_IF_ERROR(
        CheckName(condition, "stressor", condition.stressor, aliases));
    KTSTR_RETURN_IF_ERROR(CheckName(condition, "role", condition.role, roles));
  }
  return absl::OkStatus();
}

}  // namespace ktstr
