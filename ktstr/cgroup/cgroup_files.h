// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Folders and files of cgroup file systems.
#ifndef KTSTR_CGROUP_CGROUP_FILES_H_
#define KTSTR_CGROUP_CGROUP_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ktstr {

// Writes `text` by one write(2), as these files want it. The file must be
// there. The message is "write 'TEXT' to PATH: ...", and carries errno.
absl::Status WriteCgroupFile(const std::string& path, absl::string_view text);

// mkdir(2). EEXIST is an error here.
absl::Status MakeCgroup(const std::string& folder);

// rmdir(2), again and again for `patience` while somebody is in it (EBUSY).
// That it is gone already is no error. A zombie does not hold a cgroup.
absl::Status RemoveCgroup(const std::string& folder, absl::Duration patience);

// Gives a new cpuset of v1 the CPUs and memory nodes of the one above: it has
// none of its own, and nobody could enter it.
absl::Status FillCpuset(const std::string& above, const std::string& folder);

// The paths of the cgroups right below, sorted; none if that cannot be read.
std::vector<std::string> CgroupsBelow(const std::string& folder);

}  // namespace ktstr

#endif  // KTSTR_CGROUP_CGROUP_FILES_H_
