// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// A task as others than ktstr see it: the files of /proc, and programs that
// ask the kernel. `tid` is the id of a process or of any thread, for which
// /proc/TID answers as well.
#ifndef KTSTR_TESTING_PLACEMENT_TASK_VIEW_H_
#define KTSTR_TESTING_PLACEMENT_TASK_VIEW_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace ktstr {

// The file without white space around it; fails the test if it cannot be read.
std::string TaskFile(pid_t tid, absl::string_view file);

// The value of "NAME : VALUE" in `file`, which is "status" or "sched" (after
// its title); nullopt if the kernel does not have it there.
absl::optional<std::string> TaskField(pid_t tid, absl::string_view file,
                                      absl::string_view name);

// Fields of /proc/TID/stat, by the numbers of proc(5).
enum class StatField {
  kSession = 6,
  kNice = 19,
  kRtPriority = 40,
  kPolicy = 41,
};
int64_t TaskStat(pid_t tid, StatField field);

// Its cgroup in the hierarchy of `controller` (v1), "" for that of v2; nullopt
// if there is no such hierarchy.
absl::optional<std::string> TaskCgroup(pid_t tid, absl::string_view controller);

// The memory policy of its memory, which is that of most lines of numa_maps:
// mappings with one of their own are few. nullopt without CONFIG_NUMA.
absl::optional<std::string> TaskMemoryPolicy(pid_t tid);

// What `program -p TID` prints (chrt, taskset); nullopt if it is not installed.
absl::optional<std::string> ProgramOn(absl::string_view program, pid_t tid);

}  // namespace ktstr

#endif  // KTSTR_TESTING_PLACEMENT_TASK_VIEW_H_
