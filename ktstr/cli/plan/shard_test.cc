// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/plan/shard.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/plan.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {

bool operator==(const Shard& a, const Shard& b) {
  return a.total == b.total && a.index == b.index;
}

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ReadShardTest, IsTheWholeWhereNothingIsSet) {
  EXPECT_THAT(ReadShard("", ""), IsOkAndHolds(Shard{1, 0}));
}

TEST(ReadShardTest, ReadsBoth) {
  EXPECT_THAT(ReadShard("3", "2"), IsOkAndHolds(Shard{3, 2}));
  EXPECT_THAT(ReadShard("1", "0"), IsOkAndHolds(Shard{1, 0}));
}

struct BadCase {
  std::string total;
  std::string index;
  std::string message;

  friend void PrintTo(const BadCase& bad, std::ostream* out) {
    *out << "'" << bad.total << "' '" << bad.index << "'";
  }
};

class BadShardTest : public testing::TestWithParam<BadCase> {};

TEST_P(BadShardTest, IsRefusedByTheVariablesName) {
  EXPECT_THAT(ReadShard(GetParam().total, GetParam().index),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().message));
}

constexpr char kTotalRange[] = ": it is a number from 1 on";
constexpr char kIndexRange[] = ": it is a number below TEST_TOTAL_SHARDS=";

INSTANTIATE_TEST_SUITE_P(
    ReadShard, BadShardTest,
    testing::ValuesIn(std::vector<BadCase>{
        {"0", "0", absl::StrCat("TEST_TOTAL_SHARDS=0", kTotalRange)},
        {"", "0", absl::StrCat("TEST_TOTAL_SHARDS=", kTotalRange)},
        {"-1", "0", absl::StrCat("TEST_TOTAL_SHARDS=-1", kTotalRange)},
        {"4294967296", "0",
         absl::StrCat("TEST_TOTAL_SHARDS=4294967296", kTotalRange)},
        {"two", "0", absl::StrCat("TEST_TOTAL_SHARDS=two", kTotalRange)},
        {"2", "", absl::StrCat("TEST_SHARD_INDEX=", kIndexRange, 2)},
        {"2", "2", absl::StrCat("TEST_SHARD_INDEX=2", kIndexRange, 2)},
        {"2", "-1", absl::StrCat("TEST_SHARD_INDEX=-1", kIndexRange, 2)},
        {"2", "1x", absl::StrCat("TEST_SHARD_INDEX=1x", kIndexRange, 2)},
    }));

Plan PlanOf(int steps) {
  Plan plan;
  for (int i = 0; i < steps; ++i) {
    plan.steps.emplace_back().stressors.emplace_back().alias = absl::StrCat(i);
  }
  return plan;
}

std::vector<std::string> Kept(const Shard& shard, int steps) {
  Plan plan = PlanOf(steps);
  KeepShard(shard, plan);
  std::vector<std::string> names;
  for (const PlanStep& step : plan.steps) {
    names.push_back(step.stressors.at(0).alias);
  }
  return names;
}

TEST(KeepShardTest, TakesEveryNthStepInOrder) {
  EXPECT_THAT(Kept({3, 0}, 7), ElementsAre("0", "3", "6"));
  EXPECT_THAT(Kept({3, 2}, 7), ElementsAre("2", "5"));
  EXPECT_THAT(Kept({1, 0}, 2), ElementsAre("0", "1"));
}

TEST(KeepShardTest, LeavesSomeWithNothing) {
  EXPECT_THAT(Kept({4, 3}, 3), IsEmpty());
  EXPECT_THAT(Kept({4294967295, 4294967294}, 3), IsEmpty());
}

TEST(KeepShardTest, ShardsTogetherAreTheWholeOnce) {
  for (uint32_t total = 1; total <= 6; ++total) {
    std::multiset<std::string> all;
    for (uint32_t index = 0; index < total; ++index) {
      for (const std::string& name : Kept({total, index}, 5)) all.insert(name);
    }
    EXPECT_THAT(all, ElementsAre("0", "1", "2", "3", "4")) << total;
  }
}

// Sets the three variables, and takes them back in the end.
class ShardOfEnvironmentTest : public testing::Test {
 protected:
  ShardOfEnvironmentTest() : status_file_(folder_.path() + "/status") {
    for (const char* name :
         {"TEST_TOTAL_SHARDS", "TEST_SHARD_INDEX", "TEST_SHARD_STATUS_FILE"}) {
      const char* value = getenv(name);
      before_[name] = value == nullptr ? "" : value;
      unsetenv(name);
    }
  }
  ~ShardOfEnvironmentTest() override {
    for (const auto& [name, value] : before_) {
      if (value.empty()) {
        unsetenv(name.c_str());
      } else {
        setenv(name.c_str(), value.c_str(), /*replace=*/1);
      }
    }
  }

  bool StatusFileExists() const {
    struct stat info;
    return stat(status_file_.c_str(), &info) == 0;
  }

  const TempDir folder_;
  const std::string status_file_;
  std::map<std::string, std::string> before_;
};

TEST_F(ShardOfEnvironmentTest, TellsTheRunnerThatItIsHonoured) {
  setenv("TEST_TOTAL_SHARDS", "2", 1);
  setenv("TEST_SHARD_INDEX", "1", 1);
  setenv("TEST_SHARD_STATUS_FILE", status_file_.c_str(), 1);
  EXPECT_THAT(ShardOfEnvironment(), IsOkAndHolds(Shard{2, 1}));
  EXPECT_TRUE(StatusFileExists());
}

TEST_F(ShardOfEnvironmentTest, IsTheWholeOutsideOfATest) {
  EXPECT_THAT(ShardOfEnvironment(), IsOkAndHolds(Shard{1, 0}));
  EXPECT_FALSE(StatusFileExists());
}

TEST_F(ShardOfEnvironmentTest, DoesNotNeedTheStatusFile) {
  setenv("TEST_SHARD_STATUS_FILE", "/nonexistent/status", 1);
  EXPECT_THAT(ShardOfEnvironment(), IsOkAndHolds(Shard{1, 0}));
}

}  // namespace
}  // namespace ktstr
