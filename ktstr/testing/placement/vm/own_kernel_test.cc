// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What Debian's kernel does not have: core scheduling, utilisation clamps and
// the policy ext, on the kernel that tools/build_kernel makes.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/placement/vm/spied_run.h"
#include "ktstr/testing/vm/run_in_vm.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::Ne;
using testing::SizeIs;
using testing::StartsWith;

// In the runfiles, from the folder where tests are started.
constexpr char kKernel[] = "tools/kernel/sched_ext/bzImage";
constexpr char kScheduler[] = "tools/kernel/sched_ext/scx_simple";

VmOutcome RunOnOwnKernel(absl::string_view topology,
                         std::vector<std::string> flags) {
  BinaryCall call = VmCall(topology, std::move(flags));
  for (std::string& arg : call.args) {
    if (absl::StartsWith(arg, "--kernel=")) {
      arg = absl::StrCat("--kernel=", kKernel);
    }
  }
  VmOutcome result;
  result.outcome = RunBinary(call);
  EXPECT_EQ(result.outcome.orphans, 0);
  result.report = ReportIn(result.outcome.out);
  return result;
}

// The cookie of a worker, "0x...", out of "own 0x..." or "shared with worker 0
// 0x...".
std::string CookieOf(const proto::Worker& worker) {
  const std::string got = SettingOf(worker, "core_cookie").got();
  return got.substr(got.rfind(' ') + 1);
}

TEST(OwnKernelTest, PartnersShareACookieAndOthersDoNot) {
  const VmOutcome result =
      RunOnOwnKernel("1n1l2c2t", {"--stressor=futex_ping_pong", "--workers=4",
                                  "--core_cookie=group", "--affinity=smt_pair",
                                  "--duration=300ms"});
  ExpectPassed(result);
  ASSERT_THAT(result.report.stressors(), SizeIs(1));
  const proto::Stressor& stressor = result.report.stressors(0);
  ASSERT_THAT(stressor.workers(), SizeIs(4));
  const std::string first = CookieOf(stressor.workers(0));
  const std::string second = CookieOf(stressor.workers(2));
  EXPECT_THAT(first, AllOf(StartsWith("0x"), Ne("0x0")));
  EXPECT_THAT(second, AllOf(StartsWith("0x"), Ne("0x0"), Ne(first)));
  EXPECT_EQ(CookieOf(stressor.workers(1)), first);
  EXPECT_EQ(CookieOf(stressor.workers(3)), second);
}

TEST(OwnKernelTest, ClampsAreThoseOfTheKernel) {
  const VmOutcome result = RunOnOwnKernel(
      "1n1l2c1t", {"--stressor=spin_wait", "--uclamp=200:800", "--cgroup_new",
                   "--cgroup_uclamp_max=50", "--duration=300ms"});
  ExpectPassed(result);
  ASSERT_THAT(result.report.stressors(), SizeIs(1));
  for (const proto::Worker& worker : result.report.stressors(0).workers()) {
    EXPECT_EQ(SettingOf(worker, "uclamp").got(), "200:800");
  }
}

TEST(OwnKernelTest, ExtIsThatOfTheScheduler) {
  const VmOutcome result =
      RunOnOwnKernel("1n1l2c1t", {"--stressor=spin_wait", "--sched=ext",
                                  absl::StrCat("--scheduler=", kScheduler),
                                  "--duration=300ms"});
  EXPECT_EQ(result.outcome.exit_code, 0) << result.outcome.err;
  ASSERT_THAT(result.report.stressors(), SizeIs(1));
  EXPECT_EQ(CheckOf(result.report.stressors(0), "applied").verdict(),
            proto::PASS);
  for (const proto::Worker& worker : result.report.stressors(0).workers()) {
    EXPECT_EQ(SettingOf(worker, "policy").got(), "ext");
  }
}

}  // namespace
}  // namespace ktstr
