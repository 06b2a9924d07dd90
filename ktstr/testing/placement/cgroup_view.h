// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Cgroups of the machine as everybody sees them, and one for a test.
#ifndef KTSTR_TESTING_PLACEMENT_CGROUP_VIEW_H_
#define KTSTR_TESTING_PLACEMENT_CGROUP_VIEW_H_

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ktstr {

// Where the hierarchy of the controller cpu is mounted; "" if nowhere.
std::string CpuHierarchy();

// The thread's cgroup there, "/" for the first.
std::string CpuCgroupOf(pid_t tid);

// The text of a file of v1 of the thread's cgroup, "cpu.shares", without white
// space around it; fails the test if there is none.
std::string V1FileOf(pid_t tid, absl::string_view file);

// The folders, in any hierarchy, of the run that is or was process `pid`.
std::vector<std::string> CgroupsOfRun(pid_t pid);

// A cgroup of the cpu hierarchy for as long as this lives.
class TestCgroup final {
 public:
  TestCgroup();
  ~TestCgroup();
  TestCgroup(const TestCgroup&) = delete;
  TestCgroup& operator=(const TestCgroup&) = delete;

  // "" where none can be made, and why.
  const std::string& folder() const { return folder_; }
  const std::string& why_not() const { return why_not_; }
  // As in /proc/PID/cgroup.
  const std::string& name() const { return name_; }

  void Write(absl::string_view file, absl::string_view text) const;

  // What all its files say that are no counters, by name, and the folders in
  // it, which say nothing.
  std::map<std::string, std::string> Content() const;

 private:
  std::string folder_;
  std::string why_not_;
  std::string name_;
};

}  // namespace ktstr

#endif  // KTSTR_TESTING_PLACEMENT_CGROUP_VIEW_H_
