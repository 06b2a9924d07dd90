// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The cgroup hierarchies that this process sees, and what it may do in them.
#ifndef KTSTR_CGROUP_HIERARCHY_H_
#define KTSTR_CGROUP_HIERARCHY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// One mounted hierarchy. Folders are paths of files, with the root that tests
// fake in front; cgroups are names as in /proc/PID/cgroup.
struct CgroupMount {
  bool v2 = false;
  std::string folder;       // Where it is mounted.
  std::string shown;        // The cgroup that is seen there: "/" mostly.
  std::string own;          // The cgroup of this process.
  std::string own_folder;   // That one's folder; "" if the mount hides it.
  bool read_only = false;   // As in most containers.
  bool nsdelegate = false;  // v2: namespaces are boundaries of delegation.
  // v1: what is mounted here ("cpu", "cpuacct", "name=systemd"). v2: what own
  // children could have (cgroup.controllers of the own cgroup).
  std::vector<std::string> controllers;
  // v2: what own children have (cgroup.subtree_control).
  std::vector<std::string> handed_down;
  // v2: not the root of a namespace but of all, which has a freedom of its own:
  // it holds processes and has children with controllers.
  bool is_root = false;
};

// Where cgroups can be made.
struct CgroupPlace {
  bool v2 = false;
  std::string folder;  // New cgroups become folders in this one.
  // v2: whether the controller has to be written to cgroup.subtree_control of
  // `folder` first.
  bool enable = false;
};

// What there is: a value, true when it was read. cgroups(7) and the kernel's
// Documentation/admin-guide/cgroup-v2.rst are the sources of its rules.
class CgroupHierarchy final {
 public:
  // Reads `root`/proc/self/cgroup and `root`/proc/self/mountinfo, and with v2
  // the files of the own cgroup. Errors carry errno and name the file. That
  // nothing is mounted is no error.
  static absl::StatusOr<CgroupHierarchy> Read(const std::string& root = "");

  const std::string& root() const { return root_; }
  const std::vector<CgroupMount>& mounts() const { return mounts_; }

  // The mount of cgroup v2, also beside v1 ("hybrid"); nullptr without.
  const CgroupMount* v2() const;
  // The v1 mount of `controller`; nullptr without.
  const CgroupMount* V1Of(absl::string_view controller) const;

  // Where a cgroup with `controller` ("cpu") can be made; "" stands for v2
  // without any. `given` is a cgroup that exists: its name, or a folder of one
  // of the mounts. Without it that is
  //  - v1: the own cgroup;
  //  - v2: the own cgroup if that is the root; otherwise the one above, since
  //    what has a process in it cannot hand controllers to children ("no
  //    internal processes"). Without a controller it is the own one if the one
  //    above is not ours.
  // Otherwise the status says in one line why not: the file, the mount or
  // systemd's delegation. kPermissionDenied and kFailedPrecondition can be
  // mended by who starts us, kUnimplemented (no such controller) hardly.
  absl::StatusOr<CgroupPlace> PlaceFor(absl::string_view controller,
                                       absl::string_view given = "") const;

  // The folders of the cgroup `given` (as above), which processes are to be put
  // into: of v2, and of the hierarchies of v1 that have cpu, cpuset, memory or
  // cpuacct, as far as it is there. kNotFound if it is nowhere; otherwise the
  // status says in one line why processes cannot be put into it.
  absl::StatusOr<std::vector<CgroupPlace>> Existing(
      absl::string_view given) const;

  // The cgroup of `folder` as a line of /proc/PID/cgroup without its number:
  // "cpu,cpuacct:/a", ":/a" of v2. "" if it is in none of the mounts.
  std::string LineOf(absl::string_view folder) const;

  // Where the calling thread is in `mount`, by `root`/proc/thread-self/cgroup:
  // a folder. Errors say why it is not seen there.
  absl::StatusOr<std::string> FolderOfThread(const CgroupMount& mount) const;

  // Every folder in which PlaceFor() could have put something.
  std::vector<std::string> PossibleFolders(absl::string_view given = "") const;

  // A line each for cpu, cpuset and memory: "cpu: v2, below FOLDER" or "cpu:
  // none: WHY".
  std::vector<std::string> Describe() const;

 private:
  // The mount that shows `path`; nullptr if none does.
  const CgroupMount* MountOf(absl::string_view path) const;
  // The folder in `mount` of the cgroup that is given by name or folder; "" if
  // it is not shown there.
  std::string GivenFolder(const CgroupMount& mount,
                          absl::string_view given) const;

  std::string root_;
  std::vector<CgroupMount> mounts_;
};

}  // namespace ktstr

#endif  // KTSTR_CGROUP_HIERARCHY_H_
