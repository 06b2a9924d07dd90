// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/try_sched.h"

#include <unistd.h>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;

constexpr SchedSpec kFifo = {.policy = SchedPolicy::kFifo, .priority = 1};

TEST(TrySchedTest, ChangesNothing) {
  const SchedState before = *GetSched(0);
  EXPECT_THAT(TrySched({.policy = SchedPolicy::kBatch}), IsOk());
  TrySched(kFifo).IgnoreError();
  EXPECT_EQ(GetSched(0)->spec, before.spec);
  EXPECT_EQ(GetSched(0)->nice, before.nice);
}

TEST(TrySchedTest, SaysWhatIsMissing) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  constexpr uid_t kNobody = 65534;
  auto child = Child::Spawn([]() -> int {
    if (setresuid(kNobody, kNobody, kNobody) != 0) return 1;
    const absl::Status tried = TrySched(kFifo);
    if (tried.ok()) return 2;
    const absl::string_view why = tried.message();
    return absl::StrContains(why, "fifo:1") &&
                   absl::StrContains(why, "RLIMIT_RTPRIO")
               ? 0
               : 3;
  });
  ASSERT_THAT(child, IsOk());
  const auto end = child->Reap();
  ASSERT_THAT(end, IsOk());
  EXPECT_EQ(end->kind, ChildEnd::kExited);
  EXPECT_EQ(end->value, 0);
}

TEST(TrySchedTest, FailsForWhatTheKernelRefuses) {
  // More than a CPU.
  EXPECT_THAT(TrySched({.policy = SchedPolicy::kDeadline,
                        .runtime_ns = 2'000'000,
                        .deadline_ns = 1'000'000,
                        .period_ns = 1'000'000})
                  .message(),
              HasSubstr("sched_setattr(deadline:2ms/1ms/1ms)"));
}

}  // namespace
}  // namespace ktstr
