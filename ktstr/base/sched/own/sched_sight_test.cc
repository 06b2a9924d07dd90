// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/own/sched_sight.h"

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/spin.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Gt;

TEST(SchedSightTest, ShowsPolicyAndCpuOfTheCaller) {
  const SchedSpec batch = {.policy = SchedPolicy::kBatch};
  const uint32_t cpu = GetAffinity(0)->Max();
  SchedSight sight;
  std::thread thread([&] {
    ASSERT_THAT(SetAffinity(0, CpuSet({cpu})), IsOk());
    ASSERT_THAT(SetSched(0, batch), IsOk());
    sight = LookAtOwnSched();
  });
  thread.join();
  EXPECT_TRUE(sight.Is(batch, cpu)) << sight.ToText();
  EXPECT_FALSE(sight.Is(batch, cpu + 1));
  EXPECT_FALSE(sight.Is(SchedSpec(), cpu));
}

TEST(SchedSightTest, TimesGoOn) {
  const SchedSight first = LookAtOwnSched();
  Spin(1000);
  const SchedSight second = LookAtOwnSched();
  EXPECT_THAT(second.at_ns, Gt(first.at_ns));
  EXPECT_THAT(second.cpu_ns, Gt(first.cpu_ns));
}

TEST(SchedSightTest, TwoOfThemNeedBoth) {
  SchedSights sights;
  sights.begin = LookAtOwnSched();
  const uint32_t cpu = sights.begin.cpu;
  EXPECT_FALSE(sights.AreOn(cpu));
  sights.end = sights.begin;
  EXPECT_TRUE(sights.AreOn(cpu));
  EXPECT_TRUE(sights.Are(sights.begin.spec, cpu));
  sights.end.spec.policy = SchedPolicy::kBatch;
  EXPECT_FALSE(sights.Are(sights.begin.spec, cpu));
  EXPECT_EQ(sights.CpuNanos(), 0);
}

TEST(SchedSightTest, ZeroesWereNeverTaken) {
  const SchedSight none;
  EXPECT_FALSE(none.Is(SchedSpec(), 0));
  EXPECT_EQ(none.ToText(), "not seen");
}

}  // namespace
}  // namespace ktstr
