// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/sequence/phases.h"

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(PhasesTest, AreReadAndPrintedInOrder) {
  constexpr absl::string_view kText = "spin:100ms,sleep:1.5s,alu:0,io:20us";
  PhaseList list;
  std::string error;
  ASSERT_TRUE(AbslParseFlag(kText, &list, &error)) << error;
  ASSERT_THAT(list.phases, SizeIs(4));
  EXPECT_THAT(list.phases[1].kind, Eq(PhaseKind::kSleep));
  EXPECT_THAT(list.phases[1].time, Eq(absl::Milliseconds(1500)));
  EXPECT_THAT(absl::string_view(AbslUnparseFlag(list)), Eq(kText));
}

TEST(PhasesTest, HasOnlyWhatTakesTime) {
  PhaseList list;
  std::string error;
  ASSERT_TRUE(AbslParseFlag("spin:0s,sleep:1ms", &list, &error)) << error;
  EXPECT_FALSE(list.Has(PhaseKind::kSpin));
  EXPECT_TRUE(list.Has(PhaseKind::kSleep));
  EXPECT_FALSE(list.Has(PhaseKind::kYield));
}

TEST(PhasesTest, BadOnesAreRefusedWithTheReason) {
  const struct {
    absl::string_view text, reason;
  } kBad[] = {
      {"", "'' is no phase, there are spin, sleep, yield, io, alu"},
      {"spin", "a phase is a name, a colon and a time"},
      {"spin:5", "'spin:5'"},
      {"spin:-1ms", "0s .. 1h"},
      {"sleep:2h", "0s .. 1h"},
      {"sleep:1ms,", "'' is no phase"},
      {"nap:1ms", "'nap' is no phase"},
      {"spin:1ms:2ms", "'spin:1ms:2ms'"},
      {"spin:0s,sleep:0s", "no phase takes any time"},
      {"io:1s,io:1s,io:1s,io:1s,io:1s,io:1s,io:1s,io:1s,io:1s,io:1s,io:1s,io:"
       "1s,io:1s,io:1s,io:1s,io:1s,io:1s",
       "at most 16 phases"},
  };
  for (const auto& bad : kBad) {
    PhaseList list;
    std::string error;
    EXPECT_FALSE(AbslParseFlag(bad.text, &list, &error)) << bad.text;
    EXPECT_THAT(error, HasSubstr(std::string(bad.reason))) << bad.text;
    EXPECT_THAT(list.phases, SizeIs(0));
  }
}

}  // namespace
}  // namespace ktstr
