// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cgroup/cgroup_tree.h"

#include <errno.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cgroup/cgroup_files.h"
#include "ktstr/cgroup/hierarchy.h"

namespace ktstr {
namespace {

constexpr absl::string_view kPrefix = "ktstr";
// Cgroups of the run are gone before its tree; this is for what ends late.
constexpr absl::Duration kPatience = absl::Seconds(1);

// When a process started, in ticks since boot. ENOENT or ESRCH: it is gone.
absl::StatusOr<uint64_t> StartTime(const std::string& root,
                                   absl::string_view pid) {
  const std::string path = absl::StrCat(root, "/proc/", pid, "/stat");
  KTSTR_ASSIGN_OR_RETURN(const std::string stat, ReadFile(path));
  // "PID (COMM) STATE ...", where COMM may hold anything; proc(5) counts the
  // start as field 22 and the state as field 3.
  constexpr size_t kStart = 22 - 3;
  const size_t comm_end = stat.rfind(") ");
  uint64_t start = 0;
  if (comm_end != std::string::npos) {
    const std::vector<absl::string_view> fields =
        absl::StrSplit(absl::string_view(stat).substr(comm_end + 2), ' ');
    if (fields.size() > kStart && absl::SimpleAtoi(fields[kStart], &start)) {
      return start;
    }
  }
  return absl::DataLossError(absl::StrCat(path, " has no start time"));
}

// Whether `folder` is the tree of a process that is gone. In doubt it is not.
bool IsStale(const std::string& root, absl::string_view folder) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(folder.substr(folder.rfind('/') + 1), '.');
  pid_t pid = 0;
  uint64_t start = 0;
  // ktstr.PID.START or ktstr.PID.START.LABEL
  if (parts.size() < 3 || parts[0] != kPrefix ||
      !absl::SimpleAtoi(parts[1], &pid) || pid <= 0 ||
      !absl::SimpleAtoi(parts[2], &start)) {
    return false;
  }
  const absl::StatusOr<uint64_t> now = StartTime(root, parts[1]);
  if (now.ok()) return *now != start;
  const int error = ErrnoOf(now.status());
  // /proc may hide the processes of others (hidepid); kill(2) does not.
  return (error == ENOENT || error == ESRCH) && kill(pid, 0) != 0 &&
         errno == ESRCH;
}

// From the leaves on; nothing is waited for.
void RemoveWhole(const std::string& folder, StaleCgroups& result) {
  for (const std::string& inner : CgroupsBelow(folder)) {
    RemoveWhole(inner, result);
  }
  const absl::Status removed = RemoveCgroup(folder, absl::ZeroDuration());
  if (removed.ok()) {
    result.removed.push_back(folder);
  } else {
    result.kept.push_back(std::string(removed.message()));
  }
}

void Keep(absl::Status& first, absl::Status status) {
  if (first.ok()) first = std::move(status);
}

}  // namespace

absl::StatusOr<std::string> NameOfOwnCgroup(const std::string& root,
                                            absl::string_view label) {
  KTSTR_ASSIGN_OR_RETURN(const uint64_t start, StartTime(root, "self"));
  return absl::StrCat(kPrefix, ".", getpid(), ".", start,
                      label.empty() ? "" : ".", label);
}

absl::StatusOr<CgroupTree> CgroupTree::Create(CgroupHierarchy hierarchy,
                                              absl::string_view given,
                                              absl::string_view label) {
  KTSTR_ASSIGN_OR_RETURN(std::string name,
                         NameOfOwnCgroup(hierarchy.root(), label));
  return CgroupTree(std::move(hierarchy), given, std::move(name));
}

CgroupTree::~CgroupTree() {
  // What stays is stale for the next run.
  Remove().IgnoreError();
}

