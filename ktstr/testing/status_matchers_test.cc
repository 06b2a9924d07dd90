// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/testing/status_matchers.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using ::testing::DescribeMatcher;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pointee;
using ::testing::StringMatchResultListener;

absl::StatusOr<int> Answer() { return 42; }
absl::StatusOr<int> NoAnswer() { return absl::AbortedError("too early"); }

TEST(IsOkTest, TellsOkFromError) {
  EXPECT_THAT(absl::OkStatus(), IsOk());
  EXPECT_THAT(Answer(), IsOk());
  EXPECT_THAT(absl::AbortedError(""), Not(IsOk()));
  EXPECT_THAT(NoAnswer(), Not(IsOk()));
}

TEST(IsOkAndHoldsTest, TakesValuesAndMatchers) {
  EXPECT_THAT(Answer(), IsOkAndHolds(42));
  EXPECT_THAT(Answer(), IsOkAndHolds(Gt(41)));
  EXPECT_THAT(absl::StatusOr<std::string>("abc"), IsOkAndHolds("abc"));
}

TEST(IsOkAndHoldsTest, RefusesOtherValuesAndErrors) {
  EXPECT_THAT(Answer(), Not(IsOkAndHolds(41)));
  EXPECT_THAT(NoAnswer(), Not(IsOkAndHolds(42)));
}

TEST(IsOkAndHoldsTest, LooksIntoMoveOnlyValues) {
  const absl::StatusOr<std::unique_ptr<int>> held = std::make_unique<int>(42);
  EXPECT_THAT(held, IsOkAndHolds(Pointee(42)));
}

TEST(IsOkAndHoldsTest, ExplainsErrors) {
  const testing::Matcher<absl::StatusOr<int>> matcher = IsOkAndHolds(42);
  StringMatchResultListener listener;
  EXPECT_FALSE(matcher.MatchAndExplain(NoAnswer(), &listener));
  EXPECT_THAT(listener.str(), HasSubstr("too early"));
  EXPECT_THAT(DescribeMatcher<absl::StatusOr<int>>(matcher),
              HasSubstr("holds a value that is equal to 42"));
}

TEST(StatusIsTest, ComparesTheCode) {
  EXPECT_THAT(NoAnswer(), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(absl::OkStatus(), StatusIs(absl::StatusCode::kOk));
  EXPECT_THAT(NoAnswer(), Not(StatusIs(absl::StatusCode::kNotFound)));
}

TEST(StatusIsTest, ComparesTheMessage) {
  EXPECT_THAT(NoAnswer(),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("early")));
  EXPECT_THAT(NoAnswer(), StatusIs(absl::StatusCode::kAborted, "too early"));
  EXPECT_THAT(NoAnswer(),
              Not(StatusIs(absl::StatusCode::kAborted, HasSubstr("late"))));
}

}  // namespace
}  // namespace ktstr
