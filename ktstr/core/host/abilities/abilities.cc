// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/abilities/abilities.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/core/host/abilities/attempts.h"
#include "ktstr/core/host/abilities/findings.h"
#include "ktstr/core/host/abilities/own_status.h"
#include "ktstr/core/host/abilities/place_abilities.h"
#include "ktstr/core/host/abilities/sched_abilities.h"
#include "ktstr/core/host/abilities/system_abilities.h"
#include "ktstr/core/host/host_context.h"

namespace ktstr {
namespace {

std::vector<Ability> Judge(const Findings& found) {
  constexpr size_t kRows = 26;
  std::vector<Ability> abilities;
  abilities.reserve(kRows);
  AddSchedAbilities(found, abilities);
  AddPlaceAbilities(found, abilities);
  AddSystemAbilities(found, abilities);
  return abilities;
}

}  // namespace

HostContext ReadHostAndAbilities(const std::string& root) {
  const absl::StatusOr<CgroupHierarchy> cgroups = CgroupHierarchy::Read(root);
  Trial trial = Trial::Start(cgroups);
  HostContext host = ReadHostContext(root);
  host.abilities = Judge(
      {host, root, ReadOwnStatus(root), cgroups, std::move(trial).Finish()});
  return host;
}

std::vector<Ability> JudgeAbilities(const HostContext& host,
                                    const Attempts& attempts,
                                    const std::string& root) {
  return Judge(
      {host, root, ReadOwnStatus(root), CgroupHierarchy::Read(root), attempts});
}

}  // namespace ktstr
