// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/exercised.h"

#include "gtest/gtest.h"
#include "ktstr/checks/stressor_text.h"

namespace ktstr {
namespace {

TEST(ExercisedTest, PassesWithTheNumbersOfTheProof) {
  EXPECT_THAT(CheckExercised(StressorFromText(
                  R"pb(proof { kind: OK text: "2 switches a hop" })pb")),
              IsLine("exercised", proto::PASS, "2 switches a hop"));
}

TEST(ExercisedTest, SkipsWhereTheRunCannotTell) {
  EXPECT_THAT(CheckExercised(StressorFromText(
                  R"pb(proof { kind: SKIPPED text: "no schedstat" })pb")),
              IsLine("exercised", proto::SKIP, "no schedstat"));
}

TEST(ExercisedTest, FailsWhenTheKernelDidSomethingElse) {
  EXPECT_THAT(CheckExercised(StressorFromText(
                  R"pb(proof { kind: FAILED text: "no switches" })pb")),
              IsLine("exercised", proto::FAIL, "no switches"));
}

TEST(ExercisedTest, FailsWithoutAProof) {
  EXPECT_THAT(CheckExercised({}), IsLine("exercised", proto::FAIL,
                                         "the proof was never looked at"));
}

}  // namespace
}  // namespace ktstr
