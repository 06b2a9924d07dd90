// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_PLAN_RUN_MACHINE_H_
#define KTSTR_CLI_PLAN_RUN_MACHINE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/topology/topology.h"

namespace ktstr {

// The machine that a run is planned for: this host, or one that is to boot.
struct RunMachine {
  Topology topology;
  CpuSet allowed;  // The affinity that a run is started with there.
};

// Returns this host, with sysfs below `root` (tests fake one). What sysfs does
// not tell or tells wrongly is unknown, and no error.
absl::StatusOr<RunMachine> ReadRunMachine(const std::string& root = "");

// Returns the CPUs that --cpus=`words` means on `machine`. InvalidArgument, in
// one line that begins with the flag, for others than those it may use.
absl::StatusOr<CpuSet> ChooseCpus(absl::string_view words,
                                  const RunMachine& machine);

}  // namespace ktstr

#endif  // KTSTR_CLI_PLAN_RUN_MACHINE_H_
