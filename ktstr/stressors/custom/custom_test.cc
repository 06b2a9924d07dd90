// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/custom/custom.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/live_view.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr uint64_t kRuns = 10;
// Were it not killed, the test would time out.
constexpr char kForever[] = "1000000";

class CustomTest : public testing::TestWithParam<WorkerMode> {
 protected:
  // What outlives its keeper would become this process's.
  CustomTest() { EXPECT_THAT(prctl(PR_SET_CHILD_SUBREAPER, 1), Eq(0)); }

  static RunOptions Options(uint64_t iterations) {
    RunOptions options = BoundedBy(iterations);
    options.mode = GetParam();
    options.workers = 2;
    return options;
  }

  static StressorResult Run(const std::string& command,
                            const RunOptions& options) {
    return RunStressor(kCustom, {{"command", command}}, options);
  }

  // A run that its time ends, not the program.
  static StressorResult RunForMillis(const std::string& command, int millis) {
    RunOptions options = Options(0);
    options.duration = absl::Milliseconds(millis);
    return Run(command, options);
  }

  static void AwaitNobodyLeft() {
    while (waitpid(-1, nullptr, 0) > 0) {
    }
    EXPECT_THAT(errno, Eq(ECHILD));
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, CustomTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread),
                         [](const testing::TestParamInfo<WorkerMode>& mode) {
                           return mode.param == WorkerMode::kFork ? "fork"
                                                                  : "thread";
                         });

TEST_P(CustomTest, RunsTheProgramOncePerPass) {
  const StressorResult result = Run("true", Options(kRuns));
  EXPECT_THAT(result.proof, IsOkAndHolds(AllOf(
                                StartsWith("10 runs of true with exit code 0:"),
                                HasSubstr("s of CPU time, "))));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished));
    EXPECT_THAT(worker.iterations, Eq(kRuns));
    EXPECT_THAT(worker.Find(Metric::kForkTime)->count(), Eq(kRuns));
    EXPECT_THAT(worker.call_failures, IsEmpty());
  }
  EXPECT_THAT(ChildrenOfThisProcess(), IsEmpty());
}

TEST_P(CustomTest, ManyWorkersHaveTheirOwnPrograms) {
  RunOptions options = Options(3);
  options.workers = 200;
  const StressorResult result = Run("true", options);
  EXPECT_THAT(result.proof, IsOkAndHolds(StartsWith("3 runs of true")));
  EXPECT_THAT(result.workers,
              AllOf(SizeIs(200), Each(Field(&WorkerResult::iterations, 3))));
}

TEST_P(CustomTest, AFailureIsToldByNameAndStatus) {
  EXPECT_THAT(Run("sh -c 'exit 7'", Options(kRuns)).proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("10 of 10 runs of sh failed; the first exited "
                                 "with code 7")));
  EXPECT_THAT(Run("sh -c 'kill -ABRT $$'", Options(1)).proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("the first was killed by SIGABRT")));
}

TEST_P(CustomTest, OneFailureAmongManyIsOne) {
  const TempDir dir;
  RunOptions options = Options(kRuns);
  options.workers = 1;
  const std::string once =
      absl::StrCat("sh -c 'mkdir ", dir.path(), "/done || exit 0; exit 2'");
  EXPECT_THAT(Run(once, options).proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("1 of 10 runs of sh failed; the first exited "
                                 "with code 2")));
}

TEST_P(CustomTest, AProgramThatNeverEndsIsStoppedAndHasNotFailed) {
  const StressorResult result = RunForMillis(
      absl::StrCat("sh -c 'trap \"\" TERM; setsid sleep $0 & sleep $0; "
                   "sleep $0' ",
                   kForever),
      /*millis=*/100);
  EXPECT_THAT(result.proof,
              IsOkAndHolds(StartsWith("one run of sh, stopped: ")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished));
    EXPECT_THAT(worker.iterations, Eq(1));
  }
  AwaitNobodyLeft();
}

