// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/settings.h"

#include <errno.h>

#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/worker/worker_record.h"
#include "ktstr/stats/zero_filled.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Field;
using ::testing::SizeIs;

// Applies `settings` in a process of its own, so that this one keeps its own.
std::vector<SettingRecord> SettingsAfter(const WorkerSettings& settings) {
  ZeroFilled<WorkerRecord> record;
  absl::StatusOr<Child> child = Child::Spawn([&] {
    ApplySettings(settings, *record);
    return 0;
  });
  EXPECT_THAT(child, IsOk());
  EXPECT_THAT(child->Reap(), IsOkAndHolds(Field(&ChildEnd::value, 0)));
  return {record->settings, record->settings + record->setting_count.load()};
}

TEST(SettingsTest, ReadsBackWhatTheKernelTook) {
  CpuSet one;
  one.Add(GetAffinity(0)->First());
  const std::vector<SettingRecord> settings =
      SettingsAfter({.cpus = &one, .timer_slack_ns = 1500});
  ASSERT_THAT(settings, SizeIs(2));
  EXPECT_THAT(settings[0].name.view(), Eq("affinity"));
  EXPECT_THAT(settings[0].asked.view(), Eq(one.ToString()));
  EXPECT_THAT(settings[0].got.view(), Eq(one.ToString()));
  EXPECT_THAT(settings[0].applied, Eq(true));
  EXPECT_THAT(settings[0].error, Eq(0));
  EXPECT_THAT(settings[1].name.view(), Eq("timer_slack"));
  EXPECT_THAT(settings[1].asked.view(), Eq("1.5us"));
  EXPECT_THAT(settings[1].got.view(), Eq("1.5us"));
  EXPECT_THAT(settings[1].applied, Eq(true));
}

TEST(SettingsTest, AsksForNoAffinityThatWasNotGiven) {
  const std::vector<SettingRecord> settings =
      SettingsAfter({.cpus = nullptr, .timer_slack_ns = 1});
  ASSERT_THAT(settings, SizeIs(1));
  EXPECT_THAT(settings[0].name.view(), Eq("timer_slack"));
}

TEST(SettingsTest, TellsARefusalWithItsErrno) {
  CpuSet absent;
  absent.Add(8000);
  const std::vector<SettingRecord> settings =
      SettingsAfter({.cpus = &absent, .timer_slack_ns = 1});
  ASSERT_THAT(settings, SizeIs(2));
  EXPECT_THAT(settings[0].asked.view(), Eq("8000"));
  EXPECT_THAT(settings[0].got.view(), Eq(GetAffinity(0)->ToString()));
  EXPECT_THAT(settings[0].applied, Eq(false));
  EXPECT_THAT(settings[0].error, Eq(EINVAL));
}

// The kernel drops CPUs that are not there without a word.
TEST(SettingsTest, HalfOfWhatWasAskedIsNotApplied) {
  CpuSet more;
  more.Add(GetAffinity(0)->First());
  more.Add(8000);
  const std::vector<SettingRecord> settings =
      SettingsAfter({.cpus = &more, .timer_slack_ns = 1});
  ASSERT_THAT(settings, SizeIs(2));
  EXPECT_THAT(settings[0].applied, Eq(false));
  EXPECT_THAT(settings[0].error, Eq(0));
}

}  // namespace
}  // namespace ktstr
