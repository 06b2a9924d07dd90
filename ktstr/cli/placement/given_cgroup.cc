// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/placement/given_cgroup.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/cgroup/hierarchy.h"

namespace ktstr {

absl::Status CheckGivenCgroup(const std::string& cgroup,
                              const std::string& root) {
  if (cgroup.empty()) return absl::OkStatus();
  const absl::StatusOr<CgroupHierarchy> hierarchy = CgroupHierarchy::Read(root);
  if (!hierarchy.ok()) return absl::OkStatus();  // Nobody knows.
  const absl::Status status = hierarchy->Existing(cgroup).status();
  if (!absl::IsNotFound(status)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--cgroup=", cgroup, ": ", status.message()));
}

}  // namespace ktstr
