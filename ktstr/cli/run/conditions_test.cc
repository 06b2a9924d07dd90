// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/conditions.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/checks/requested/condition.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

Plan ChainAndSpin() {
  PlannedStressor chain;
  chain.alias = "chain";
  chain.roles = {"source", "stage"};
  PlannedStressor spin;
  spin.alias = "spin";
  spin.roles = {"worker"};
  Plan plan;
  plan.steps = {{{chain}}, {{spin}}};
  return plan;
}

absl::Status Check(const char* text) {
  return CheckNarrowing({*ParseCondition(text)}, ChainAndSpin());
}

TEST(ConditionsTest, MayBeForWhatThePlanHas) {
  EXPECT_THAT(Check("gap.max<1s"), IsOk());
  EXPECT_THAT(Check("role=stage gap.max<1s"), IsOk());
  EXPECT_THAT(Check("stressor=spin role=worker gap.max<1s"), IsOk());
}

TEST(ConditionsTest, AreRefusedForWhatItDoesNotHave) {
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(Check("role=stag gap.max<1s"),
              StatusIs(kInvalid,
                       "--check='role=stag,gap.max<1s': this run has no role "
                       "'stag' (did you mean 'stage'?); it has source, stage, "
                       "worker"));
  EXPECT_THAT(Check("stressor=spin role=stage gap.max<1s"),
              StatusIs(kInvalid, testing::EndsWith("; it has worker")));
  EXPECT_THAT(
      Check("stressor=x gap.max<1s"),
      StatusIs(kInvalid, testing::HasSubstr("no stressor 'x'; it has chain")));
}

}  // namespace
}  // namespace ktstr
