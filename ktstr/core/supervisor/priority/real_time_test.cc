// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Steps with real-time workers, all of them on the last CPU: the first is left
// to the rest of the machine. The supervisor is put on theirs, so that it has
// to get past them.

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/spin.h"
#include "ktstr/core/live_view.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/supervisor/interrupts.h"
#include "ktstr/core/supervisor/scripted_stressor.h"
#include "ktstr/core/supervisor/supervisor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stats/zero_filled.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr SchedSpec kFifo98 = {.policy = SchedPolicy::kFifo, .priority = 98};
constexpr SchedSpec kFifo99 = {.policy = SchedPolicy::kFifo, .priority = 99};

[[noreturn]] void BeDeaf() {
  for (;;) CpuRelax();
}

auto HasPolicy(const SchedSpec& spec) {
  return IsOkAndHolds(Field(&SchedState::spec, spec));
}

class RealTimeTest : public testing::TestWithParam<WorkerMode> {
 protected:
  void SetUp() override {
    affinity_ = *GetAffinity(0);
    if (affinity_.Count() < 2) GTEST_SKIP() << "no CPU to leave free";
    before_ = GetSched(0).value().spec;
    const absl::Status allowed = SetSched(0, kFifo99);
    if (!allowed.ok()) GTEST_SKIP() << allowed;
    ASSERT_THAT(SetSched(0, before_), IsOk());
    last_ = CpuSet({affinity_.Max()});
    ASSERT_THAT(SetAffinity(0, last_), IsOk());
  }

  void TearDown() override {
    EXPECT_THAT(ChildrenOfThisProcess(), IsEmpty());
    EXPECT_THAT(GetSched(0), HasPolicy(before_));
    EXPECT_THAT(SetAffinity(0, affinity_), IsOk());
  }

  // Ten seconds are only there to end a test that hangs.
  static RunOptions Options() {
    RunOptions options = BoundedBy(/*iterations=*/0);
    options.duration = absl::Seconds(10);
    options.workers = 2;
    options.mode = GetParam();
    return options;
  }

  StressorResult Run(const ScriptedDef& def, const RunOptions& options,
                     const SchedSpec& spec,
                     const std::function<void(const LiveView&)>& on_tick) {
    absl::StatusOr<Plan> plan = MakePlan(options, {{"scripted", &def}}, {});
    EXPECT_THAT(plan, IsOk());
    PlannedStressor& planned = plan->steps[0].stressors[0];
    planned.placed.resize(planned.workers);
    for (PlacedWorker& placed : planned.placed) {
      placed.cpus = last_;
      placed.sched = spec;
    }
    const Supervision supervision = {.interrupts = &interrupts_,
                                     .on_tick = on_tick,
                                     .tick = absl::Milliseconds(1)};
    StepResult step = RunStep(plan->steps[0], plan->options, supervision);
    while (interrupts_.Take() != 0) {  // Ticks that were one too many.
    }
    return std::move(step.stressors[0]);
  }

  CpuSet affinity_;
  CpuSet last_;
  SchedSpec before_;
  Interrupts interrupts_ =
      Interrupts::Create(/*same_request=*/absl::ZeroDuration()).value();
};

auto IsApplied(const std::string& name, const std::string& asked) {
  return AllOf(
      Field(&SettingResult::name, name), Field(&SettingResult::asked, asked),
      Field(&SettingResult::got, asked), Field(&SettingResult::applied, true));
}

TEST_P(RealTimeTest, SpinnersAreStopped) {
  ZeroFilled<std::atomic<int64_t>> limit_us;
  const ScriptedDef def({.run = [&limit_us](Worker& worker) {
    struct rlimit limit = {};
    getrlimit(RLIMIT_RTTIME, &limit);
    *limit_us = static_cast<int64_t>(limit.rlim_cur);
    return OnlySpin(worker);
  }});
  bool looked = false;
  const auto interrupt = [&](const LiveView& view) {
    if (looked || view.stressors[0].iterations == 0) return;
    looked = true;
    EXPECT_THAT(GetSched(0), HasPolicy(kFifo99));
    kill(getpid(), SIGINT);
  };
  const StressorResult result = Run(def, Options(), kFifo98, interrupt);
  EXPECT_TRUE(looked);
  ASSERT_THAT(result.setup, IsOk());
  // Of two spinners of one priority the other may not have had its turn yet;
  // it does when the first has ended.
  EXPECT_THAT(result.workers,
              Each(Field(&WorkerResult::end, WorkerEnd::kFinished)));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.settings, Contains(IsApplied("policy", "fifo:98")));
    // Duration, grace and 2 s.
    EXPECT_THAT(worker.settings, Contains(IsApplied("rt_limit", "14s")));
  }
  EXPECT_EQ(*limit_us, 14'000'000);
}

TEST_P(RealTimeTest, DeafSpinnersAreKilled) {
  ZeroFilled<std::atomic<int>> running;
  const ScriptedDef def({.run = [&running](Worker&) {
    ++*running;
    BeDeaf();
    return absl::OkStatus();
  }});
  RunOptions options = Options();
  options.workers = 1;
  options.grace = absl::Milliseconds(1);
  bool asked = false;
  const auto interrupt = [&](const LiveView&) {
    // Once: a second interrupt would be the one that kills.
    if (!asked && *running == 1) kill(getpid(), SIGINT);
    asked = *running == 1;
  };
  const StressorResult result = Run(def, options, kFifo98, interrupt);
  ASSERT_THAT(result.workers, SizeIs(1));
  EXPECT_EQ(result.workers[0].end, WorkerEnd::kTimedOut);
  EXPECT_EQ(result.workers[0].exit_signal, SIGKILL);
}

TEST_P(RealTimeTest, FairWorkersAreWatchedFairly) {
  const ScriptedDef def({.run = OnlySpin});
  bool looked = false;
  Run(def, Options(), SchedSpec(), [&](const LiveView&) {
    if (!looked) kill(getpid(), SIGINT);
    looked = true;
    EXPECT_THAT(GetSched(0), HasPolicy(before_));
  });
  EXPECT_TRUE(looked);
}

TEST_P(RealTimeTest, SpinnersDieWithTheirSupervisor) {
  ZeroFilled<std::atomic<pid_t>> pid;
  const ScriptedDef def({.run = [&pid](Worker&) {
    *pid = getpid();
    BeDeaf();
    return absl::OkStatus();
  }});
  RunOptions options = Options();
  options.workers = 1;
  ASSERT_THAT(SetAffinity(0, affinity_), IsOk());
  absl::StatusOr<Child> supervisor = Child::Spawn([&] {
    Run(def, options, kFifo98, {});
    return 0;
  });
  ASSERT_THAT(supervisor, IsOk());
  while (*pid == 0) CpuRelax();
  const Fd worker(
      static_cast<int>(syscall(SYS_pidfd_open, pid->load(), /*flags=*/0)));
  ASSERT_TRUE(worker.valid());
  ASSERT_THAT(supervisor->Signal(SIGKILL), IsOk());
  ASSERT_THAT(supervisor->Reap(), IsOk());
  struct pollfd end = {.fd = worker.get(), .events = POLLIN, .revents = 0};
  EXPECT_THAT(poll(&end, 1, /*timeout=*/-1), Eq(1));
}

std::string ModeName(const testing::TestParamInfo<WorkerMode>& info) {
  return info.param == WorkerMode::kFork ? "fork" : "thread";
}

INSTANTIATE_TEST_SUITE_P(Modes, RealTimeTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread),
                         ModeName);

}  // namespace
}  // namespace ktstr
