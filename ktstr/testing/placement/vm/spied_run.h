// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Runs in virtual machines in which somebody else looks at the workers, too.
#ifndef KTSTR_TESTING_PLACEMENT_VM_SPIED_RUN_H_
#define KTSTR_TESTING_PLACEMENT_VM_SPIED_RUN_H_

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/vm/run_in_vm.h"

namespace ktstr {

// What the guest's kernel said of a worker at last: "name", "policy",
// "priority" and "nice" as numbers, "cpus", "uid", "memory", "cgroup".
using SeenWorker = std::map<std::string, std::string>;

struct SpiedRun {
  VmOutcome vm;
  std::map<pid_t, SeenWorker> workers;  // By thread.
  bool saw_end = false;                 // Of the run, and what it left.
  std::vector<std::string> left;        // Cgroups of the run after its end.

  // What was seen of the worker; empty, with a failed test, if nothing was.
  SeenWorker Seen(const proto::Worker& worker) const;
};

// `flags` in a machine with testing/placement/vm/spy.cc, which goes its `way`.
// Again, at most twice, if it did not see every worker, as on a busy host where
// it did not get a CPU in time. Fails the test if it did not then either.
SpiedRun RunSpied(absl::string_view topology, absl::string_view way,
                  std::vector<std::string> flags);

// A run whose verdict is PASS and whose exit code is 0, in a guest that ended
// by itself and was as asked for.
void ExpectPassed(const VmOutcome& result);

}  // namespace ktstr

#endif  // KTSTR_TESTING_PLACEMENT_VM_SPIED_RUN_H_
