// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// How runs end, and what is told of them. The workers are processes in one
// half of the tests and threads in the other.

#include "ktstr/core/supervisor/supervisor.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/base/spin.h"
#include "ktstr/core/live_view.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/supervisor/scripted_stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stats/zero_filled.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Stops are asked for and waited for; nothing is measured against it.
constexpr absl::Duration kShortGrace = absl::Milliseconds(20);

size_t OpenDescriptors() {
  DIR* folder = opendir("/proc/self/fd");
  size_t count = 0;
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

absl::Status UntilStopped(Worker& worker) {
  while (worker.NextIteration()) worker.Compute(16);
  return absl::OkStatus();
}

// Makes `pass` passes and leaves the loop in the middle of the next.
void PassTimes(Worker& worker, uint64_t passes) {
  for (uint64_t i = 0; i <= passes; ++i) worker.NextIteration();
}

// On the first tick for which `now` holds.
std::function<void(const LiveView&)> InterruptOnce(
    const std::function<bool(const LiveView&)>& now) {
  return [now, done = false](const LiveView& view) mutable {
    if (done || !now(view)) return;
    done = true;
    EXPECT_THAT(kill(getpid(), SIGINT), Eq(0));
  };
}

auto Ended(WorkerEnd end) { return Field(&WorkerResult::end, end); }

class SupervisorTest : public testing::TestWithParam<WorkerMode> {
 protected:
  ~SupervisorTest() override {
    EXPECT_THAT(ChildrenOfThisProcess(), IsEmpty());
    EXPECT_THAT(OpenDescriptors(), Eq(descriptors_));
  }

  bool threads() const { return GetParam() == WorkerMode::kThread; }

  RunOptions Options(uint32_t workers, uint64_t iterations = 0) const {
    RunOptions options = BoundedBy(iterations);
    options.workers = workers;
    options.mode = GetParam();
    return options;
  }

  // Runs two workers, of which the second ends as `end` says after 500 passes.
  StressorResult LoseSecond(const std::function<absl::Status()>& end) const {
    ZeroFilled<std::atomic<bool>> first_runs;
    const ScriptedDef def({.run = [&](Worker& worker) {
      if (worker.index() == 0) {
        *first_runs = true;
        return UntilStopped(worker);
      }
      PassTimes(worker, 500);
      while (!*first_runs) CpuRelax();
      return end();
    }});
    StressorResult result = RunStressor(def, {}, Options(2));
    EXPECT_THAT(result.setup, IsOk());
    EXPECT_THAT(result.workers, SizeIs(2));
    EXPECT_THAT(result.workers[1].iterations, Eq(500));
    EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                       StartsWith("not judged")));
    return result;
  }

  void ExpectDeath(const StressorResult& result, const std::string& how) const {
    const WorkerResult& dead = result.workers[1];
    EXPECT_THAT(dead.end, Eq(WorkerEnd::kDied));
    EXPECT_THAT(dead.failure, Eq((threads() ? "its process " : "it ") + how));
    EXPECT_THAT(dead.run_ns, Gt(0));
    // Of a thread nothing is left; a zombie can still be asked.
    EXPECT_THAT(dead.counters_known, Eq(!threads()));
    const WorkerResult& other = result.workers[0];
    if (threads()) {
      EXPECT_THAT(other.end, Eq(WorkerEnd::kDied));
      EXPECT_THAT(other.failure, Eq("its process " + how));
    } else {
      EXPECT_THAT(dead.counters.on_cpu_ns, Gt(0));
      EXPECT_THAT(other.end, Eq(WorkerEnd::kFinished));
      EXPECT_THAT(other.stop_latency_ns, Ge(0));
      EXPECT_THAT(result.stop_reason, Eq(StopReason::kWorkerLost));
    }
  }

 private:
  const size_t descriptors_ = OpenDescriptors();
};

