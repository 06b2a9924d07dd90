// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/own/saved_scheduling.h"

#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

constexpr int64_t kSliceNs = 700'000;

// In a thread of its own: a test is not to change the others.
template <typename Body>
void InThread(Body body) {
  std::thread thread(body);
  thread.join();
}

TEST(SavedSchedulingTest, GivesBackTheCpus) {
  InThread([] {
    const absl::StatusOr<SavedScheduling> saved = SavedScheduling::Save();
    ASSERT_THAT(saved, IsOk());
    const CpuSet last({saved->cpus().Max()});
    ASSERT_THAT(SetAffinity(0, last), IsOk());
    EXPECT_THAT(saved->Restore(), IsOk());
    EXPECT_TRUE(*GetAffinity(0) == saved->cpus());
  });
}

TEST(SavedSchedulingTest, GivesBackPolicyAndSlice) {
  InThread([] {
    ASSERT_THAT(SetFairSlice(kSliceNs), IsOk());
    const absl::StatusOr<SavedScheduling> saved = SavedScheduling::Save();
    ASSERT_THAT(saved, IsOk());
    const SchedSpec batch = {.policy = SchedPolicy::kBatch};
    ASSERT_THAT(SetSched(0, batch), IsOk());
    EXPECT_THAT(saved->Restore(), IsOk());
    const absl::StatusOr<SchedState> now = GetSched(0);
    ASSERT_THAT(now, IsOk());
    EXPECT_TRUE(now->spec == saved->sched().spec);
    EXPECT_EQ(now->slice_ns, saved->sched().slice_ns);
  });
}

TEST(SavedSchedulingTest, GivesBackNice) {
  InThread([] {
    const absl::StatusOr<SavedScheduling> saved = SavedScheduling::Save();
    ASSERT_THAT(saved, IsOk());
    ASSERT_THAT(SetNice(0, 19), IsOk());
    const absl::Status restored = saved->Restore();
    if (absl::IsPermissionDenied(restored)) GTEST_SKIP() << restored;
    EXPECT_THAT(restored, IsOk());
    EXPECT_THAT(GetNice(0), IsOkAndHolds(saved->sched().nice));
  });
}

}  // namespace
}  // namespace ktstr
