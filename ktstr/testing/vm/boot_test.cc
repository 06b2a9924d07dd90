// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Runs in machines that live.

#include <signal.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/stressors/registry.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/vm/run_in_vm.h"

namespace ktstr {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::SizeIs;

// Every stressor is there, none failed, and the guest powered off.
void ExpectWhole(const VmOutcome& result) {
  EXPECT_EQ(result.outcome.exit_code, 0) << result.outcome.err;
  EXPECT_THAT(result.report.stressors(), SizeIs(AllStressors().size()));
  for (const proto::Stressor& stressor : result.report.stressors()) {
    EXPECT_NE(stressor.verdict(), proto::FAIL) << stressor.DebugString();
    EXPECT_FALSE(stressor.verdict() == proto::SKIP &&
                 stressor.setup().text().empty() &&
                 stressor.proof().text().empty())
        << "a skip without a reason: " << stressor.name();
  }
  EXPECT_EQ(RunCheckOf(result.report, "topology").verdict(), proto::PASS);
  EXPECT_EQ(RunCheckOf(result.report, "guest").verdict(), proto::PASS);
  EXPECT_EQ(result.report.vm().end(), proto::Vm::COMPLETED);
}

TEST(BootTest, RunsAllStressorsOnTwoNodesWithSmt) {
  const VmOutcome result = RunInVm(
      "2n1l2c2t", {"--stressor=all", "--duration=1s", "--vm_distances=23"});
  ExpectWhole(result);
  const proto::Topology& topology = result.report.host().topology();
  EXPECT_EQ(topology.online(), "0-7");
  EXPECT_THAT(topology.nodes(), ElementsAre("0-3", "4-7"));
  EXPECT_THAT(topology.llcs(), ElementsAre("0-3", "4-7"));
  EXPECT_EQ(topology.cores(), 4u);
  EXPECT_EQ(topology.threads_per_core(), 2u);
  EXPECT_EQ(result.report.vm().channel(), "virtio");
  EXPECT_EQ(result.report.vm().channel_lost_bytes(), 0u);
  EXPECT_THAT(result.report.vm().phases(),
              Each(Property(&proto::Phase::ns, Gt(0))));
  EXPECT_THAT(result.report.host().cgroup(), HasSubstr("/"));
}

TEST(BootTest, RunsAllStressorsOnOneCpu) {
  const VmOutcome result =
      RunInVm("1n1l1c1t", {"--stressor=all", "--duration=1s"});
  ExpectWhole(result);
  EXPECT_EQ(result.report.host().topology().online(), "0");
}

TEST(BootTest, ReportsByTheSerialLineWithoutVirtio) {
  const VmOutcome result = RunInVm(
      "1n2l1c1t", {"--stressor=wake_chain", "--duration=500ms",
                   "--vm_append=initcall_blacklist=virtio_console_init"});
  EXPECT_EQ(result.outcome.exit_code, 0) << result.outcome.err;
  EXPECT_EQ(result.report.vm().channel(), "serial");
  EXPECT_EQ(result.report.vm().channel_lost_bytes(), 0u);
  EXPECT_THAT(result.report.host().topology().llcs(), ElementsAre("0", "1"));
  EXPECT_EQ(result.report.stressors(0).verdict(), proto::PASS);
}

TEST(BootTest, MergesTheCellsOfAMatrix) {
  BinaryCall call = VmCall("1n1l1c1t", {"--stressor=futex_ping_pong",
                                        "--duration=500ms", "--vm=1n1l2c1t"});
  const Outcome outcome = RunBinary(call);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const proto::Report report = ReportIn(outcome.out);
  // The order of the command line.
  EXPECT_THAT(report.planned_cells(), ElementsAre("1n1l2c1t", "1n1l1c1t"));
  ASSERT_THAT(report.cells(), SizeIs(2));
  EXPECT_EQ(report.cells(0).cell(), "1n1l2c1t");
  EXPECT_EQ(report.cells(0).host().topology().cpus(), 2u);
  EXPECT_EQ(report.cells(1).host().topology().cpus(), 1u);
  EXPECT_THAT(report.cells(),
              Each(Property(&proto::Report::verdict, proto::PASS)));
}

TEST(BootTest, InterruptsTheRunInTheGuest) {
  RunningBinary binary(
      WatchedVmCall("1n1l2c1t", {"--stressor=spin_wait", "--duration=1h"}));
  ASSERT_TRUE(binary.AwaitOutput("2 of 2 alive"));
  binary.Signal(SIGINT);
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.exit_code, 128 + SIGINT);
  EXPECT_EQ(outcome.orphans, 0);
  EXPECT_THAT(outcome.out, HasSubstr("until interrupted"));
  EXPECT_THAT(outcome.out, HasSubstr("the guest ended its report"));
}

}  // namespace
}  // namespace ktstr
