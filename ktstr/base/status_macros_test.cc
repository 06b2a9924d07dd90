// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/status_macros.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

absl::Status Pass(const absl::Status& status, bool& went_on) {
  KTSTR_RETURN_IF_ERROR(status);
  went_on = true;
  return absl::OkStatus();
}

absl::StatusOr<int> AddUp(const absl::StatusOr<int>& a,
                          absl::StatusOr<std::unique_ptr<int>> b) {
  KTSTR_ASSIGN_OR_RETURN(int sum, a);
  KTSTR_ASSIGN_OR_RETURN(const std::unique_ptr<int> second, std::move(b));
  sum += *second;
  return sum;
}

TEST(ReturnIfErrorTest, GoesOnWhenOk) {
  bool went_on = false;
  EXPECT_THAT(Pass(absl::OkStatus(), went_on), IsOk());
  EXPECT_TRUE(went_on);
}

TEST(ReturnIfErrorTest, ReturnsTheError) {
  bool went_on = false;
  EXPECT_THAT(Pass(absl::DataLossError("gone"), went_on),
              StatusIs(absl::StatusCode::kDataLoss, "gone"));
  EXPECT_FALSE(went_on);
}

TEST(AssignOrReturnTest, TakesValuesAlsoMoveOnlyOnes) {
  EXPECT_THAT(AddUp(40, std::make_unique<int>(2)), IsOkAndHolds(42));
}

TEST(AssignOrReturnTest, ReturnsTheFirstError) {
  EXPECT_THAT(AddUp(absl::AbortedError("first"), absl::InternalError("second")),
              StatusIs(absl::StatusCode::kAborted, "first"));
}

}  // namespace
}  // namespace ktstr