TEST_P(SupervisorTest, RunsToTheBound) {
  const ScriptedDef def({.run = UntilStopped, .group_size = 2});
  const StressorResult result = RunStressor(def, {}, Options(4, 1000));
  EXPECT_THAT(result.setup, IsOk());
  EXPECT_THAT(result.stop_reason, Eq(StopReason::kIterations));
  EXPECT_THAT(result.proof, IsOkAndHolds("it was played (and 1 more group)"));
  EXPECT_THAT(result.roles, ElementsAre("first", "other"));
  EXPECT_THAT(result.spawn_ns, Gt(0));
  EXPECT_THAT(result.stop_ns, Eq(0));
  ASSERT_THAT(result.workers, SizeIs(4));
  for (uint32_t i = 0; i < 4; ++i) {
    const WorkerResult& worker = result.workers[i];
    EXPECT_THAT(worker.index, Eq(i));
    EXPECT_THAT(worker.group, Eq(i / 2));
    EXPECT_THAT(worker.position, Eq(i % 2));
    EXPECT_THAT(worker.role, Eq(i % 2 == 0 ? "first" : "other"));
    EXPECT_THAT(worker.tid == worker.pid, Eq(!threads()));
    EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished));
    EXPECT_THAT(worker.failure, IsEmpty());
    EXPECT_THAT(worker.iterations, Eq(1000));
    EXPECT_THAT(worker.begin_at_ns, Ge(0));
    EXPECT_THAT(worker.stop_latency_ns, Eq(-1));
    EXPECT_THAT(worker.counters_known, Eq(true));
    EXPECT_THAT(worker.counters.on_cpu_ns, Gt(0));
    EXPECT_THAT(worker.Find(Metric::kGap)->count(), Eq(1001));
  }
}

TEST_P(SupervisorTest, TellsWhatWasApplied) {
  RunOptions options = Options(1, 10);
  CpuSet one;
  one.Add(options.cpus.First());
  options.cpus = one;
  options.cpus_given = true;
  options.samples = 3;
  const ScriptedDef def({.run = UntilStopped});
  const StressorResult result = RunStressor(def, {}, options);
  ASSERT_THAT(result.workers, SizeIs(1));
  EXPECT_THAT(result.workers[0].settings,
              ElementsAre(AllOf(Field(&SettingResult::name, "affinity"),
                                Field(&SettingResult::got, one.ToString()),
                                Field(&SettingResult::applied, true)),
                          Field(&SettingResult::name, "timer_slack")));
  EXPECT_THAT(result.workers[0].cpus_used, Eq(one));
  EXPECT_THAT(result.workers[0].metrics[0].samples, SizeIs(3));
}

TEST_P(SupervisorTest, KilledWorkerIsTold) {
  ExpectDeath(LoseSecond([] {
                raise(SIGKILL);
                return absl::OkStatus();
              }),
              "was killed by SIGKILL");
}

TEST_P(SupervisorTest, CrashedWorkerIsTold) {
  const StressorResult result = LoseSecond([] {
    signal(SIGSEGV, SIG_DFL);  // A sanitizer has a handler of its own.
    raise(SIGSEGV);
    return absl::OkStatus();
  });
  ExpectDeath(result, "was killed by SIGSEGV");
  EXPECT_THAT(result.workers[1].exit_signal, Eq(SIGSEGV));
}

TEST_P(SupervisorTest, WorkerThatExitsIsToldAlsoWithoutAnError) {
  for (const int code : {0, 3}) {
    const StressorResult result =
        LoseSecond([code]() -> absl::Status { _exit(code); });
    ExpectDeath(result,
                code == 0 ? "exited with code 0" : "exited with code 3");
    EXPECT_THAT(result.workers[1].exit_code, Eq(code));
  }
}

TEST_P(SupervisorTest, LoneThreadThatDiesHasNoCounters) {
  const ScriptedDef def({.run = [](Worker& worker) {
    PassTimes(worker, 5);
    raise(SIGKILL);
    return absl::OkStatus();
  }});
  const StressorResult result = RunStressor(def, {}, Options(1));
  ASSERT_THAT(result.workers, ElementsAre(Ended(WorkerEnd::kDied)));
  EXPECT_THAT(result.workers[0].counters_known, Eq(!threads()));
}

