// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CGROUP_OWN_CGROUPS_H_
#define KTSTR_CGROUP_OWN_CGROUPS_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/cgroup/scoped_cgroup.h"

namespace ktstr {

// Cgroups right below the one that a thread lives in, made for it to move
// between: by itself (CgroupMembers::kThreads) or with its whole process. In
// v1's hierarchy of cpu where there is one, otherwise in v2, where they are
// threaded for threads. They have no limits, and in v2 the controllers that
// the cgroup of the thread hands down, if any.
//
// Named as NameOfOwnCgroup() with a number, so that RemoveStaleBelow() removes
// what is left of a process that was killed. For the thread that made it, which
// is to leave them before the end.
class OwnCgroups final {
 public:
  // `label`: a word that is the thread's own in its process. Errors name the
  // file; EOPNOTSUPP: threads cannot be told apart where this one lives.
  static absl::StatusOr<OwnCgroups> Create(const CgroupHierarchy& hierarchy,
                                           absl::string_view label,
                                           size_t count, CgroupMembers members);

  ~OwnCgroups();
  OwnCgroups(OwnCgroups&& other) noexcept = default;
  OwnCgroups& operator=(OwnCgroups&&) = delete;

  // One write(2) each; nothing is allocated unless it is refused. EINVAL in v1
  // with RT_GROUP_SCHED for realtime threads.
  absl::Status Enter(size_t index) const { return Enter(rooms_[index]); }
  absl::Status Return() const { return Enter(home_); }

  // Whether /proc/thread-self/cgroup says that the thread is there. No for an
  // error as well; allocates nothing.
  bool IsIn(size_t index) const { return IsIn(rooms_[index]); }
  bool IsBack() const { return IsIn(home_); }

  // The folder that they are in, where the thread lived; and what their paths
  // begin with.
  const std::string& home() const { return home_.path; }
  const std::string& prefix() const { return prefix_; }
  // Whether each has a share of CPU of its own.
  bool has_cpu() const;

  // What the destructor does; the first error.
  absl::Status Remove();

 private:
  struct Room {
    std::string path;
    std::string line;  // With the newline, as in /proc/PID/cgroup.
    Fd members;        // Opened to write to.
  };

  OwnCgroups(std::string prefix, Fd where)
      : prefix_(std::move(prefix)), where_(std::move(where)) {}

  static absl::StatusOr<Room> Open(const CgroupHierarchy& hierarchy,
                                   const std::string& path, const char* file);
  absl::Status Enter(const Room& room) const;
  bool IsIn(const Room& room) const;

  std::string prefix_;
  Fd where_;  // /proc/thread-self/cgroup
  Room home_;
  std::vector<Room> rooms_;
};

}  // namespace ktstr

#endif  // KTSTR_CGROUP_OWN_CGROUPS_H_