TEST_P(CustomTest, TheProgramIsWhereAndAsWhatTheWorkerIs) {
  RunOptions options = Options(1);
  CpuSet one;
  one.Add(options.cpus.Max());
  options.cpus = one;
  options.cpus_given = true;
  options.placement.nice = 5;
  EXPECT_THAT(Run(absl::StrCat("sh -c 'test $(nice) = 5 && grep -x "
                               "\"Cpus_allowed_list:\t",
                               one.Max(), "\" /proc/self/status'"),
                  options)
                  .proof,
              IsOk());
}

TEST_P(CustomTest, AKilledWorkerTakesItsProgramAlong) {
  const TempDir dir;
  const std::string ready = dir.path() + "/ready";
  RunOptions options = Options(0);
  const StressorResult result = RunStressor(
      kCustom,
      {{"command", absl::StrCat("sh -c 'setsid sleep ", kForever, " & : >",
                                ready, "; wait'")}},
      options, [&, killed = false](const LiveView&) mutable {
        if (killed || access(ready.c_str(), F_OK) != 0) return;
        killed = true;
        EXPECT_THAT(kill(ChildrenOfThisProcess()[0], SIGKILL), Eq(0));
      });
  EXPECT_THAT(result.stop_reason, Eq(StopReason::kWorkerLost));
  // The program may be the other worker's, and this one still to begin.
  EXPECT_THAT(result.workers[0].end,
              AnyOf(WorkerEnd::kDied, WorkerEnd::kNeverStarted));
  EXPECT_THAT(result.proof.status().code(),
              Eq(absl::StatusCode::kFailedPrecondition));
  AwaitNobodyLeft();
}

TEST_P(CustomTest, AKilledSupervisorLeavesNothing) {
  const TempDir dir;
  const std::string ready = dir.path() + "/ready";
  absl::StatusOr<Child> supervisor = Child::Spawn([&] {
    Run(absl::StrCat("sh -c 'setsid sleep ", kForever, " & : >", ready,
                     "; wait'"),
        Options(0));
    return 0;
  });
  ASSERT_THAT(supervisor, IsOk());
  while (access(ready.c_str(), F_OK) != 0) sched_yield();
  ASSERT_THAT(supervisor->Signal(SIGKILL), IsOk());
  ASSERT_THAT(supervisor->Reap(), IsOk());
  AwaitNobodyLeft();
}

TEST_P(CustomTest, NotRunningTheProgramFailsTheProof) {
  EXPECT_THAT(RunStressor(Broken<kCustom, OnlySpin>(), {{"command", "true"}},
                          Options(kRuns))
                  .proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("the kernel saw only 0 runs of true")));
}

TEST_P(CustomTest, WhatCannotBeStartedFailsTheWorker) {
  const TempDir dir;
  const std::string script = dir.Write("script", "#!/no/such/shell\n");
  ASSERT_THAT(chmod(script.c_str(), 0755), Eq(0));
  RunOptions options = Options(1);
  options.workers = 1;
  const StressorResult result = Run(script, options);
  ASSERT_THAT(result.workers, SizeIs(1));
  EXPECT_THAT(result.workers[0].end, Eq(WorkerEnd::kFailed));
  EXPECT_THAT(result.workers[0].failure,
              HasSubstr(absl::StrCat("cannot start ", script, ": No such")));
}

TEST(CustomCommandTest, IsNeeded) {
  EXPECT_THAT(RunStressor(kCustom, {}, BoundedBy(1)).setup,
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("command='sleep 0.01'")));
}

TEST(CustomCommandTest, IsLookedForByPath) {
  RunOptions options = BoundedBy(1);
  options.program_path = "/no/such/folder:/bin";
  EXPECT_THAT(RunStressor(kCustom, {{"command", "true"}}, options).proof,
              IsOk());
  options.program_path = "/no/such/folder";
  EXPECT_THAT(RunStressor(kCustom, {{"command", "true"}}, options).setup,
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("no program 'true' in /no/such/folder"),
                             HasSubstr("--vm_include"))));
  EXPECT_THAT(RunStressor(kCustom, {{"command", "/etc/passwd"}}, options).setup,
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("/etc/passwd is not an executable file")));
}

TEST(CustomCommandTest, AQuoteIsToBeClosed) {
  EXPECT_THAT(kCustom.Make({{"command", "sh -c 'exit"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("is not closed; it takes a program")));
}

}  // namespace
}  // namespace ktstr