absl::StatusOr<CgroupTree::Branch*> CgroupTree::BranchIn(
    const CgroupPlace& place) {
  for (Branch& branch : branches_) {
    if (branch.above == place.folder) return &branch;
  }
  Branch branch;
  branch.v2 = place.v2;
  branch.above = place.folder;
  branch.folder = absl::StrCat(place.folder, "/", name_);
  branch.neighbours = CgroupsBelow(place.folder);
  KTSTR_RETURN_IF_ERROR(MakeCgroup(branch.folder));
  branches_.push_back(std::move(branch));
  return &branches_.back();
}

absl::StatusOr<CgroupPlace> CgroupTree::Provide(absl::string_view controller) {
  KTSTR_ASSIGN_OR_RETURN(const CgroupPlace place,
                         hierarchy_.PlaceFor(controller, given_));
  KTSTR_ASSIGN_OR_RETURN(Branch* const branch, BranchIn(place));
  if (place.v2 && !controller.empty()) {
    const std::string word = absl::StrCat("+", controller);
    if (place.enable) {
      KTSTR_RETURN_IF_ERROR(
          WriteCgroupFile(branch->above + "/cgroup.subtree_control", word));
      branch->enabled.push_back(std::string(controller));
    }
    KTSTR_RETURN_IF_ERROR(
        WriteCgroupFile(branch->folder + "/cgroup.subtree_control", word));
  }
  if (!place.v2 && controller == "cpuset") {
    KTSTR_RETURN_IF_ERROR(FillCpuset(branch->above, branch->folder));
  }
  return CgroupPlace{place.v2, branch->folder, /*enable=*/false};
}

absl::Status CgroupTree::EnterForThreads() {
  for (Branch& branch : branches_) {
    if (!branch.v2 || branch.entered) continue;
    // 0 is the writer.
    KTSTR_RETURN_IF_ERROR(
        WriteCgroupFile(branch.folder + "/cgroup.procs", "0"));
    branch.entered = true;
  }
  return absl::OkStatus();
}

absl::Status CgroupTree::RemoveBranch(Branch& branch) {
  if (branch.entered) {
    KTSTR_RETURN_IF_ERROR(
        WriteCgroupFile(hierarchy_.v2()->own_folder + "/cgroup.procs", "0"));
    branch.entered = false;
  }
  KTSTR_RETURN_IF_ERROR(RemoveCgroup(branch.folder, kPatience));
  const std::vector<std::string> others = CgroupsBelow(branch.above);
  const std::vector<std::string>& before = branch.neighbours;
  if (!std::includes(before.begin(), before.end(), others.begin(),
                     others.end())) {
    return absl::OkStatus();
  }
  absl::Status first;
  for (const std::string& controller : branch.enabled) {
    absl::Status disabled =
        WriteCgroupFile(branch.above + "/cgroup.subtree_control",
                        absl::StrCat("-", controller));
    // EBUSY: a neighbour hands it further down.
    if (ErrnoOf(disabled) != EBUSY) Keep(first, std::move(disabled));
  }
  return first;
}

absl::Status CgroupTree::Remove() {
  absl::Status first;
  for (Branch& branch : branches_) Keep(first, RemoveBranch(branch));
  branches_.clear();
  return first;
}

StaleCgroups RemoveStaleBelow(const std::string& root,
                              const std::string& folder) {
  StaleCgroups result;
  for (const std::string& stale : CgroupsBelow(folder)) {
    if (IsStale(root, stale)) RemoveWhole(stale, result);
  }
  return result;
}

StaleCgroups RemoveStaleCgroups(const CgroupHierarchy& hierarchy,
                                absl::string_view given) {
  StaleCgroups all;
  for (const std::string& above : hierarchy.PossibleFolders(given)) {
    StaleCgroups below = RemoveStaleBelow(hierarchy.root(), above);
    std::move(below.removed.begin(), below.removed.end(),
              std::back_inserter(all.removed));
    std::move(below.kept.begin(), below.kept.end(),
              std::back_inserter(all.kept));
  }
  return all;
}

}  // namespace ktstr
