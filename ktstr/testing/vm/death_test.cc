// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Runs in machines that die: what they had told stands, the rest is a failure.

#include <signal.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/read_report.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/worker_watch.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"
#include "ktstr/testing/vm/run_in_vm.h"

namespace ktstr {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// The first of two stressors, which runs for ever, was running.
const std::vector<std::string> kFlags = {"--stressor=futex_ping_pong,spin_wait",
                                         "--duration=1h", "--workers=2"};

void ExpectLostInTheFirst(const VmOutcome& result) {
  EXPECT_EQ(result.outcome.exit_code, 1);
  EXPECT_EQ(result.report.verdict(), proto::FAIL);
  ASSERT_THAT(result.report.stressors(), SizeIs(1));
  EXPECT_EQ(result.report.stressors(0).name(), "futex_ping_pong");
  EXPECT_EQ(result.report.stressors(0).verdict(), proto::FAIL);
  EXPECT_THAT(result.report.plan(), SizeIs(2));
  // What the guest had told of itself is there.
  EXPECT_EQ(result.report.host().topology().cpus(), 2u);
  EXPECT_EQ(RunCheckOf(result.report, "guest").verdict(), proto::FAIL);
  EXPECT_THAT(result.report.vm().end_text(), Not(IsEmpty()));
}

TEST(DeathTest, OfAGuestThatPanics) {
  const VmOutcome result = RunInVm("1n1l2c1t", Sabotaged("panic", kFlags));
  ExpectLostInTheFirst(result);
  EXPECT_EQ(result.report.vm().end(), proto::Vm::PANICKED);
  EXPECT_THAT(result.report.vm().end_text(),
              HasSubstr("sysrq triggered crash"));
  EXPECT_THAT(result.report.vm().console_tail(),
              Contains(HasSubstr("Kernel panic")));
}

TEST(DeathTest, OfAGuestWhoseInitIsKilled) {
  const VmOutcome result = RunInVm("1n1l2c1t", Sabotaged("kill_init", kFlags));
  ExpectLostInTheFirst(result);
  EXPECT_EQ(result.report.vm().end(), proto::Vm::PANICKED);
  EXPECT_THAT(result.report.vm().end_text(),
              HasSubstr("Attempted to kill init"));
}

TEST(DeathTest, OfARunThatIsKilledInItsGuest) {
  const VmOutcome result = RunInVm("1n1l2c1t", Sabotaged("kill_run", kFlags));
  ExpectLostInTheFirst(result);
  EXPECT_EQ(result.report.vm().end(), proto::Vm::STOPPED);
  EXPECT_THAT(result.report.vm().end_text(), HasSubstr("killed by SIGKILL"));
}

TEST(DeathTest, OfAGuestThatHangs) {
  std::vector<std::string> flags = Sabotaged("hang", kFlags);
  flags.push_back("--vm_timeout=30s");
  const VmOutcome result = RunInVm("1n1l2c1t", flags);
  ExpectLostInTheFirst(result);
  EXPECT_EQ(result.report.vm().end(), proto::Vm::TIMED_OUT);
  EXPECT_THAT(result.report.vm().end_text(), HasSubstr("30s"));
  // It was asked why.
  EXPECT_THAT(result.report.vm().console_tail(),
              Contains(HasSubstr("sysrq: Show Blocked State")));
}

TEST(DeathTest, OfAMachineThatIsKilled) {
  const TempDir folder;
  const std::string saved = folder.path() + "/report.pb";
  BinaryCall call = WatchedVmCall("1n1l2c1t", kFlags);
  call.args.push_back("--output=" + saved);
  RunningBinary binary(call);
  ASSERT_TRUE(binary.AwaitOutput("2 of 2 alive"));
  const std::vector<pid_t> children = ChildrenOf(binary.pid());
  ASSERT_THAT(children, SizeIs(1));
  kill(children[0], SIGKILL);
  VmOutcome result;
  result.outcome = binary.Finish();
  EXPECT_EQ(result.outcome.orphans, 0);
  const absl::StatusOr<proto::Report> report = ReadReport(saved);
  ASSERT_THAT(report, IsOk());
  result.report = *report;
  ExpectLostInTheFirst(result);
  EXPECT_EQ(result.report.vm().end(), proto::Vm::KILLED);
  EXPECT_THAT(result.report.vm().end_text(), HasSubstr("SIGKILL"));
  EXPECT_THAT(result.report.stressors(0).setup().text(),
              HasSubstr("2 of 2 alive"));
}

TEST(DeathTest, OfKtstrLeavesNoMachine) {
  RunningBinary binary(WatchedVmCall("1n1l2c1t", kFlags));
  ASSERT_TRUE(binary.AwaitOutput("boots"));
  binary.Signal(SIGKILL);
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.signal, SIGKILL);
  EXPECT_EQ(outcome.lingering, 0);
}

}  // namespace
}  // namespace ktstr
