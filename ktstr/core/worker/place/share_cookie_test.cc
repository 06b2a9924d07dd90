// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/place/share_cookie.h"

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/sched/core_cookie.h"
#include "ktstr/core/worker/worker_record.h"
#include "ktstr/stats/zero_filled.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kLong = 60'000 * kMillisecond;

TEST(AwaitReadyTest, AnyPhaseOfALivingWorkerWillDo) {
  ZeroFilled<WorkerRecord> leader;
  for (const WorkerPhase phase :
       {WorkerPhase::kReady, WorkerPhase::kRunning, WorkerPhase::kFinished}) {
    leader->phase = phase;
    EXPECT_THAT(AwaitReady(*leader, kLong), IsOk());
  }
}

TEST(AwaitReadyTest, GivesUpInTime) {
  ZeroFilled<WorkerRecord> leader;
  EXPECT_THAT(AwaitReady(*leader, kMillisecond),
              StatusIs(absl::StatusCode::kDeadlineExceeded,
                       HasSubstr("was not ready within 1ms")));
}

TEST(AwaitReadyTest, GivesUpOnAWorkerThatFailed) {
  ZeroFilled<WorkerRecord> leader;
  leader->phase = WorkerPhase::kFailed;
  EXPECT_THAT(
      AwaitReady(*leader, kLong),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("has failed")));
}

TEST(AwaitReadyTest, WaitsForAWorkerThatIsStillAtIt) {
  ZeroFilled<WorkerRecord> leader;
  absl::Status status = absl::UnknownError("");
  std::thread follower([&] { status = AwaitReady(*leader, kLong); });
  leader->phase = WorkerPhase::kReady;
  follower.join();
  EXPECT_THAT(status, IsOk());
}

// A record of this thread, as if it were worker 7.
void BeReady(WorkerRecord& record) {
  record.tid = gettid();
  record.index = 7;
  record.phase = WorkerPhase::kReady;
}

TEST(TakeCookieOfTest, SaysThatTheKernelHasNone) {
  const absl::StatusOr<uint64_t> own = GetCoreCookie(0);
  if (own.ok()) GTEST_SKIP() << "the kernel has cookies";
  ZeroFilled<WorkerRecord> leader;
  BeReady(*leader);
  EXPECT_EQ(TakeCookieOf(*leader, kLong).status(),
            GetCoreCookie(gettid()).status());
}

// What `follow` makes its exit code in a child of a leader that has a cookie.
int ExitOfFollower(bool leader_has_cookie,
                   absl::FunctionRef<int(const WorkerRecord&)> follow) {
  absl::StatusOr<Child> child = Child::Spawn([&] {
    ZeroFilled<WorkerRecord> leader;
    int exit_code = 1;
    // Before the leader has its cookie, or it would be inherited.
    std::atomic<bool> go = false;
    std::thread follower([&] {
      go.wait(false);
      exit_code = follow(*leader);
    });
    if (leader_has_cookie && !CreateCoreCookie(0).ok()) exit_code = 2;
    BeReady(*leader);
    go = true;
    go.notify_one();
    follower.join();
    return exit_code;
  });
  const absl::StatusOr<ChildEnd> end = child->Reap();
  return end->kind == ChildEnd::kExited ? end->value : -end->value;
}

TEST(TakeCookieOfTest, MakesThemEqual) {
  const absl::StatusOr<uint64_t> own = GetCoreCookie(0);
  if (!own.ok()) GTEST_SKIP() << own.status();
  EXPECT_EQ(ExitOfFollower(/*leader_has_cookie=*/true,
                           [](const WorkerRecord& leader) {
                             const absl::StatusOr<uint64_t> cookie =
                                 TakeCookieOf(leader, kLong);
                             if (!cookie.ok() || *cookie == 0) return 3;
                             if (*cookie != *GetCoreCookie(0)) return 4;
                             return *cookie == *GetCoreCookie(leader.tid) ? 0
                                                                          : 5;
                           }),
            0);
}

TEST(TakeCookieOfTest, SaysThatTheLeaderHasNone) {
  const absl::StatusOr<uint64_t> own = GetCoreCookie(0);
  if (!own.ok()) GTEST_SKIP() << own.status();
  EXPECT_EQ(ExitOfFollower(/*leader_has_cookie=*/false,
                           [](const WorkerRecord& leader) {
                             const absl::Status status =
                                 TakeCookieOf(leader, kLong).status();
                             return status.message() ==
                                            "worker 7, to share with, has no "
                                            "cookie"
                                        ? 0
                                        : 3;
                           }),
            0);
}

}  // namespace
}  // namespace ktstr
