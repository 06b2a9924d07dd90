// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cgroup/cgroup_spec.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

// "FILE=TEXT", and "->EXPECTED" where that differs, of each control.
std::vector<std::string> Files(absl::string_view text, CgroupVersion version) {
  const absl::StatusOr<std::vector<CgroupSpec>> specs = ParseCgroups(text);
  EXPECT_THAT(specs, IsOk());
  std::vector<std::string> files;
  if (!specs.ok()) return files;
  for (const CgroupControl& control : ControlsOf(specs->front(), version)) {
    files.push_back(absl::StrCat(
        control.file, "=", control.text,
        control.expected == control.text ? "" : "->" + control.expected));
  }
  return files;
}

TEST(CgroupSpecTest, ReadsSeveralCgroups) {
  EXPECT_THAT(
      ParseCgroups("a:weight=100:workers=4,b:weight=300:workers=2"),
      IsOkAndHolds(ElementsAre(
          AllOf(Field(&CgroupSpec::name, "a"), Field(&CgroupSpec::workers, 4),
                Field(&CgroupSpec::cpu_weight, Optional(100u))),
          AllOf(Field(&CgroupSpec::name, "b"), Field(&CgroupSpec::workers, 2),
                Field(&CgroupSpec::cpu_weight, Optional(300u))))));
}

