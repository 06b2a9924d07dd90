// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_PLACEMENT_GIVEN_CGROUP_H_
#define KTSTR_CLI_PLACEMENT_GIVEN_CGROUP_H_

#include <string>

#include "absl/status/status.h"

namespace ktstr {

// kInvalidArgument, in one line that begins with the flag, if there is no
// `cgroup` on the machine that this runs on; "" stands for none given. Whether
// workers can be put into it is for the run to tell. `root` is as for
// CgroupHierarchy::Read().
absl::Status CheckGivenCgroup(const std::string& cgroup,
                              const std::string& root = "");

}  // namespace ktstr

#endif  // KTSTR_CLI_PLACEMENT_GIVEN_CGROUP_H_