TEST_P(SupervisorTest, ErrorOfABodyIsQuotedAndStopsTheRest) {
  const StressorResult result =
      LoseSecond([] { return absl::InternalError("out of fuel"); });
  EXPECT_THAT(result.stop_reason, Eq(StopReason::kWorkerLost));
  EXPECT_THAT(result.workers, ElementsAre(Ended(WorkerEnd::kFinished),
                                          Ended(WorkerEnd::kFailed)));
  EXPECT_THAT(result.workers[1].failure, Eq("out of fuel"));
  EXPECT_THAT(result.workers[1].counters_known, Eq(true));
}

TEST_P(SupervisorTest, CallThatMustNotFailIsQuoted) {
  Pipe pipe = MakePipe().value();
  pipe.write_end.reset();
  const ScriptedDef def({.run = [&pipe](Worker& worker) {
    char byte;
    while (worker.NextIteration()) {
      if (!worker.AwaitRead(pipe.read_end.get(), &byte, 1)) break;
    }
    return absl::OkStatus();
  }});
  const StressorResult result = RunStressor(def, {}, Options(1));
  ASSERT_THAT(result.workers, ElementsAre(Ended(WorkerEnd::kFailed)));
  EXPECT_THAT(result.workers[0].failure, Eq("read: end of file"));
  EXPECT_THAT(result.workers[0].call_failures,
              ElementsAre(AllOf(Field(&CallFailure::call, "read"),
                                Field(&CallFailure::error, EPIPE),
                                Field(&CallFailure::count, 1))));
}

TEST_P(SupervisorTest, DeafWorkerTimesOut) {
  RunOptions options = Options(2);
  options.grace = kShortGrace;
  ZeroFilled<std::atomic<bool>> deaf_now;
  // The first one is stopped because the second one fails.
  const ScriptedDef def({.run = [&](Worker& worker) -> absl::Status {
    if (worker.index() == 0) {
      PassTimes(worker, 7);
      for (*deaf_now = true;;) CpuRelax();
    }
    while (!*deaf_now) CpuRelax();
    return absl::InternalError("out of fuel");
  }});
  const StressorResult result = RunStressor(def, {}, options);
  ASSERT_THAT(result.workers, ElementsAre(Ended(WorkerEnd::kTimedOut),
                                          Ended(WorkerEnd::kFailed)));
  const WorkerResult& deaf = result.workers[0];
  EXPECT_THAT(deaf.failure, Eq("did not react to stop within the grace period "
                               "(it was running or runnable)"));
  EXPECT_THAT(deaf.exit_signal, Eq(SIGKILL));
  EXPECT_THAT(deaf.iterations, Eq(7));
  EXPECT_THAT(deaf.stop_latency_ns, Eq(-1));
  EXPECT_THAT(result.stop_ns, Ge(absl::ToInt64Nanoseconds(kShortGrace)));
}

TEST_P(SupervisorTest, StoppedWorkerTimesOut) {
  ZeroFilled<std::atomic<pid_t>> stopped;
  RunOptions options = Options(1);
  options.grace = kShortGrace;
  const ScriptedDef def({.run = [&](Worker& worker) {
    PassTimes(worker, 7);
    *stopped = getpid();
    raise(SIGSTOP);
    return absl::OkStatus();
  }});
  const StressorResult result = RunStressor(
      def, {}, options, InterruptOnce([&](const LiveView&) {
        return *stopped != 0 && ReadTaskState(*stopped, *stopped) == 'T';
      }));
  ASSERT_THAT(result.workers, ElementsAre(Ended(WorkerEnd::kTimedOut)));
  EXPECT_THAT(result.workers[0].failure,
              Eq("did not react to stop within the grace period (it was "
                 "stopped)"));
  EXPECT_THAT(result.workers[0].iterations, Eq(7));
}

TEST_P(SupervisorTest, KickEndsAReadOfItsOwn) {
  const Pipe pipe = MakePipe().value();
  const ScriptedDef def({.run = [&pipe](Worker& worker) -> absl::Status {
    while (worker.NextIteration()) {
      char byte;
      if (read(pipe.read_end.get(), &byte, 1) != -1 || errno != EINTR) {
        return absl::InternalError("it did not block");
      }
    }
    return absl::OkStatus();
  }});
  const StressorResult result = RunStressor(
      def, {}, Options(2), InterruptOnce([](const LiveView&) { return true; }));
  EXPECT_THAT(result.stop_reason, Eq(StopReason::kInterrupted));
  EXPECT_THAT(result.workers, Each(Ended(WorkerEnd::kFinished)));
}