TEST(CgroupSpecTest, ReadsEveryControl) {
  const absl::StatusOr<std::vector<CgroupSpec>> specs = ParseCgroups(
      "a:weight=idle:max=150%:cpus=0-1+4:mems=0:uclamp_min=10.5:uclamp_max=100:"
      "memory=64M");
  ASSERT_THAT(specs, IsOk());
  const CgroupSpec& spec = specs->front();
  EXPECT_TRUE(spec.cpu_idle);
  EXPECT_EQ(spec.cpu_max->quota_us, 150'000);
  EXPECT_EQ(spec.cpu_max->period_us, 100'000);
  EXPECT_EQ(spec.cpus, CpuSet({0, 1, 4}));
  EXPECT_EQ(spec.mems, CpuSet({0}));
  EXPECT_EQ(spec.uclamp_min, 10.5);
  EXPECT_EQ(spec.uclamp_max, 100);
  EXPECT_EQ(spec.memory_max, int64_t{64} << 20);
}

TEST(CgroupSpecTest, AsksForNothingByName) {
  EXPECT_THAT(Files("a:workers=3", CgroupVersion::kV1), IsEmpty());
  EXPECT_THAT(Files("a", CgroupVersion::kV2), IsEmpty());
}

TEST(CgroupSpecTest, NamesTheFilesOfV2) {
  EXPECT_THAT(
      Files("a:weight=300:max=50000/20000:uclamp_min=20:uclamp_max=100:cpus=0+1"
            ":mems=0:memory=10000",
            CgroupVersion::kV2),
      ElementsAre("cpu.weight=300", "cpu.max=50000 20000",
                  "cpu.uclamp.max=100.00->max", "cpu.uclamp.min=20.00",
                  "cpuset.cpus=0-1", "cpuset.mems=0",
                  "memory.max=10000->8192"));
  EXPECT_THAT(
      Files("a:weight=idle:max=max:memory=max", CgroupVersion::kV2),
      ElementsAre("cpu.idle=1", "cpu.max=max 100000", "memory.max=max"));
}

TEST(CgroupSpecTest, NamesTheFilesOfV1) {
  EXPECT_THAT(
      Files("a:weight=300:max=50%:cpus=1:memory=1G", CgroupVersion::kV1),
      ElementsAre("cpu.shares=3072", "cpu.cfs_period_us=100000",
                  "cpu.cfs_quota_us=50000", "cpuset.cpus=1",
                  "memory.limit_in_bytes=1073741824"));
  EXPECT_THAT(Files("a:max=max:memory=max", CgroupVersion::kV1),
              ElementsAre("cpu.cfs_period_us=100000", "cpu.cfs_quota_us=-1",
                          "memory.limit_in_bytes=-1->9223372036854771712"));
}

TEST(CgroupSpecTest, CpusetsAreJudgedByWhatIsEffective) {
  CgroupSpec spec;
  spec.cpus = CpuSet({0});
  EXPECT_EQ(ControlsOf(spec, CgroupVersion::kV1).front().read_file,
            "cpuset.effective_cpus");
  EXPECT_EQ(ControlsOf(spec, CgroupVersion::kV2).front().read_file,
            "cpuset.cpus.effective");
}

TEST(CgroupSpecTest, WeightsHaveTheKernelsDefault) {
  CgroupSpec spec;
  EXPECT_EQ(EffectiveWeight(spec), 100);
  spec.cpu_weight = 7;
  EXPECT_EQ(EffectiveWeight(spec), 7);
  spec.cpu_idle = true;
  EXPECT_LT(EffectiveWeight(spec), 1);
}

class CgroupSpecTextTest : public testing::TestWithParam<const char*> {};

TEST_P(CgroupSpecTextTest, IsWhatWasRead) {
  const absl::StatusOr<std::vector<CgroupSpec>> specs =
      ParseCgroups(GetParam());
  ASSERT_THAT(specs, IsOk());
  EXPECT_EQ(ToText(*specs), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Table, CgroupSpecTextTest,
    testing::Values("a", "a:weight=100:workers=4,b:weight=300:workers=4",
                    "a:weight=idle:max=max:memory=max,b", "a:max=50000/20000",
                    "a:cpus=0-1+4:mems=0+2:uclamp_min=10.5:uclamp_max=33.33",
                    "a:uclamp_min=0:uclamp_max=100", "a:memory=64M",
                    "a:memory=3G", "a:memory=2048G", "a:memory=10000",
                    "a:memory=1025K"));

TEST(CgroupSpecTest, OtherTextsOfTheSameBecomeOne) {
  EXPECT_EQ(ToText(*ParseCgroups("a:workers=2:max=150%:weight=5")),
            "a:weight=5:max=150000/100000:workers=2");
  EXPECT_EQ(ToText(*ParseCgroups("a:memory=1024K:cpus=1+0")),
            "a:cpus=0-1:memory=1M");
  EXPECT_EQ(ToText({}), "");
}

TEST(CgroupSpecTest, IdleHidesAWeight) {
  CgroupSpec spec;
  spec.name = "a";
  spec.cpu_weight = 7;
  spec.cpu_idle = true;
  EXPECT_EQ(ToText({spec}), "a:weight=idle");
}

struct BadText {
  const char* text;
  const char* complaint;
};

class CgroupSpecBadTest : public testing::TestWithParam<BadText> {};

TEST_P(CgroupSpecBadTest, IsRefusedByName) {
  EXPECT_THAT(ParseCgroups(GetParam().text),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr(GetParam().complaint)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, CgroupSpecBadTest,
    testing::Values(
        BadText{"", "'' is no name"}, BadText{"a,", "'' is no name"},
        BadText{":weight=1", "'' is no name"}, BadText{"a/b", "'a/b'"},
        BadText{"..", "'..'"}, BadText{"tasks", "'tasks'"},
        BadText{"a b", "'a b'"},
        BadText{"abcdefghijklmnopqrstuvwxyz0123456", "1 to 32"},
        BadText{"a,b,a", "a stands twice"}, BadText{"a:", "'' is no control"},
        BadText{"a:shares=5", "'shares' is no control"},
        BadText{"a:weight=1:weight=2", "weight stands twice"},
        BadText{"a:weight", "weight="}, BadText{"a:weight=0", "weight=0"},
        BadText{"a:weight=10001", "1 to 10000"},
        BadText{"a:weight=-1", "1 to 10000"},
        BadText{"a:weight=1.5", "1 to 10000"}, BadText{"a:max=0%", "max=0%"},
        BadText{"a:max=0.9%", "from 1%"}, BadText{"a:max=nan%", "max=nan%"},
        BadText{"a:max=-5%", "max=-5%"}, BadText{"a:max=1e99%", "max=1e99%"},
        BadText{"a:max=50", "max=50"}, BadText{"a:max=-1/100000", "from 1000"},
        BadText{"a:max=999/100000", "from 1000"},
        BadText{"a:max=5000/999", "period"},
        BadText{"a:max=5000/1000001", "period"},
        BadText{"a:max=9000000000000000000/1000", "quota"},
        BadText{"a:max=1/2/3", "max=1/2/3"}, BadText{"a:cpus=", "cpus="},
        BadText{"a:cpus=3-1", "3-1"}, BadText{"a:cpus=x", "cpus=x"},
        BadText{"a:mems=99999999", "mems=99999999"},
        BadText{"a:uclamp_min=101", "0 to 100"},
        BadText{"a:uclamp_max=-1", "0 to 100"},
        BadText{"a:uclamp_max=nan", "0 to 100"},
        BadText{"a:memory=0", "memory=0"}, BadText{"a:memory=-1", "memory=-1"},
        BadText{"a:memory=64m", "64M"}, BadText{"a:memory=M", "memory=M"},
        BadText{"a:memory=9999999999G", "memory=9999999999G"},
        BadText{"a:workers=0", "from 1"}, BadText{"a:workers=x", "from 1"},
        BadText{"a:workers=99999999", "workers"}));

}  // namespace
}  // namespace ktstr
