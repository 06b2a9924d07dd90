// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/machine_spec/node_distances.h"

#include <cstdint>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kRange = absl::StatusCode::kOutOfRange;

TEST(NodeDistancesTest, TakesOneNumberForAllPairs) {
  EXPECT_THAT(
      ParseDistances("31", 3),
      IsOkAndHolds(ElementsAre(ElementsAre(10, 31, 31), ElementsAre(31, 10, 31),
                               ElementsAre(31, 31, 10))));
  EXPECT_THAT(
      ParseDistances("11", 2),
      IsOkAndHolds(ElementsAre(ElementsAre(10, 11), ElementsAre(11, 10))));
}

TEST(NodeDistancesTest, TakesAMatrix) {
  EXPECT_THAT(ParseDistances("10,20,254;20,10,11;254,11,10", 3),
              IsOkAndHolds(ElementsAre(ElementsAre(10, 20, 254),
                                       ElementsAre(20, 10, 11),
                                       ElementsAre(254, 11, 10))));
}

TEST(NodeDistancesTest, LeavesALoneNodeItsOwn) {
  EXPECT_THAT(ParseDistances("20", 1),
              IsOkAndHolds(ElementsAre(ElementsAre(10))));
  EXPECT_THAT(DefaultDistances(1), ElementsAre(ElementsAre(10)));
}

TEST(NodeDistancesTest, AssumesWhatLinuxAssumes) {
  EXPECT_THAT(DefaultDistances(2),
              ElementsAre(ElementsAre(10, 20), ElementsAre(20, 10)));
}

struct BadDistances {
  const char* text;
  uint32_t nodes;
  absl::StatusCode code;
  const char* message;
};

constexpr BadDistances kBadDistances[] = {
    {"", 2, kInvalid, "'' is not a number"},
    {"far", 2, kInvalid, "'far' is not a number"},
    {"-20", 2, kInvalid, "'-20' is not a number"},
    {"+20", 2, kInvalid, "'+20' is not a number"},
    {" 20", 2, kInvalid, "' 20' is not a number"},
    {"20.5", 2, kInvalid, "'20.5' is not a number"},
    {"10", 2, kRange, "it is not 11 .. 254"},
    {"255", 2, kRange, "it is not 11 .. 254"},
    {"0", 1, kRange, "it is not 11 .. 254"},
    {"4294967306", 2, kRange, "it is not 11 .. 254"},
    {",", 2, kInvalid, "'' is not a number"},
    {"10,20;20,10;", 2, kInvalid, "'' is not a number"},
    {"10,20;20, 10", 2, kInvalid, "' 10' is not a number"},
    {"10,20", 2, kInvalid, "there are 2 nodes and 1 rows"},
    {"10,20;20,10", 1, kInvalid, "there are 1 nodes and 2 rows"},
    {"10,20;20,10", 3, kInvalid, "there are 3 nodes and 2 rows"},
    {"10,20;20", 2, kInvalid, "row 1 has 1 numbers for 2 nodes"},
    {"10,20,30;20,10", 2, kInvalid, "row 0 has 3 numbers for 2 nodes"},
    {"11,20;20,10", 2, kInvalid, "node 0 to node 0 is 11, and a node's own"},
    {"10,20;20,20", 2, kInvalid, "node 1 to node 1 is 20"},
    {"10,20;21,10", 2, kInvalid, "node 0 to node 1 is 20, the way back 21"},
    {"10,10;10,10", 2, kRange, "node 0 to node 1 is 10, not 11 .. 254"},
    {"10,255;255,10", 2, kRange, "node 0 to node 1 is 255"},
    {"10,99999999999;20,10", 2, kRange, "node 0 to node 1 is 4294967295"},
};

TEST(NodeDistancesTest, SaysWhatIsWrong) {
  for (const BadDistances& bad : kBadDistances) {
    SCOPED_TRACE(bad.text);
    EXPECT_THAT(ParseDistances(bad.text, bad.nodes),
                StatusIs(bad.code, AllOf(HasSubstr(bad.message),
                                         HasSubstr("as in 10,20;20,10"))));
  }
}

}  // namespace
}  // namespace ktstr
