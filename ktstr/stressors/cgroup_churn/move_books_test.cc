// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/cgroup_churn/move_books.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class JudgeMovesTest : public testing::Test {
 protected:
  JudgeMovesTest() {
    books_.home.Set(home_.path());
    books_.prefix.Set(home_.path() + "/ktstr.1.");
    books_.groups = 2;
    books_.moves = 5;
    books_.has_cpu = true;
    books_.back = true;
  }

  TempDir home_;
  MoveBooks books_ = {};
};

TEST_F(JudgeMovesTest, MovesAndNothingLeftAreTheProof) {
  EXPECT_THAT(
      JudgeMoves(books_, 5),
      IsOkAndHolds(AllOf(HasSubstr("5 moves between 2 cgroups with cpu"),
                         HasSubstr(home_.path()))));
}

TEST_F(JudgeMovesTest, NoMovesCannotTell) {
  EXPECT_THAT(
      JudgeMoves(MoveBooks{}, 0),
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("too few to tell")));
}

TEST_F(JudgeMovesTest, APassWithoutAMoveFailsIt) {
  EXPECT_THAT(JudgeMoves(books_, 6),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("6 passes with 5 moves")));
}

TEST_F(JudgeMovesTest, BeingElsewhereFailsIt) {
  books_.strays = 1;
  EXPECT_THAT(JudgeMoves(books_, 5),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("after 1 of which it was elsewhere")));
}

TEST_F(JudgeMovesTest, NotGoingBackFailsIt) {
  books_.back = false;
  EXPECT_THAT(JudgeMoves(books_, 5),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("did not go back")));
}

TEST_F(JudgeMovesTest, WhatIsStillThereFailsIt) {
  home_.Write("ktstr.1.1", "");
  EXPECT_THAT(JudgeMoves(books_, 5),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("ktstr.1.1 is still there")));
}

}  // namespace
}  // namespace ktstr
