// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cgroup/own_cgroups.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cgroup/cgroup_files.h"
#include "ktstr/cgroup/cgroup_tree.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/cgroup/scoped_cgroup.h"

namespace ktstr {
namespace {

// They are empty by then; this is for a kernel that has not noticed yet.
constexpr absl::Duration kPatience = absl::Seconds(1);

// Of all hierarchies: a dozen at most, with paths that people wrote.
constexpr size_t kWhereBytes = 8192;

const char* MembersFile(bool v2, CgroupMembers members) {
  if (members == CgroupMembers::kProcesses) return "/cgroup.procs";
  return v2 ? "/cgroup.threads" : "/tasks";
}

}  // namespace

absl::StatusOr<OwnCgroups> OwnCgroups::Create(const CgroupHierarchy& hierarchy,
                                              absl::string_view label,
                                              size_t count,
                                              CgroupMembers members) {
  const CgroupMount* mount = hierarchy.V1Of("cpu");
  if (mount == nullptr) mount = hierarchy.v2();
  if (mount == nullptr) {
    return absl::UnimplementedError(
        "neither cgroup v2 nor v1's cpu is mounted (/proc/self/mountinfo)");
  }
  KTSTR_ASSIGN_OR_RETURN(const std::string home,
                         hierarchy.FolderOfThread(*mount));
  KTSTR_ASSIGN_OR_RETURN(const std::string name,
                         NameOfOwnCgroup(hierarchy.root(), label));
  KTSTR_ASSIGN_OR_RETURN(
      Fd where,
      OpenFile(hierarchy.root() + "/proc/thread-self/cgroup", O_RDONLY));
  OwnCgroups cgroups(absl::StrCat(home, "/", name, "."), std::move(where));
  const char* const file = MembersFile(mount->v2, members);
  KTSTR_ASSIGN_OR_RETURN(cgroups.home_, Open(hierarchy, home, file));
  const std::vector<std::string>& controllers = mount->controllers;
  const bool fill =
      !mount->v2 && std::find(controllers.begin(), controllers.end(),
                              "cpuset") != controllers.end();
  for (size_t i = 0; i < count; ++i) {
    const std::string path = absl::StrCat(cgroups.prefix_, i);
    KTSTR_RETURN_IF_ERROR(MakeCgroup(path));
    cgroups.rooms_.push_back({path, "", Fd()});
    if (fill) KTSTR_RETURN_IF_ERROR(FillCpuset(home, path));
    if (mount->v2 && members == CgroupMembers::kThreads) {
      KTSTR_RETURN_IF_ERROR(WriteCgroupFile(path + "/cgroup.type", "threaded"));
    }
    KTSTR_ASSIGN_OR_RETURN(cgroups.rooms_.back(), Open(hierarchy, path, file));
  }
  return cgroups;
}

absl::StatusOr<OwnCgroups::Room> OwnCgroups::Open(
    const CgroupHierarchy& hierarchy, const std::string& path,
    const char* file) {
  KTSTR_ASSIGN_OR_RETURN(Fd members, OpenFile(path + file, O_WRONLY));
  return Room{path, absl::StrCat(hierarchy.LineOf(path), "\n"),
              std::move(members)};
}

OwnCgroups::~OwnCgroups() {
  // What stays is stale once this process is gone.
  Remove().IgnoreError();
}

absl::Status OwnCgroups::Enter(const Room& room) const {
  // 0 is the writer.
  if (pwrite(room.members.get(), "0", 1, /*offset=*/0) == 1) {
    return absl::OkStatus();
  }
  const int error = errno;
  return PosixError(error,
                    absl::StrCat("write '0' to the members of ", room.path));
}

bool OwnCgroups::IsIn(const Room& room) const {
  char text[kWhereBytes];
  size_t size = 0;
  // The kernel may give it in parts.
  while (size < sizeof(text)) {
    const ssize_t got = pread(where_.get(), text + size, sizeof(text) - size,
                              static_cast<off_t>(size));
    if (got < 0) return false;
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  // "4:cpu,cpuacct:/a"; the number does not count.
  absl::string_view left(text, size);
  while (!left.empty()) {
    const absl::string_view line = left.substr(0, left.find('\n') + 1);
    if (line.empty()) return false;
    left.remove_prefix(line.size());
    if (line.substr(line.find(':') + 1) == room.line) return true;
  }
  return false;
}

bool OwnCgroups::has_cpu() const {
  return std::all_of(rooms_.begin(), rooms_.end(), [](const Room& room) {
    return access((room.path + "/cpu.weight").c_str(), F_OK) == 0 ||
           access((room.path + "/cpu.shares").c_str(), F_OK) == 0;
  });
}

absl::Status OwnCgroups::Remove() {
  absl::Status first;
  for (const Room& room : rooms_) {
    const absl::Status removed = RemoveCgroup(room.path, kPatience);
    if (first.ok()) first = removed;
  }
  rooms_.clear();
  return first;
}

}  // namespace ktstr
