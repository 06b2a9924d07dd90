// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_HOST_ABILITIES_FINDINGS_H_
#define KTSTR_CORE_HOST_ABILITIES_FINDINGS_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/core/host/abilities/attempts.h"
#include "ktstr/core/host/abilities/own_status.h"
#include "ktstr/core/host/host_context.h"

namespace ktstr {

// What abilities are judged by.
struct Findings {
  const HostContext& host;
  const std::string& root;  // Below which more files are read.
  OwnStatus own;
  absl::StatusOr<CgroupHierarchy> cgroups;
  Attempts attempts;
};

// `text` if `status` is OK, and otherwise its message.
inline Ability MakeAbility(std::string name, const absl::Status& status,
                           std::string text) {
  if (status.ok()) return {std::move(name), true, std::move(text)};
  return {std::move(name), false, std::string(status.message())};
}

}  // namespace ktstr

#endif  // KTSTR_CORE_HOST_ABILITIES_FINDINGS_H_
