// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CGROUP_CGROUP_FOLDERS_H_
#define KTSTR_CGROUP_CGROUP_FOLDERS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/fd.h"
#include "ktstr/cgroup/cgroup_stats.h"
#include "ktstr/cgroup/hierarchy.h"

namespace ktstr {

// A cgroup as processes enter it: its folder in v2, or one in each hierarchy of
// v1 that counts, or both. Owns descriptors, not the cgroup. Forked children
// may use their copy.
class CgroupFolders final {
 public:
  struct Folder {
    bool v2 = false;
    std::string path;
    std::string line;  // See CgroupHierarchy::LineOf().
    Fd fd;
  };

  CgroupFolders() = default;

  // A cgroup that exists, `given` as for CgroupHierarchy::Existing(), whose
  // errors these are.
  static absl::StatusOr<CgroupFolders> Open(const CgroupHierarchy& hierarchy,
                                            absl::string_view given);

  // Adds one more. Errors are those of open(2).
  absl::Status Add(const CgroupHierarchy& hierarchy, bool v2,
                   const std::string& path);

  const std::vector<Folder>& all() const { return folders_; }
  // Null if it is not there.
  const Folder* Find(absl::string_view path) const;

  // The v2 folder, for Child::Spawn(); -1 if it is of v1 only.
  int dirfd() const;
  // Whether processes born by dirfd() are in all of it.
  bool v2_only() const;

  // Moves the process with all its threads, or one thread of this process, into
  // it. EINVAL in v1 with RT_GROUP_SCHED for realtime ones; ENOSPC where a
  // cpuset is empty; EACCES names the file; ESRCH: it has ended. EOPNOTSUPP:
  // a threaded cgroup takes threads only, and others take no threads.
  absl::Status AddProcess(pid_t pid) const {
    return Enter(pid, /*thread=*/false);
  }
  absl::Status AddThread(pid_t tid) const {
    return Enter(tid, /*thread=*/true);
  }

  // Returns "" if the calling thread is in all of it, otherwise the line of
  // /proc/thread-self/cgroup that says where it is instead: "cpu:/other".
  absl::StatusOr<std::string> WhereElse() const;

  // The counters of now.
  CgroupStats Read() const;

  // Removes those that RemoveCgroup() can, and keeps the others; the first
  // error.
  absl::Status RemoveAll(absl::Duration patience);

 private:
  absl::Status Enter(pid_t id, bool thread) const;

  std::vector<Folder> folders_;
};

}  // namespace ktstr

#endif  // KTSTR_CGROUP_CGROUP_FOLDERS_H_
