// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/cgroup_share/promise.h"

#include <cstdint>
#include <map>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using testing::DoubleNear;
using testing::ElementsAreArray;
using testing::Matcher;

struct Case {
  const char* what;
  std::vector<Contender> contenders;
  std::vector<double> shares;
  std::vector<double> least;
  std::map<uint32_t, double> cpu_ns = {};
};

std::vector<Matcher<double>> Near(const std::vector<double>& values) {
  std::vector<Matcher<double>> matchers;
  matchers.reserve(values.size());
  for (const double value : values) matchers.push_back(DoubleNear(value, 1e-9));
  return matchers;
}

TEST(PromiseTest, FollowsWeightsWhereCgroupsMeet) {
  const std::vector<Case> cases = {
      {"none", {}, {}, {}},
      {"one", {{100, {{0, 2}}}}, {1}, {1}},
      {"one CPU", {{100, {{3, 1}}}, {300, {{3, 1}}}}, {.25, .75}, {.25, .75}},
      {"a worker of each on each CPU",
       {{100, {{0, 1}, {1, 1}}}, {300, {{0, 1}, {1, 1}}}},
       {.25, .75},
       {.25, .75}},
      {"more workers get no more",
       {{100, {{0, 9}, {1, 9}}}, {100, {{0, 1}, {1, 1}}}},
       {.5, .5},
       {.5, .5}},
      // 100 against 150 on CPU 0, nobody against 150 on CPU 1.
      {"one of them has more CPUs",
       {{100, {{0, 1}}}, {300, {{0, 1}, {1, 1}}}},
       {.4 / 2, (.6 + 1) / 2},
       {.4, .6}},
      // 75 of 100 against 300 on CPU 0.
      {"workers are spread unevenly",
       {{100, {{0, 3}, {1, 1}}}, {300, {{0, 1}}}},
       {(.2 + 1) / 2, .8 / 2},
       {.2, .8}},
      {"they never meet", {{100, {{0, 1}}}, {300, {{1, 1}}}}, {.5, .5}, {1, 1}},
      {"others took half of CPU 1",
       {{100, {{0, 1}}}, {300, {{0, 1}, {1, 1}}}},
       {.4 * 2 / 3, (.6 * 2 + 1) / 3},
       {.4, .6},
       {{0, 2e9}, {1, 1e9}}},
      {"others took all of CPU 1",
       {{100, {{0, 1}}}, {300, {{1, 1}}}},
       {1, 0},
       {1, 1},
       {{0, 2e9}}},
      {"three",
       {{100, {{0, 1}}}, {200, {{0, 1}}}, {100, {{0, 2}}}},
       {.25, .5, .25},
       {.25, .5, .25}},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.what);
    std::vector<double> shares;
    std::vector<double> least;
    for (const Promise& promise : PromisesIn({each.contenders, each.cpu_ns})) {
      shares.push_back(promise.share);
      least.push_back(promise.least);
    }
    EXPECT_THAT(shares, ElementsAreArray(Near(each.shares)));
    EXPECT_THAT(least, ElementsAreArray(Near(each.least)));
  }
}

TEST(CompeteTest, NeedsTwoOnOneCpu) {
  EXPECT_FALSE(Compete({}));
  EXPECT_FALSE(Compete({{100, {{0, 5}, {1, 5}}}}));
  EXPECT_FALSE(Compete({{100, {{0, 1}}}, {100, {{1, 1}}}}));
  EXPECT_TRUE(Compete({{100, {{0, 1}, {1, 1}}}, {100, {{1, 1}}}}));
}

}  // namespace
}  // namespace ktstr
