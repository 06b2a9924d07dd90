// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/plan/allowed_cpus.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/cli/fake_stressors.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/topology/fake_sysfs.h"

namespace ktstr {
namespace {

using ::testing::StartsWith;

TEST(AllowedCpusTest, TakesWhatIsAllowed) {
  EXPECT_THAT(ChooseCpus("0-1", FakeHostCpus()), IsOkAndHolds(CpuSet{0, 1}));
}

TEST(AllowedCpusTest, TellsAbsentFromOfflineFromForbidden) {
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(ChooseCpus("0,7-8", FakeHostCpus()),
              StatusIs(kInvalid,
                       "--cpus=0,7-8: CPUs 7-8 do not exist; this "
                       "machine has 0-3"));
  EXPECT_THAT(
      ChooseCpus("1,3", FakeHostCpus()),
      StatusIs(kInvalid, "--cpus=1,3: CPU 3 is offline; online are 0-2"));
  EXPECT_THAT(
      ChooseCpus("0-2", FakeHostCpus()),
      StatusIs(kInvalid,
               "--cpus=0-2: CPU 2 is not allowed by the cpuset or taskset "
               "that ktstr was started in; allowed are 0-1"));
}

TEST(AllowedCpusTest, RefusesWhatIsNoListOfCpus) {
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(ChooseCpus("", FakeHostCpus()),
              StatusIs(kInvalid, StartsWith("--cpus is empty")));
  EXPECT_THAT(ChooseCpus("1-0", FakeHostCpus()),
              StatusIs(kInvalid, StartsWith("--cpus=1-0: ")));
  EXPECT_THAT(ChooseCpus("99999999", FakeHostCpus()),
              StatusIs(kInvalid, StartsWith("--cpus=99999999: ")));
}

TEST(AllowedCpusTest, AreOnlyThoseOfTheAffinityWithoutSysfs) {
  const HostCpus host = {.possible = {}, .online = {}, .allowed = {0}};
  EXPECT_THAT(ChooseCpus("0", host), IsOk());
  EXPECT_THAT(ChooseCpus("1", host),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith("--cpus=1: CPU 1 is not allowed")));
}

TEST(AllowedCpusTest, AreReadFromSysfs) {
  FakeSysfs sysfs({.cores_per_llc = 4});
  sysfs.TakeOffline(2);
  const auto host = ReadHostCpus(sysfs.root());
  ASSERT_THAT(host, IsOk());
  EXPECT_THAT(host->possible, (CpuSet{0, 1, 2, 3}));
  EXPECT_THAT(host->online, (CpuSet{0, 1, 3}));
  EXPECT_THAT(host->allowed, *GetAffinity());
}

TEST(AllowedCpusTest, AreUnknownWithoutSysfs) {
  const FakeSysfs nothing;
  const auto host = ReadHostCpus(nothing.root());
  ASSERT_THAT(host, IsOk());
  EXPECT_TRUE(host->possible.empty());
  EXPECT_FALSE(host->allowed.empty());
}

}  // namespace
}  // namespace ktstr
