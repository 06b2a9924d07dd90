// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Where workers are and whose memory and rights they have, seen from outside
// while they run.

#include <sched.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/base/config.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/placement/placed_run.h"
#include "ktstr/testing/placement/task_view.h"

namespace ktstr {
namespace {

using testing::Combine;
using testing::EndsWith;
using testing::SizeIs;
using testing::TestWithParam;
using testing::Values;

constexpr char kNobody[] = "65534";

class PlaceTest : public TestWithParam<const char*> {
 protected:
  // Words of a stressor and flags.
  BinaryCall Call(std::vector<std::string> args, size_t workers) const {
    BinaryCall call;
    call.args = std::move(args);
    call.args.push_back(absl::StrCat("--workers=", workers));
    call.args.push_back(absl::StrCat("--mode=", GetParam()));
    return call;
  }
};

INSTANTIATE_TEST_SUITE_P(All, PlaceTest, Values("fork", "thread"), ModeName);

struct Affinity {
  std::string name;  // Of the test.
  std::vector<std::string> args;
  std::vector<std::string> cpus;  // By worker.
};

std::ostream& operator<<(std::ostream& out, const Affinity& affinity) {
  return out << affinity.name;
}

const Affinity kAffinities[] = {
    {"given", {"--stressor=spin_wait", "--cpus=1"}, {"1", "1"}},
    {"spread",
     {"--stressor=spin_wait", "--affinity=spread", "--cpus=0-1"},
     {"0", "1", "0"}},
    {"pack",
     {"--stressor=spin_wait", "--affinity=pack", "--cpus=0-1"},
     {"0", "1"}},
    {"one", {"--stressor=spin_wait", "--affinity=one"}, {"0", "0"}},
    {"words",
     {"--stressor=spin_wait", "--affinity=spread", "--cpus=!cpu:0"},
     {"1", "1"}},
    {"role", {"--stressor=futex_ping_pong", "--affinity=peer=1"}, {"1", "1"}},
    {"role_of_words",
     {"--stressor=futex_ping_pong", "--affinity=peer=0-1+!cpu:1"},
     {"0", "0"}},
    {"random_of_all",
     {"--stressor=spin_wait", "--affinity=random:2", "--cpus=0-1"},
     {"0-1", "0-1"}},
};

class AffinityTest : public TestWithParam<std::tuple<Affinity, const char*>> {
 protected:
  void SetUp() override {
    cpu_set_t cpus;
    if (sched_getaffinity(0, sizeof(cpus), &cpus) != 0 ||
        CPU_COUNT(&cpus) != 2 || !CPU_ISSET(0, &cpus) || !CPU_ISSET(1, &cpus)) {
      GTEST_SKIP() << "the expected CPUs are those of a host of CPUs 0 and 1";
    }
  }
};

TEST_P(AffinityTest, IsWhatTheKernelSays) {
  const auto& [affinity, mode] = GetParam();
  const size_t count = affinity.cpus.size();
  BinaryCall call;
  call.args = affinity.args;
  call.args.push_back(absl::StrCat("--workers=", count));
  call.args.push_back(absl::StrCat("--mode=", mode));
  PlacedRun run(call, count);
  ASSERT_THAT(run.workers(), SizeIs(count));
  for (size_t i = 0; i < count; ++i) {
    const pid_t tid = run.workers()[i];
    EXPECT_EQ(TaskField(tid, "status", "Cpus_allowed_list"), affinity.cpus[i]);
    const absl::optional<std::string> taskset = ProgramOn("taskset", tid);
    if (taskset.has_value()) {
      EXPECT_THAT(*taskset, EndsWith(affinity.cpus[i] == "0"   ? "mask: 1\n"
                                     : affinity.cpus[i] == "1" ? "mask: 2\n"
                                                               : "mask: 3\n"));
    }
  }
  const proto::Stressor stressor = run.End();
  ASSERT_THAT(stressor.workers(), SizeIs(count));
  for (size_t i = 0; i < count; ++i) {
    const proto::Worker& worker = stressor.workers(static_cast<int>(i));
    EXPECT_EQ(worker.tid(), run.workers()[i]);
    EXPECT_EQ(SettingOf(worker, "affinity").got(), affinity.cpus[i]);
  }
}

std::string NameOf(
    const testing::TestParamInfo<AffinityTest::ParamType>& info) {
  return absl::StrCat(std::get<0>(info.param).name, "_",
                      std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(All, AffinityTest,
                         Combine(testing::ValuesIn(kAffinities),
                                 Values("fork", "thread")),
                         NameOf);

// Without a word nothing is asked, and the kernel's rule holds.
TEST_P(PlaceTest, InheritedAffinityIsNotTouched) {
  BinaryCall call = Call({"--stressor=spin_wait"}, 1);
  call.before_exec = [] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    return sched_setaffinity(0, sizeof(one), &one) == 0;
  };
  PlacedRun run(call, 1);
  ASSERT_THAT(run.workers(), SizeIs(1));
  EXPECT_EQ(TaskField(run.workers()[0], "status", "Cpus_allowed_list"), "0");
  const proto::Stressor stressor = run.End();
  ASSERT_THAT(stressor.workers(), SizeIs(1));
  for (const proto::Setting& setting : stressor.workers(0).settings()) {
    EXPECT_NE(setting.name(), "affinity");
  }
}

TEST_P(PlaceTest, RandomCpusAreThoseOfTheSeed) {
  std::vector<std::string> drawn[2];
  for (std::vector<std::string>& cpus : drawn) {
    PlacedRun run(
        Call({"--stressor=spin_wait", "--affinity=random:1", "--seed=3"}, 6),
        6);
    for (const pid_t tid : run.workers()) {
      cpus.push_back(*TaskField(tid, "status", "Cpus_allowed_list"));
    }
    run.End();
  }
  EXPECT_THAT(drawn[0], SizeIs(6));
  EXPECT_EQ(drawn[0], drawn[1]);
}

// As --mempolicy takes it and as numa_maps shows it.
struct Memory {
  std::string text;
  std::string shown;
};

TEST_P(PlaceTest, MemoryPolicyIsWhatNumaMapsShows) {
  if (!TaskMemoryPolicy(getpid()).has_value()) GTEST_SKIP() << "no CONFIG_NUMA";
  const Memory policies[] = {
      {"bind:0", "bind:0"},
      {"bind:0+static", "bind=static:0"},
      {"bind:0+relative", "bind=relative:0"},
      {"preferred:0", "prefer:0"},
      {"interleave:0", "interleave:0"},
      {"local", "local"},
  };
  for (const Memory& policy : policies) {
    SCOPED_TRACE(policy.text);
    PlacedRun run(
        Call({"--stressor=spin_wait", "--mempolicy=" + policy.text}, 1), 1);
    ASSERT_THAT(run.workers(), SizeIs(1));
    EXPECT_EQ(TaskMemoryPolicy(run.workers()[0]), policy.shown);
    const proto::Stressor stressor = run.End();
    ASSERT_THAT(stressor.workers(), SizeIs(1));
    EXPECT_EQ(SettingOf(stressor.workers(0), "mempolicy").got(), policy.text);
  }
}

// All pages of a machine of one node are on it. What threads have is
// everybody's.
TEST_P(PlaceTest, PagesAreOnTheNodeThatThereIs) {
#ifdef ABSL_HAVE_ADDRESS_SANITIZER
  GTEST_SKIP() << "shadow memory is private memory of many TiB";
#endif
  if (access("/sys/devices/system/node/node0", F_OK) != 0) {
    GTEST_SKIP() << "no CONFIG_NUMA";
  }
  if (access("/sys/devices/system/node/node1", F_OK) == 0) {
    GTEST_SKIP() << "there is more than one node";
  }
  const proto::Report report = ReportIn(
      RunBinary(Call({"--stressor=cache_pressure", "size=1M",
                      "--mempolicy=local", "--iterations=50", "--format=json"},
                     1))
          .out);
  ASSERT_THAT(report.stressors(), SizeIs(1));
  ASSERT_THAT(report.stressors(0).workers(), SizeIs(1));
  const proto::Pages& pages = report.stressors(0).workers(0).pages();
  if (GetParam() == std::string("thread") && pages.on_nodes().empty()) return;
  EXPECT_GT(pages.sampled(), 0u);
  ASSERT_THAT(pages.on_nodes(), SizeIs(1));
  EXPECT_EQ(pages.on_nodes(0).node(), 0);
  EXPECT_GT(pages.on_nodes(0).pages(), 0u);
  EXPECT_EQ(pages.home_node(), 0);
}

TEST_P(PlaceTest, UserIsOfWorkersAlone) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  PlacedRun run(Call({"--stressor=spin_wait", "--user=65534:65533"}, 2), 2);
  for (const pid_t tid : run.workers()) {
    // Real, effective, saved, file system.
    EXPECT_EQ(TaskField(tid, "status", "Uid"), "65534\t65534\t65534\t65534");
    EXPECT_EQ(TaskField(tid, "status", "Gid"), "65533\t65533\t65533\t65533");
    EXPECT_EQ(TaskField(tid, "status", "Groups"), "65533");
    EXPECT_EQ(TaskField(tid, "status", "CapEff"), "0000000000000000");
    EXPECT_EQ(TaskField(tid, "status", "CapPrm"), "0000000000000000");
  }
  EXPECT_EQ(TaskField(run.binary().pid(), "status", "Uid"), "0\t0\t0\t0");
  const proto::Stressor stressor = run.End();
  for (const proto::Worker& worker : stressor.workers()) {
    EXPECT_EQ(SettingOf(worker, "user").got(), "65534:65533");
  }
}

// What the user may not do any more is done before.
TEST_P(PlaceTest, UserComesAfterWhatOnlyRootMay) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  PlacedRun run(Call({"--stressor=spin_wait", "--user=nobody", "--nice=-7"}, 1),
                1);
  ASSERT_THAT(run.workers(), SizeIs(1));
  EXPECT_EQ(TaskStat(run.workers()[0], StatField::kNice), -7);
  EXPECT_THAT(*TaskField(run.workers()[0], "status", "Uid"),
              testing::StartsWith(kNobody));
  run.End();
}

// They would change what they are in their bodies, as that user.
TEST_P(PlaceTest, StressorsThatTheUserMayNotRunAreSkipped) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const Outcome outcome =
      RunBinary(Call({"--stressor=rt_starvation,cgroup_churn",
                      "--user=65534:65534", "--duration=100ms"},
                     2));
  EXPECT_EQ(outcome.exit_code, 4) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out, testing::Not(testing::HasSubstr("FAIL")));
  EXPECT_THAT(outcome.out, testing::HasSubstr("2 skipped"));
}

}  // namespace
}  // namespace ktstr
