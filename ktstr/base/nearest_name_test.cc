// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/nearest_name.h"

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::IsEmpty;

constexpr absl::string_view kNames[] = {"futex_ping_pong", "spin_wait",
                                        "wake_chain", "yield_heavy"};

TEST(NearestNameTest, FindsNamesBehindOneMistake) {
  for (absl::string_view text :
       {"wake_chain", "wake_chains", "wakechain", "wake-chain", "wkae_chain"}) {
    EXPECT_THAT(NearestName(text, kNames), Eq("wake_chain")) << text;
  }
}

TEST(NearestNameTest, AcceptsHalfOfTheLettersWrongAndNoMore) {
  const absl::string_view names[] = {"abcd"};
  EXPECT_THAT(NearestName("abxy", names), Eq("abcd"));
  EXPECT_THAT(NearestName("axyz", names), IsEmpty());
  EXPECT_THAT(NearestName("abx", names), IsEmpty());
}

TEST(NearestNameTest, PrefersTheNearest) {
  const absl::string_view names[] = {"spin", "span", "spans"};
  EXPECT_THAT(NearestName("spans", names), Eq("spans"));
  EXPECT_THAT(NearestName("spani", names), Eq("span"));
}

TEST(NearestNameTest, SuggestsNothingForNothing) {
  EXPECT_THAT(NearestName("", kNames), IsEmpty());
  EXPECT_THAT(NearestName("wake_chain", {}), IsEmpty());
}

TEST(NearestNameTest, AsksAfterTheNameOnlyIfThereIsOne) {
  EXPECT_THAT(DidYouMean("spin_wiat", kNames),
              Eq(" (did you mean 'spin_wait'?)"));
  EXPECT_THAT(DidYouMean("hackbench", kNames), IsEmpty());
}

}  // namespace
}  // namespace ktstr
