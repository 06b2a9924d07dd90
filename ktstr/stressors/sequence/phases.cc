// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/sequence/phases.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ktstr {
namespace {

constexpr absl::string_view kNames[kPhaseKinds] = {"spin", "sleep", "yield",
                                                   "io", "alu"};
constexpr size_t kMaxPhases = 16;
constexpr absl::Duration kMaxTime = absl::Hours(1);

bool ParsePhase(absl::string_view text, Phase* phase, std::string* error) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  const auto* const name =
      std::find(std::begin(kNames), std::end(kNames), parts.first);
  if (name == std::end(kNames)) {
    *error = absl::StrCat("'", parts.first, "' is no phase, there are ",
                          absl::StrJoin(kNames, ", "));
    return false;
  }
  phase->kind = static_cast<PhaseKind>(name - std::begin(kNames));
  if (!absl::ParseDuration(parts.second, &phase->time) ||
      phase->time < absl::ZeroDuration() || phase->time > kMaxTime) {
    *error = absl::StrCat("'", text, "': a phase is a name, a colon and a time",
                          " of 0s .. 1h, as in ", parts.first, ":20ms");
    return false;
  }
  return true;
}

bool TakesTime(const Phase& phase) { return phase.time > absl::ZeroDuration(); }

}  // namespace

absl::string_view PhaseName(PhaseKind kind) {
  return kNames[static_cast<size_t>(kind)];
}

bool PhaseList::Has(PhaseKind kind) const {
  return std::any_of(phases.begin(), phases.end(), [kind](const Phase& phase) {
    return phase.kind == kind && TakesTime(phase);
  });
}

bool AbslParseFlag(absl::string_view text, PhaseList* list,
                   std::string* error) {
  std::vector<Phase> phases;
  for (absl::string_view word : absl::StrSplit(text, ',')) {
    Phase phase;
    if (!ParsePhase(word, &phase, error)) return false;
    phases.push_back(phase);
  }
  if (phases.size() > kMaxPhases) {
    *error = absl::StrCat("at most ", kMaxPhases, " phases");
    return false;
  }
  if (std::none_of(phases.begin(), phases.end(), TakesTime)) {
    *error = "no phase takes any time";
    return false;
  }
  list->phases = std::move(phases);
  return true;
}

std::string AbslUnparseFlag(const PhaseList& list) {
  return absl::StrJoin(list.phases, ",",
                       [](std::string* out, const Phase& phase) {
                         absl::StrAppend(out, PhaseName(phase.kind), ":",
                                         absl::FormatDuration(phase.time));
                       });
}

}  // namespace ktstr
