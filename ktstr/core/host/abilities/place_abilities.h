// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_HOST_ABILITIES_PLACE_ABILITIES_H_
#define KTSTR_CORE_HOST_ABILITIES_PLACE_ABILITIES_H_

#include <vector>

#include "ktstr/core/host/abilities/findings.h"
#include "ktstr/core/host/host_context.h"

namespace ktstr {

// Appends where processes can live: memory nodes, cgroups, users.
void AddPlaceAbilities(const Findings& found, std::vector<Ability>& abilities);

}  // namespace ktstr

#endif  // KTSTR_CORE_HOST_ABILITIES_PLACE_ABILITIES_H_
