// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What one run makes in the cgroup hierarchies, and what dead ones left there.
#ifndef KTSTR_CGROUP_CGROUP_TREE_H_
#define KTSTR_CGROUP_CGROUP_TREE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/cgroup/hierarchy.h"

namespace ktstr {

// "ktstr.PID.START" of this process, with ".LABEL" unless `label` is empty:
// what RemoveStaleCgroups() knows by its name. Errors are those of reading
// `root`/proc/self/stat.
absl::StatusOr<std::string> NameOfOwnCgroup(const std::string& root,
                                            absl::string_view label);

// Owns this run's folder in each hierarchy that it needs: ktstr.PID.START,
// START being the process's start time in ticks since boot, so that a reused
// PID is not mistaken for the owner. The cgroups of the run lie in it and are
// gone before the tree is.
//
// Nothing else is written but, in v2, the cgroup.subtree_control of the folder
// that CgroupHierarchy::PlaceFor() names: a controller that the run needs and
// that is not handed down there is enabled, and disabled at the end unless
// somebody may use it by then: another cgroup came to that folder since, or one
// hands it further down. A run that is killed leaves controllers enabled, and
// empty cgroups for RemoveStaleCgroups().
//
// One at a time in a process. For the thread that made it: forked children
// leave by _exit.
class CgroupTree final {
 public:
  // Makes nothing yet. `given` as for PlaceFor(). Errors are those of reading
  // `root`/proc/self/stat. One with a `label` of its own, a word, may be beside
  // others of the process.
  static absl::StatusOr<CgroupTree> Create(CgroupHierarchy hierarchy,
                                           absl::string_view given = "",
                                           absl::string_view label = "");

  ~CgroupTree();
  CgroupTree(CgroupTree&& other) noexcept = default;
  CgroupTree& operator=(CgroupTree&&) = delete;

  const CgroupHierarchy& hierarchy() const { return hierarchy_; }

  // Makes sure that cgroups made in the folder that comes back have
  // `controller`; "" stands for v2 with none. Errors are PlaceFor()'s, or carry
  // the errno of the file that they name.
  absl::StatusOr<CgroupPlace> Provide(absl::string_view controller);

  // Moves this process with all its threads into its v2 folder, for only from
  // there can threads go into threaded cgroups below. To be called after those
  // were made. Nothing where there is no v2 folder. Remove() moves it back.
  absl::Status EnterForThreads();

  // Removes everything. The first error; the rest is tried nevertheless. The
  // destructor does it too, and then errors go unseen.
  absl::Status Remove();

 private:
  // Of one hierarchy.
  struct Branch {
    bool v2 = false;
    std::string above;                    // In which it was made.
    std::string folder;                   // above/ktstr.PID.START
    std::vector<std::string> enabled;     // By us, in `above`.
    std::vector<std::string> neighbours;  // That were there without.
    bool entered = false;
  };

  CgroupTree(CgroupHierarchy hierarchy, absl::string_view given,
             std::string name)
      : hierarchy_(std::move(hierarchy)),
        given_(given),
        name_(std::move(name)) {}

  absl::StatusOr<Branch*> BranchIn(const CgroupPlace& place);
  absl::Status RemoveBranch(Branch& branch);

  CgroupHierarchy hierarchy_;
  std::string given_;
  std::string name_;
  std::vector<Branch> branches_;
};

struct StaleCgroups {
  std::vector<std::string> removed;  // Folders.
  std::vector<std::string> kept;     // Why one could not be.
};

// Removes what processes that are gone left right below `folder`, with all that
// is in it, as RemoveStaleCgroups(). `root` as of CgroupHierarchy.
StaleCgroups RemoveStaleBelow(const std::string& root,
                              const std::string& folder);

// Removes the trees of runs whose process is gone (no such PID, or it started
// at another time), wherever this run could make its own; never that of a live
// one. Kills nobody and waits for nobody: what still has a process is kept.
// PIDs are those of this PID namespace: a cgroup is not to be given to runs of
// several at once.
StaleCgroups RemoveStaleCgroups(const CgroupHierarchy& hierarchy,
                                absl::string_view given = "");

}  // namespace ktstr

#endif  // KTSTR_CGROUP_CGROUP_TREE_H_
