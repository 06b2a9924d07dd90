// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CGROUP_SCOPED_CGROUP_H_
#define KTSTR_CGROUP_SCOPED_CGROUP_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/cgroup/cgroup_folders.h"
#include "ktstr/cgroup/cgroup_spec.h"
#include "ktstr/cgroup/cgroup_tree.h"
#include "ktstr/cgroup/hierarchy.h"

namespace ktstr {

// One control: what was asked of the kernel and what it says that there is.
struct AppliedControl {
  std::string name;   // As in --cgroups: "weight".
  std::string asked;  // The text that was written: "100".
  std::string got;    // What was read back; "" if nothing was.
  bool kept = false;  // `got` says all that was asked.
  int error = 0;      // errno of what was refused first, 0 if nothing was.
  std::string file;   // That was written, or refused to be.
  std::string why;    // One line where it was not kept; "" where it was.
};

// What is to live in a cgroup: whole processes, or threads of this one, which
// v2 allows in threaded cgroups only. Those cannot have the controller memory.
enum class CgroupMembers { kProcesses, kThreads };

// Owns a cgroup of a run: one folder in v2, or one in each hierarchy of v1 that
// its controls need, or both. For the thread that made it; in a forked child
// it is not to be destroyed (children leave by _exit).
class ScopedCgroup final {
 public:
  // Makes the cgroup `spec`.name in `tree`, which outlives it, and applies each
  // control: one that is refused is told by applied(), not by the status. The
  // controllers of the controls are had if possible, cpu (so that the cgroup
  // has a share at all) and v1's cpuacct always tried, and a v2 folder too.
  // An error if there is such a cgroup already or if none can be made at all.
  static absl::StatusOr<ScopedCgroup> Create(
      CgroupTree& tree, const CgroupSpec& spec,
      CgroupMembers members = CgroupMembers::kProcesses);

  // Kills nobody; waits for up to 2 s until the cgroup is empty. One that is
  // not by then stays, and is stale for a later run: Remove() tells.
  ~ScopedCgroup();
  ScopedCgroup(ScopedCgroup&& other) noexcept = default;
  ScopedCgroup& operator=(ScopedCgroup&&) = delete;

  const std::string& name() const { return name_; }
  // In the order of ControlsOf(); v1 may need several files for a control.
  const std::vector<AppliedControl>& applied() const { return applied_; }
  // The controllers that it has.
  const std::vector<std::string>& controllers() const { return controllers_; }
  // Whether its members have a share of CPU of their own.
  bool has_cpu() const;

  // How processes and threads get into it: EOPNOTSUPP also means that they are
  // not the kind of members that it was made for, or that
  // CgroupTree::EnterForThreads() was not called.
  const CgroupFolders& folders() const { return folders_; }

  // What the destructor does, cgroups included that members who were killed
  // made in it (RemoveStaleBelow()); the first error. What is left can be tried
  // again.
  absl::Status Remove(absl::Duration patience = absl::Seconds(2));

 private:
  explicit ScopedCgroup(std::string name) : name_(std::move(name)) {}

  absl::StatusOr<const CgroupFolders::Folder*> Join(
      CgroupTree& tree, absl::string_view controller, CgroupMembers members);
  absl::StatusOr<const CgroupFolders::Folder*> FolderIn(
      const CgroupHierarchy& hierarchy, const CgroupPlace& run,
      CgroupMembers members);

  std::string name_;
  CgroupFolders folders_;
  std::vector<std::string> controllers_;
  std::vector<AppliedControl> applied_;
};

}  // namespace ktstr

#endif  // KTSTR_CGROUP_SCOPED_CGROUP_H_
