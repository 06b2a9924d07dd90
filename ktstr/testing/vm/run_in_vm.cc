// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/testing/vm/run_in_vm.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"

namespace ktstr {
namespace {

// In the runfiles, from the folder where tests are started.
constexpr char kKernel[] = "tools/kernel/debian/bzImage";
constexpr char kSaboteur[] = "ktstr/testing/vm/saboteur";

}  // namespace

BinaryCall VmCall(absl::string_view topology, std::vector<std::string> flags) {
  BinaryCall call;
  call.args = std::move(flags);
  call.args.push_back(absl::StrCat("--vm=", topology));
  call.args.push_back(absl::StrCat("--kernel=", kKernel));
  call.args.push_back("--format=pb");
  call.environment = {"PATH=/usr/bin:/bin:/usr/local/bin"};
  call.patience_seconds = 200;
  return call;
}

BinaryCall WatchedVmCall(absl::string_view topology,
                         std::vector<std::string> flags) {
  BinaryCall call = VmCall(topology, std::move(flags));
  call.args.push_back("--format=text");  // The last one counts.
  call.environment.push_back("TERM=xterm");
  call.output = Stream::kTerminal;
  return call;
}

VmOutcome RunInVm(absl::string_view topology, std::vector<std::string> flags) {
  constexpr int kMostRuns = 3;
  const BinaryCall call = VmCall(topology, std::move(flags));
  VmOutcome result;
  for (int run = 0; run < kMostRuns; ++run) {
    result.outcome = RunBinary(call);
    EXPECT_EQ(result.outcome.orphans, 0);
    result.report = ReportIn(result.outcome.out);
    if (!result.report.vm().emulator_fault()) break;
  }
  return result;
}

std::vector<std::string> Sabotaged(absl::string_view way,
                                   std::vector<std::string> flags) {
  flags.push_back(absl::StrCat("--vm_include=", kSaboteur, ":/saboteur"));
  flags.push_back(absl::StrCat("--vm_append=rdinit=/saboteur SABOTAGE=", way));
  return flags;
}

proto::Check RunCheckOf(const proto::Report& report, absl::string_view name) {
  for (const proto::Check& check : report.checks()) {
    if (check.name() == name) return check;
  }
  ADD_FAILURE() << "no check '" << name << "' in " << report.DebugString();
  return proto::Check();
}

}  // namespace ktstr
