// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Steps as a whole: several stressors together, interrupts, a supervisor that
// dies or finds its host too small.

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/fd.h"
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

using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::SizeIs;

absl::Status UntilStopped(Worker& worker) {
  while (worker.NextIteration()) worker.Compute(16);
  return absl::OkStatus();
}

[[noreturn]] void BeDeaf() {
  for (;;) CpuRelax();
}

auto Ended(WorkerEnd end) { return Field(&WorkerResult::end, end); }

class StepTest : public testing::TestWithParam<WorkerMode> {
 protected:
  ~StepTest() override { EXPECT_THAT(ChildrenOfThisProcess(), IsEmpty()); }

  RunOptions Options(uint32_t workers, uint64_t iterations = 0) const {
    RunOptions options = BoundedBy(iterations);
    options.workers = workers;
    options.mode = GetParam();
    options.together = true;
    return options;
  }

  StepResult Run(const std::vector<Selection>& selections,
                 const RunOptions& options,
                 const std::function<void(const LiveView&)>& on_tick = {}) {
    const absl::StatusOr<Plan> plan = MakePlan(options, selections, {});
    EXPECT_THAT(plan, IsOk());
    const Supervision supervision = {.interrupts = &interrupts_,
                                     .on_tick = on_tick,
                                     .tick = absl::Milliseconds(1)};
    return RunStep(plan->steps[0], plan->options, supervision);
  }

  Interrupts interrupts_ =
      Interrupts::Create(/*same_request=*/absl::ZeroDuration()).value();
};

TEST_P(StepTest, TogetherAllStartAtOneBarrier) {
  // Each goes on only once all four are there.
  ZeroFilled<std::atomic<uint32_t>> there;
  const ScriptedDef def({.run = [&there](Worker& worker) {
    worker.NextIteration();
    there->fetch_add(1);
    worker.WakeWord(*there, 4);
    worker.AwaitWord(*there, [](uint32_t count) { return count == 4; });
    return absl::OkStatus();
  }});
  const StepResult step = Run({{"a", &def}, {"b", &def}}, Options(2));
  ASSERT_THAT(step.stressors, SizeIs(2));
  for (const StressorResult& result : step.stressors) {
    EXPECT_THAT(result.stop_reason, Eq(StopReason::kIterations));
    EXPECT_THAT(result.workers, Each(Ended(WorkerEnd::kFinished)));
    EXPECT_THAT(result.workers, Each(Field(&WorkerResult::begin_at_ns, Ge(0))));
  }
  EXPECT_THAT(*there, Eq(4));
}

