// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The table of all stressors. What is not in it does not exist.
#ifndef KTSTR_STRESSORS_REGISTRY_H_
#define KTSTR_STRESSORS_REGISTRY_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/core/stressor.h"

namespace ktstr {

// Sorted by name.
absl::Span<const StressorDef* const> AllStressors();

// Returns nullptr if there is none of that name.
const StressorDef* FindStressor(absl::string_view name);

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_REGISTRY_H_
