// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/fork_exit/fork_exit.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kForks = 100;

void ExpectChildren(WorkerMode mode) {
  RunOptions options = BoundedBy(kForks);
  options.mode = mode;
  options.workers = 4;
  const StressorResult result = RunStressor(kForkExit, {}, options);
  // 100 of each worker: none was taken by another.
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("100 children exited")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kForkTime)->count(), Eq(kForks));
    EXPECT_THAT(worker.call_failures, IsEmpty());
  }
  EXPECT_THAT(ChildrenOfThisProcess(), IsEmpty());
}

TEST(ForkExitTest, ProcessesReapTheirChildren) {
  ExpectChildren(WorkerMode::kFork);
}

TEST(ForkExitTest, ThreadsReapTheirOwnChildren) {
  ExpectChildren(WorkerMode::kThread);
}

constexpr int kCannot = 77;

// In a process of a user that nobody else is, who may have two processes: the
// supervisor and a worker.
int RunWithoutRoomForChildren() {
  constexpr rlim_t kProcesses = 2;
  constexpr uid_t kFirstUser = 1'000'000;
  const struct rlimit limit = {kProcesses, kProcesses};
  if (setrlimit(RLIMIT_NPROC, &limit) != 0 ||
      setuid(kFirstUser + static_cast<uid_t>(getpid())) != 0) {
    return kCannot;
  }
  RunOptions options = BoundedBy(0);
  options.duration = absl::Milliseconds(50);
  options.workers = 1;
  const StressorResult result = RunStressor(kForkExit, {}, options);
  if (!result.setup.ok() || result.workers.size() != 1) return 2;
  const WorkerResult& worker = result.workers[0];
  if (worker.end != WorkerEnd::kFinished || worker.iterations != 0) return 3;
  if (result.proof.ok()) return 4;
  if (worker.call_failures.size() != 1) return 5;
  // It backed off: a loop that does not would have failed thousands of times.
  const CallFailure& failure = worker.call_failures[0];
  const bool as_expected = failure.call == "fork" && failure.error == EAGAIN &&
                           failure.count >= 1 && failure.count < 50;
  return as_expected ? 0 : 6;
}

TEST(ForkExitTest, FailedForksAreCountedAndBackOff) {
  absl::StatusOr<Child> child = Child::Spawn(RunWithoutRoomForChildren);
  ASSERT_THAT(child, IsOk());
  const absl::StatusOr<ChildEnd> end = child->Reap();
  ASSERT_THAT(end, IsOk());
  if (end->kind == ChildEnd::kExited && end->value == kCannot) {
    GTEST_SKIP() << "needs CAP_SETUID and a free user id";
  }
  EXPECT_THAT(DescribeEnd(*end), Eq("exited with code 0"));
}

TEST(ForkExitTest, NotForkingFailsTheProof) {
  EXPECT_THAT(
      RunStressor(Broken<kForkExit, OnlySpin>(), {}, BoundedBy(kForks)).proof,
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("saw only 0 children exit")));
}

}  // namespace
}  // namespace ktstr
