// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_HOST_ABILITIES_ABILITIES_H_
#define KTSTR_CORE_HOST_ABILITIES_ABILITIES_H_

#include <string>
#include <vector>

#include "ktstr/core/host/abilities/attempts.h"
#include "ktstr/core/host/host_context.h"

namespace ktstr {

// ReadHostContext() with the host's abilities: what a run can and cannot do
// here, a row each, in an order for people. What is harmless is tried (Trial),
// at the same time as the rest is read from files below `root`. The caller has
// one thread only, and nothing of it changes.
HostContext ReadHostAndAbilities(const std::string& root = "");

// The abilities of `host` when trying came to `attempts`. More files below
// `root` are read.
std::vector<Ability> JudgeAbilities(const HostContext& host,
                                    const Attempts& attempts,
                                    const std::string& root = "");

}  // namespace ktstr

#endif  // KTSTR_CORE_HOST_ABILITIES_ABILITIES_H_
