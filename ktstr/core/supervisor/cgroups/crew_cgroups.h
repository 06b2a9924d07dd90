// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_SUPERVISOR_CGROUPS_CREW_CGROUPS_H_
#define KTSTR_CORE_SUPERVISOR_CGROUPS_CREW_CGROUPS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/child.h"
#include "ktstr/cgroup/cgroup_folders.h"
#include "ktstr/cgroup/cgroup_spec.h"
#include "ktstr/cgroup/cgroup_stats.h"
#include "ktstr/cgroup/cgroup_tree.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/cgroup/scoped_cgroup.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {

// The cgroups that the workers of a stressor live in: new ones, which go with
// this object, or one that exists, or none. For the supervisor's thread, but
// what says otherwise.
class CrewCgroups final {
 public:
  // None: nothing is read or written.
  CrewCgroups() = default;

  // Makes those of `specs`, under their names with `prefix` in front. `tree`,
  // `specs` and `planned` outlive it. Processes are born in theirs. Threads
  // are too if all of them share one; otherwise their process lives in the
  // folder of the tree, and each goes into its own, which cannot have memory.
  static absl::StatusOr<CrewCgroups> Make(CgroupTree& tree,
                                          absl::Span<const CgroupSpec> specs,
                                          absl::string_view prefix,
                                          const PlannedStressor& planned,
                                          WorkerMode mode);

  // Puts all workers into one that exists, and stays.
  static absl::StatusOr<CrewCgroups> Use(const CgroupHierarchy& hierarchy,
                                         const std::string& given,
                                         const PlannedStressor& planned);

  // As Child::Spawn(), where worker `first` and those that share its process
  // belong. What cannot be entered EnterWorker() tells.
  absl::StatusOr<Child> Spawn(uint32_t first, absl::FunctionRef<int()> body);

  // Whether workers are to call EnterWorker().
  bool any() const { return planned_ != nullptr; }

  // Sees to it, on its own thread, that `worker` is in its cgroup, and leaves
  // the setting "cgroup" in `record`: what was asked, and what the kernel says.
  void EnterWorker(uint32_t worker, WorkerRecord& record) const;

  // "" if none was asked for.
  std::string NameOf(uint32_t worker) const;

  // The workers are about to start: counters count from here.
  void Begin();

  // The workers are about to be told to stop: counters count up to here, so
  // that who takes longest to end has no more for it. Once, after Begin().
  void Stop();

  // After the last worker was reaped: what came of it. Removes what was made.
  std::vector<CgroupResult> Finish();

 private:
  const CgroupFolders* FoldersOf(uint32_t worker) const;
  const CgroupFolders& FoldersAt(size_t index) const {
    return made_.empty() ? given_ : made_[index].folders();
  }
  size_t size() const { return names_.size(); }
  // In the process that Spawn() made.
  absl::Status EnterProcess(const CgroupFolders* folders, bool is_born_inside);

  const PlannedStressor* planned_ = nullptr;
  CgroupTree* tree_ = nullptr;
  absl::Span<const CgroupSpec> specs_;
  bool threads_apart_ = false;
  std::vector<std::string> names_;  // As asked for.
  std::vector<ScopedCgroup> made_;
  CgroupFolders given_;
  std::vector<CgroupStats> at_begin_;  // Empty before Begin(),
  std::vector<CgroupStats> at_stop_;   // and this without Stop().
  absl::Status entered_;               // In the process that Spawn() made.
};

}  // namespace ktstr

#endif  // KTSTR_CORE_SUPERVISOR_CGROUPS_CREW_CGROUPS_H_
