// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/sched_spec.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

struct PolicyName {
  absl::string_view name;
  SchedPolicy policy;
};

constexpr PolicyName kPolicies[] = {
    {"normal", SchedPolicy::kNormal},
    {"batch", SchedPolicy::kBatch},
    {"idle", SchedPolicy::kIdle},
    {"fifo", SchedPolicy::kFifo},
    {"rr", SchedPolicy::kRr},
    {"ext", SchedPolicy::kExt},
    {"deadline", SchedPolicy::kDeadline},
};

constexpr absl::string_view kSyntax =
    "normal, batch, idle, fifo:P, rr:P, ext, deadline:RUNTIME/DEADLINE/PERIOD";

absl::string_view NameOf(SchedPolicy policy) {
  return std::find_if(
             std::begin(kPolicies), std::end(kPolicies),
             [policy](const PolicyName& row) { return row.policy == policy; })
      ->name;
}

absl::StatusOr<SchedPolicy> ParsePolicy(absl::string_view name) {
  std::vector<absl::string_view> names;
  for (const PolicyName& row : kPolicies) {
    if (row.name == name) return row.policy;
    names.push_back(row.name);
  }
  return absl::InvalidArgumentError(absl::StrCat("'", name, "' is not a policy",
                                                 DidYouMean(name, names),
                                                 "; it takes ", kSyntax));
}

absl::Status ParsePriority(absl::string_view text, SchedSpec& spec) {
  const std::string takes = absl::StrCat("; it takes ", SchedSpec::kMinPriority,
                                         " .. ", SchedSpec::kMaxPriority);
  // SimpleAtoi alone would take signs and white space.
  const bool is_number = !text.empty() && std::all_of(text.begin(), text.end(),
                                                      absl::ascii_isdigit);
  if (!is_number) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is not a priority", takes));
  }
  if (!absl::SimpleAtoi(text, &spec.priority) ||
      spec.priority < SchedSpec::kMinPriority ||
      spec.priority > SchedSpec::kMaxPriority) {
    return absl::OutOfRangeError(
        absl::StrCat("priority ", text, " is out of range", takes));
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ParseNs(absl::string_view text) {
  absl::Duration duration;
  if (!absl::ParseDuration(text, &duration)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is not a duration such as 10ms"));
  }
  const int64_t ns = absl::ToInt64Nanoseconds(duration);
  // Also what is infinite, too long, or finer than 1 ns.
  if (absl::Nanoseconds(ns) != duration) {
    return absl::OutOfRangeError(
        absl::StrCat("'", text, "' is not a number of ns below 2^63"));
  }
  return ns;
}

absl::Status ParseDeadline(absl::string_view text, SchedSpec& spec) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  if (parts.size() != 3) {
    return absl::InvalidArgumentError(
        "it takes RUNTIME/DEADLINE/PERIOD, such as 2ms/10ms/10ms");
  }
  KTSTR_ASSIGN_OR_RETURN(spec.runtime_ns, ParseNs(parts[0]));
  KTSTR_ASSIGN_OR_RETURN(spec.deadline_ns, ParseNs(parts[1]));
  KTSTR_ASSIGN_OR_RETURN(spec.period_ns, ParseNs(parts[2]));
  if (spec.runtime_ns < SchedSpec::kMinRuntimeNs ||
      spec.runtime_ns > spec.deadline_ns || spec.deadline_ns > spec.period_ns) {
    return absl::OutOfRangeError(
        absl::StrCat("it takes ", SchedSpec::kMinRuntimeNs,
                     "ns <= RUNTIME <= DEADLINE <= PERIOD"));
  }
  return absl::OkStatus();
}

absl::StatusOr<SchedSpec> ParseParts(absl::string_view text) {
  const size_t colon = text.find(':');
  const bool has_argument = colon != text.npos;
  const absl::string_view name = text.substr(0, colon);
  const absl::string_view argument =
      has_argument ? text.substr(colon + 1) : absl::string_view();
  SchedSpec spec;
  KTSTR_ASSIGN_OR_RETURN(spec.policy, ParsePolicy(name));
  if (spec.IsRealTime()) {
    KTSTR_RETURN_IF_ERROR(ParsePriority(argument, spec));
  } else if (spec.policy == SchedPolicy::kDeadline) {
    KTSTR_RETURN_IF_ERROR(ParseDeadline(argument, spec));
  } else if (has_argument) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " takes nothing behind it"));
  }
  return spec;
}

// `text` is part of what the message begins with.
absl::Status Within(absl::string_view text, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat("policy '", text, "': ", status.message()));
}

bool IsRoleName(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  });
}

// One part of the list, "role=policy" or "policy".
absl::Status AddRole(absl::string_view part, RoleSched& result) {
  const size_t equals = part.find('=');
  if (equals == part.npos) {
    if (result.others.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "policy '", part, "': the other roles have ", result.others->ToText(),
          " already; it takes ROLE=POLICY"));
    }
    KTSTR_ASSIGN_OR_RETURN(result.others, SchedSpec::Parse(part));
    return absl::OkStatus();
  }
  const absl::string_view role = part.substr(0, equals);
  if (!IsRoleName(role)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", role, "' in '", part, "' is not the name of a role"));
  }
  for (const auto& [name, unused] : result.roles) {
    if (role == name) {
      return absl::InvalidArgumentError(
          absl::StrCat("role '", role, "' is given two policies"));
    }
  }
  KTSTR_ASSIGN_OR_RETURN(SchedSpec spec,
                         SchedSpec::Parse(part.substr(equals + 1)));
  result.roles.emplace_back(role, spec);
  return absl::OkStatus();
}

std::string PrintNs(int64_t ns) {
  return absl::FormatDuration(absl::Nanoseconds(ns));
}

}  // namespace

absl::StatusOr<SchedSpec> SchedSpec::Parse(absl::string_view text) {
  absl::StatusOr<SchedSpec> spec = ParseParts(text);
  if (!spec.ok()) return Within(text, spec.status());
  return spec;
}

std::string SchedSpec::ToText() const {
  if (IsRealTime()) return absl::StrCat(NameOf(policy), ":", priority);
  if (policy != SchedPolicy::kDeadline) return std::string(NameOf(policy));
  return absl::StrCat(NameOf(policy), ":", PrintNs(runtime_ns), "/",
                      PrintNs(deadline_ns), "/", PrintNs(period_ns));
}

bool SchedSpec::IsFair() const {
  return policy == SchedPolicy::kNormal || policy == SchedPolicy::kBatch ||
         policy == SchedPolicy::kExt;
}

bool SchedSpec::IsRealTime() const {
  return policy == SchedPolicy::kFifo || policy == SchedPolicy::kRr;
}

const SchedSpec* RoleSched::For(absl::string_view role) const {
  for (const auto& [name, spec] : roles) {
    if (role == name) return &spec;
  }
  return others.has_value() ? &*others : nullptr;
}

std::string RoleSched::ToText() const {
  std::vector<std::string> parts;
  if (others.has_value()) parts.push_back(others->ToText());
  for (const auto& [role, spec] : roles) {
    parts.push_back(absl::StrCat(role, "=", spec.ToText()));
  }
  return absl::StrJoin(parts, ",");
}

absl::StatusOr<RoleSched> ParseRoleSched(absl::string_view text) {
  RoleSched result;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    KTSTR_RETURN_IF_ERROR(AddRole(part, result));
  }
  return result;
}

}  // namespace ktstr
