// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/supervisor/priority/watch_priority.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Field;

constexpr SchedSpec kFifo99 = {.policy = SchedPolicy::kFifo, .priority = 99};

auto Is(const SchedState& state) {
  return IsOkAndHolds(
      AllOf(Field(&SchedState::spec, state.spec),
            Field(&SchedState::nice, state.nice),
            Field(&SchedState::slice_ns, state.slice_ns),
            Field(&SchedState::reset_on_fork, state.reset_on_fork)));
}

TEST(WatchPriorityTest, StaysFairAgainstFairWorkers) {
  const SchedState before = GetSched(0).value();
  {
    const WatchPriority priority(/*against_real_time=*/false);
    EXPECT_THAT(GetSched(0),
                IsOkAndHolds(AllOf(Field(&SchedState::spec, before.spec),
                                   // The latter before Linux 6.12.
                                   Field(&SchedState::slice_ns,
                                         AnyOf(100'000, before.slice_ns)))));
  }
  EXPECT_THAT(GetSched(0), Is(before));
}

TEST(WatchPriorityTest, IsHighestAgainstRealTimeWorkers) {
  const SchedState before = GetSched(0).value();
  const absl::Status allowed = SetSched(0, kFifo99);
  if (!allowed.ok()) GTEST_SKIP() << allowed;
  ASSERT_THAT(SetSched(0, before.spec), IsOk());
  {
    const WatchPriority priority(/*against_real_time=*/true);
    EXPECT_THAT(GetSched(0), IsOkAndHolds(Field(&SchedState::spec, kFifo99)));
  }
  EXPECT_THAT(GetSched(0), Is(before));
}

TEST(WatchPriorityTest, IsHighestIfWorkersInheritRealTime) {
  const SchedState before = GetSched(0).value();
  const SchedSpec inherited = {.policy = SchedPolicy::kRr, .priority = 7};
  const absl::Status allowed = SetSched(0, inherited, {.reset_on_fork = true});
  if (!allowed.ok()) GTEST_SKIP() << allowed;
  {
    const WatchPriority priority(/*against_real_time=*/false);
    EXPECT_THAT(GetSched(0), IsOkAndHolds(Field(&SchedState::spec, kFifo99)));
  }
  EXPECT_THAT(GetSched(0),
              IsOkAndHolds(AllOf(Field(&SchedState::spec, inherited),
                                 Field(&SchedState::reset_on_fork, true))));
  EXPECT_THAT(SetSched(0, before.spec), IsOk());
}

}  // namespace
}  // namespace ktstr
