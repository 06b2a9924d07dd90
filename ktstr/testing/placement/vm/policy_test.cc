// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Policies, users and memory in guests, where nobody is starved by real-time
// workers and nodes are real.

#include <sched.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/placement/vm/spied_run.h"
#include "ktstr/testing/vm/run_in_vm.h"

namespace ktstr {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr int kSchedDeadline = 6;  // Not in glibc's sched.h.

// What the kernel has to say of a role's workers.
struct Policy {
  std::string text;  // As in --sched.
  int number;
  int priority;
};

std::string SchedFlag(const std::map<std::string, Policy>& policies) {
  return absl::StrCat(
      "--sched=", absl::StrJoin(policies, ",", [](std::string* out, auto& one) {
        absl::StrAppend(out, one.first, "=", one.second.text);
      }));
}

// The kernel keeps 15 characters: of long roles not all is in the name.
std::string NameOf(const proto::Worker& worker) {
  constexpr size_t kRoleChars = 15 - sizeof("ktstr::0") + 1;
  return absl::StrCat("ktstr:", worker.role().substr(0, kRoleChars), ":",
                      worker.index());
}

// One policy for each stressor, since each has another role. First the one that
// is not real-time, while the spy gets ready.
TEST(GuestPolicyTest, EachRoleHasItsOwn) {
  const std::map<std::string, Policy> policies = {
      {"peer", {"fifo:50", SCHED_FIFO, 50}},
      {"stage", {"rr:10", SCHED_RR, 10}},
      {"contender", {"deadline:2ms/20ms/20ms", kSchedDeadline, 0}},
      {"worker", {"batch", SCHED_BATCH, 0}},
  };
  const SpiedRun run = RunSpied(
      "1n1l2c1t", "look",
      {"--stressor=spin_wait,futex_ping_pong,wake_chain,mutex_contention",
       SchedFlag(policies), "--workers=4", "--allow_rt_everywhere",
       "--duration=500ms"});
  ExpectPassed(run.vm);
  EXPECT_THAT(run.vm.report.stressors(), SizeIs(4));
  for (const proto::Stressor& stressor : run.vm.report.stressors()) {
    SCOPED_TRACE(stressor.name());
    EXPECT_THAT(stressor.workers(), SizeIs(4));
    for (const proto::Worker& worker : stressor.workers()) {
      const Policy& policy = policies.at(worker.role());
      EXPECT_EQ(SettingOf(worker, "policy").got(), policy.text);
      SeenWorker seen = run.Seen(worker);
      EXPECT_EQ(seen["policy"], absl::StrCat(policy.number));
      EXPECT_EQ(seen["priority"], absl::StrCat(policy.priority));
      EXPECT_EQ(seen["name"], NameOf(worker));
    }
  }
}

TEST(GuestPolicyTest, AnotherUserRunsTheWorkers) {
  const SpiedRun run =
      RunSpied("2n1l1c1t", "look",
               {"--stressor=wake_chain", "--user=65534:65534", "--nice=-3",
                "--slice=500us", "--autogroup=own:4",
                "--mempolicy=interleave:0-1", "--duration=500ms"});
  ExpectPassed(run.vm);
  ASSERT_THAT(run.vm.report.stressors(), SizeIs(1));
  for (const proto::Worker& worker : run.vm.report.stressors(0).workers()) {
    EXPECT_EQ(SettingOf(worker, "user").got(), "65534:65534");
    EXPECT_EQ(SettingOf(worker, "slice").got(), "500us");
    EXPECT_EQ(SettingOf(worker, "mempolicy").got(), "interleave:0-1");
    SeenWorker seen = run.Seen(worker);
    EXPECT_EQ(seen["uid"], "65534");
    EXPECT_EQ(seen["nice"], "-3");
    EXPECT_EQ(seen["memory"], "interleave:0-1");
  }
}

// No such node is no reason to have any other.
TEST(GuestMemoryTest, OnANodeThatIsNotThereIsRefused) {
  const VmOutcome result = RunInVm(
      "2n1l1c1t",
      {"--stressor=spin_wait", "--mempolicy=bind:5", "--duration=100ms"});
  EXPECT_EQ(result.outcome.exit_code, 1);
  ASSERT_THAT(result.report.stressors(), SizeIs(1));
  const proto::Check applied = CheckOf(result.report.stressors(0), "applied");
  EXPECT_EQ(applied.verdict(), proto::FAIL);
  EXPECT_THAT(applied.detail(), HasSubstr("bind:5"));
}

}  // namespace
}  // namespace ktstr
