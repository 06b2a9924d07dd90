// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The real binary booting real virtual machines with Debian's 6.12 kernel. A
// boot takes some seconds: few of them, each for what only a boot can show.
#ifndef KTSTR_TESTING_VM_RUN_IN_VM_H_
#define KTSTR_TESTING_VM_RUN_IN_VM_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/binary/run_binary.h"

namespace ktstr {

// `flags` in a machine of `topology`, with a report in pb on standard output.
BinaryCall VmCall(absl::string_view topology, std::vector<std::string> flags);

// The same on a terminal of 100 columns, whose live line tells how it gets on.
BinaryCall WatchedVmCall(absl::string_view topology,
                         std::vector<std::string> flags);

// Runs it to its end; again, at most twice, if QEMU's translator broke the
// guest (Vm.emulator_fault). The report is that on standard output.
struct VmOutcome {
  Outcome outcome;
  proto::Report report;
};
VmOutcome RunInVm(absl::string_view topology, std::vector<std::string> flags);

// The flags that have the guest spoiled by testing/vm/saboteur.cc.
std::vector<std::string> Sabotaged(absl::string_view way,
                                   std::vector<std::string> flags);

// The report's check `name`; fails the test if there is none.
proto::Check RunCheckOf(const proto::Report& report, absl::string_view name);

}  // namespace ktstr

#endif  // KTSTR_TESTING_VM_RUN_IN_VM_H_
