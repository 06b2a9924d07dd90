// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_SEQUENCE_PHASES_H_
#define KTSTR_STRESSORS_SEQUENCE_PHASES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ktstr {

enum class PhaseKind { kSpin, kSleep, kYield, kIo, kAlu };
inline constexpr size_t kPhaseKinds = 5;

// "spin", "sleep", "yield", "io", "alu".
absl::string_view PhaseName(PhaseKind kind);

struct Phase {
  PhaseKind kind = PhaseKind::kSpin;
  absl::Duration time;  // 0 .. 1 h; 0 leaves the phase out.
};

// A parameter: phases in the order in which they run, at most 16, at least one
// of them with a time above 0.
struct PhaseList {
  std::vector<Phase> phases;

  // Whether a phase of this kind takes any time.
  bool Has(PhaseKind kind) const;
};

// "spin:100ms,sleep:50ms".
bool AbslParseFlag(absl::string_view text, PhaseList* list, std::string* error);
std::string AbslUnparseFlag(const PhaseList& list);

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_SEQUENCE_PHASES_H_