TEST_P(StepTest, OneThatIsSkippedLeavesTheOthersTheirRun) {
  const ScriptedDef unable({.run = UntilStopped, .prepare = [](Preparation&) {
                              return absl::UnimplementedError("not here");
                            }});
  const ScriptedDef able({.run = UntilStopped});
  const StepResult step =
      Run({{"unable", &unable}, {"able", &able}}, Options(2, 100));
  ASSERT_THAT(step.stressors, SizeIs(2));
  EXPECT_THAT(step.stressors[0].setup,
              StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(step.stressors[0].workers, IsEmpty());
  EXPECT_THAT(step.stressors[1].alias, Eq("able"));
  EXPECT_THAT(step.stressors[1].setup, IsOk());
  EXPECT_THAT(step.stressors[1].workers, Each(Ended(WorkerEnd::kFinished)));
}

// All on one CPU, which has no more time than there is: what a worker's
// children took of it others cannot have had. Clock ticks are 10 ms.
TEST_P(StepTest, TimeOfAWorkersChildrenIsNotForeign) {
  static constexpr absl::Duration kChildTime = absl::Milliseconds(30);
  constexpr uint64_t kChildren = 8;
  const ScriptedDef def({.run = [](Worker& worker) {
    while (worker.NextIteration()) {
      absl::StatusOr<Child> child = Child::Spawn(
          [&worker] { return worker.BurnCpuTime(kChildTime) ? 0 : 1; });
      if (!child.ok() || !child->Reap().ok()) {
        return absl::InternalError("no child");
      }
    }
    return absl::OkStatus();
  }});
  RunOptions options = Options(1, kChildren);
  options.cpus = CpuSet({options.cpus.First()});
  options.cpus_given = true;
  const StepResult step = Run({{"a", &def}}, options);
  EXPECT_THAT(step.stressors[0].workers, Each(Ended(WorkerEnd::kFinished)));
  const int64_t burnt_ns = absl::ToInt64Nanoseconds(kChildTime * kChildren);
  EXPECT_THAT(step.host.capacity_ns, Gt(burnt_ns));
  EXPECT_THAT(step.host.foreign_cpu_ns,
              Lt(step.host.capacity_ns - burnt_ns + 20'000'000));
}

TEST_P(StepTest, LossInOneStressorStopsNoOther) {
  ZeroFilled<std::atomic<pid_t>> victim;
  const ScriptedDef dying({.run = [&victim](Worker& worker) {
    worker.NextIteration();
    *victim = getpid();
    raise(SIGKILL);
    return absl::OkStatus();
  }});
  // Begins its passes when the other one is gone and reaped.
  const ScriptedDef living({.run = [&victim](Worker& worker) {
    while (*victim == 0 || kill(*victim, 0) == 0) CpuRelax();
    return UntilStopped(worker);
  }});
  const StepResult step =
      Run({{"dying", &dying}, {"living", &living}}, Options(1, 1000));
  EXPECT_THAT(step.stressors[0].workers, Each(Ended(WorkerEnd::kDied)));
  EXPECT_THAT(step.stressors[1].workers, Each(Ended(WorkerEnd::kFinished)));
  EXPECT_THAT(step.stressors[1].stop_reason, Eq(StopReason::kIterations));
  EXPECT_THAT(step.stressors[1].workers[0].iterations, Eq(1000));
}

TEST_P(StepTest, FirstInterruptStopsAndReports) {
  const ScriptedDef def({.run = UntilStopped});
  const auto interrupt_once = [done = false](const LiveView& view) mutable {
    if (done || view.stressors[0].iterations == 0) return;
    done = true;
    EXPECT_THAT(kill(getpid(), SIGINT), Eq(0));
  };
  const StepResult step =
      Run({{"a", &def}, {"b", &def}}, Options(2), interrupt_once);
  EXPECT_THAT(step.interrupted_by, Eq(SIGINT));
  for (const StressorResult& result : step.stressors) {
    EXPECT_THAT(result.stop_reason, Eq(StopReason::kInterrupted));
    EXPECT_THAT(result.workers, SizeIs(2));
    EXPECT_THAT(result.workers, Each(Ended(WorkerEnd::kFinished)));
    EXPECT_THAT(result.workers,
                Each(Field(&WorkerResult::stop_latency_ns, Ge(0))));
  }
}

TEST_P(StepTest, SecondInterruptKills) {
  RunOptions options = Options(2);
  options.grace = absl::Hours(1);
  ZeroFilled<std::atomic<int>> running;
  const ScriptedDef def({.run = [&running](Worker&) {
    ++*running;
    BeDeaf();
    return absl::OkStatus();
  }});
  int ticks = 0;
  const StepResult step = Run({{"deaf", &def}}, options, [&](const LiveView&) {
    if (*running == 2) kill(getpid(), ++ticks == 1 ? SIGTERM : SIGINT);
  });
  EXPECT_THAT(step.interrupted_by, Eq(SIGTERM));
  EXPECT_THAT(step.stressors[0].stop_reason, Eq(StopReason::kInterrupted));
  EXPECT_THAT(step.stressors[0].workers, SizeIs(2));
  for (const WorkerResult& worker : step.stressors[0].workers) {
    EXPECT_THAT(worker.end, Eq(WorkerEnd::kKilled));
    EXPECT_THAT(worker.exit_signal, Eq(SIGKILL));
    EXPECT_THAT(worker.failure, HasSubstr("was killed with the run"));
  }
  while (interrupts_.Take() != 0) {  // Ticks that were one too many.
  }
}

TEST_P(StepTest, InterruptThatWaitedEndsTheRunAtOnce) {
  ASSERT_THAT(kill(getpid(), SIGHUP), Eq(0));
  const ScriptedDef def({.run = UntilStopped});
  const StepResult step = Run({{"scripted", &def}}, Options(2));
  EXPECT_THAT(step.interrupted_by, Eq(SIGHUP));
  // Whether all workers were at the gate by then, nobody can tell.
  const StressorResult& result = step.stressors[0];
  if (result.setup.ok()) {
    EXPECT_THAT(result.stop_reason, Eq(StopReason::kInterrupted));
  } else {
    EXPECT_THAT(result.setup, StatusIs(absl::StatusCode::kCancelled));
    EXPECT_THAT(result.workers, Each(Ended(WorkerEnd::kNeverStarted)));
  }
}

TEST_P(StepTest, TooFewDescriptorsIsAnErrorThatNamesTheWorker) {
  if (GetParam() == WorkerMode::kThread) {
    GTEST_SKIP() << "threads need no descriptors";
  }
  // The hard limit cannot be raised again, hence a process of its own.
  absl::StatusOr<Child> child = Child::Spawn([this] {
    const struct rlimit limit = {.rlim_cur = 30, .rlim_max = 30};
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return 1;
    const ScriptedDef def({.run = UntilStopped});
    const StepResult step = Run({{"scripted", &def}}, Options(100, 10));
    const StressorResult& result = step.stressors[0];
    const std::string message(result.setup.message());
    if (message.find("of 100: clone3: Too many open files") == message.npos) {
      return 2;
    }
    if (result.stop_reason != StopReason::kNotRun) return 3;
    return ChildrenOfThisProcess().empty() ? 0 : 4;
  });
  ASSERT_THAT(child, IsOk());
  EXPECT_THAT(child->Reap(), IsOkAndHolds(Field(&ChildEnd::value, 0)));
}

void AwaitEndOf(const Fd& pidfd) {
  struct pollfd end = {.fd = pidfd.get(), .events = POLLIN, .revents = 0};
  EXPECT_THAT(poll(&end, 1, /*timeout=*/-1), Eq(1));
}

TEST_P(StepTest, WorkersDieWithTheirSupervisor) {
  constexpr uint32_t kWorkers = 2;
  ZeroFilled<std::array<std::atomic<pid_t>, kWorkers>> pids;
  const ScriptedDef def({.run = [&pids](Worker& worker) {
    (*pids)[worker.index()] = getpid();
    BeDeaf();
    return absl::OkStatus();
  }});
  absl::StatusOr<Child> supervisor = Child::Spawn([&] {
    Run({{"scripted", &def}}, Options(kWorkers));
    return 0;
  });
  ASSERT_THAT(supervisor, IsOk());
  std::vector<Fd> workers;
  for (std::atomic<pid_t>& pid : *pids) {
    while (pid == 0) CpuRelax();
    workers.emplace_back(
        static_cast<int>(syscall(SYS_pidfd_open, pid.load(), /*flags=*/0)));
    ASSERT_THAT(workers.back().valid(), Eq(true));
  }
  ASSERT_THAT(supervisor->Signal(SIGKILL), IsOk());
  ASSERT_THAT(supervisor->Reap(), IsOk());
  for (const Fd& worker : workers) AwaitEndOf(worker);
}

std::string ModeName(const testing::TestParamInfo<WorkerMode>& info) {
  return info.param == WorkerMode::kFork ? "fork" : "thread";
}

INSTANTIATE_TEST_SUITE_P(Modes, StepTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread),
                         ModeName);

}  // namespace
}  // namespace ktstr