TEST_P(SupervisorTest, UnableHostIsASkip) {
  const ScriptedDef def({.run = UntilStopped, .prepare = [](Preparation&) {
                           return absl::UnimplementedError(
                               "no such thing here");
                         }});
  const StressorResult result = RunStressor(def, {}, Options(2));
  EXPECT_THAT(result.setup, StatusIs(absl::StatusCode::kUnimplemented,
                                     Eq("no such thing here")));
  EXPECT_THAT(result.stop_reason, Eq(StopReason::kNotRun));
  EXPECT_THAT(result.workers, IsEmpty());
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kUnavailable));
}

TEST_P(SupervisorTest, FailedPreparationIsAnError) {
  const ScriptedDef def({.run = UntilStopped, .prepare = [](Preparation&) {
                           return absl::ResourceExhaustedError("no more pipes");
                         }});
  const StressorResult result = RunStressor(def, {}, Options(2));
  EXPECT_THAT(result.setup, StatusIs(absl::StatusCode::kResourceExhausted,
                                     Eq("no more pipes")));
  EXPECT_THAT(result.workers, IsEmpty());
}

TEST_P(SupervisorTest, FailedProofIsQuoted) {
  const ScriptedDef def(
      {.run = UntilStopped, .verify = [](const GroupResult& group) {
         EXPECT_THAT(group.Iterations(), Eq(10));
         return absl::FailedPreconditionError("it did nothing");
       }});
  EXPECT_THAT(
      RunStressor(def, {}, Options(1, 10)).proof,
      StatusIs(absl::StatusCode::kFailedPrecondition, Eq("it did nothing")));
}

TEST_P(SupervisorTest, ChildrenAreReapedAlsoWhereOurParentIgnoresItsOwn) {
  ASSERT_THAT(signal(SIGCHLD, SIG_IGN), testing::Ne(SIG_ERR));
  const ScriptedDef def({.run = UntilStopped});
  const StressorResult result = RunStressor(def, {}, Options(2, 10));
  EXPECT_THAT(result.workers, Each(Ended(WorkerEnd::kFinished)));
}

TEST_P(SupervisorTest, ShowsHowItIsGettingOn) {
  LiveView last;
  const ScriptedDef def({.run = UntilStopped});
  RunStressor(def, {}, Options(2), InterruptOnce([&last](const LiveView& view) {
                last = view;
                return view.stressors[0].iterations > 0;
              }));
  ASSERT_THAT(last.stressors, SizeIs(1));
  EXPECT_THAT(last.elapsed_ns, Gt(0));
  EXPECT_THAT(last.stressors[0].alias, Eq("scripted"));
  EXPECT_THAT(last.stressors[0].workers, Eq(2));
  EXPECT_THAT(last.stressors[0].iterations, Gt(0));
}

TEST_P(SupervisorTest, ThousandWorkersMeetRunAndAreReaped) {
  const ScriptedDef def({.run = UntilStopped});
  const StressorResult result = RunStressor(def, {}, Options(1000, 10));
  EXPECT_THAT(result.setup, IsOk());
  EXPECT_THAT(result.workers, SizeIs(1000));
  EXPECT_THAT(result.workers,
              Each(AllOf(Ended(WorkerEnd::kFinished),
                         Field(&WorkerResult::iterations, 10),
                         Field(&WorkerResult::begin_at_ns, Ge(0)))));
  RecordProperty("spawn_us", static_cast<int>(result.spawn_ns / 1000));
}

std::string ModeName(const testing::TestParamInfo<WorkerMode>& info) {
  return info.param == WorkerMode::kFork ? "fork" : "thread";
}

INSTANTIATE_TEST_SUITE_P(Modes, SupervisorTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread),
                         ModeName);

}  // namespace
}  // namespace ktstr
