// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/smt_sibling_spin/sibling_pairs.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/topology/fake_machines.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(SiblingPairsTest, FindsThePairOfEachCore) {
  const Topology machine = Topology::Regular({.cores = 2, .threads = 2});
  EXPECT_THAT(FindSiblingPairs(machine, machine.online()),
              IsOkAndHolds(ElementsAre(SiblingPair{0, 1}, SiblingPair{2, 3})));
}

TEST(SiblingPairsTest, FindsTwoPairsOfFourSiblings) {
  const Topology machine = Topology::Regular({.cores = 1, .threads = 4});
  EXPECT_THAT(FindSiblingPairs(machine, machine.online()),
              IsOkAndHolds(ElementsAre(SiblingPair{0, 1}, SiblingPair{2, 3})));
}

TEST(SiblingPairsTest, LeavesOutWhatIsNotAllowed) {
  const Topology machine = Topology::Regular({.cores = 3, .threads = 2});
  EXPECT_THAT(FindSiblingPairs(machine, CpuSet({0, 2, 3, 5})),
              IsOkAndHolds(ElementsAre(SiblingPair{2, 3})));
}

TEST(SiblingPairsTest, LeavesOutWhoseSiblingIsOffline) {
  const Topology machine = OfflineCpus();
  EXPECT_THAT(FindSiblingPairs(machine, machine.possible()),
              IsOkAndHolds(ElementsAre(SiblingPair{4, 5})));
}

TEST(SiblingPairsTest, FindsThoseOfHybridAndOfSparseMachines) {
  EXPECT_THAT(FindSiblingPairs(HybridCores(), HybridCores().online()),
              IsOkAndHolds(SizeIs(2)));
  EXPECT_THAT(FindSiblingPairs(SparseCpus(), SparseCpus().online()),
              IsOkAndHolds(ElementsAre(
                  SiblingPair{3, 700}, SiblingPair{65, 1025},
                  SiblingPair{2048, 2049}, SiblingPair{8000, 8001})));
}

TEST(SiblingPairsTest, SaysThatThereAreNone) {
  const Topology machine = Topology::Regular({.cores = 2});
  EXPECT_THAT(FindSiblingPairs(machine, machine.online()),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("no two of CPUs 0-1 share a core")));
}

TEST(SiblingPairsTest, SaysThatTheyAreNotKnown) {
  EXPECT_THAT(
      FindSiblingPairs(UnknownTopology(), CpuSet({0, 1})),
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("not known")));
}

}  // namespace
}  // namespace ktstr
