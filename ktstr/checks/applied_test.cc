// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/applied.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/checks/stressor_text.h"

namespace ktstr {
namespace {

TEST(AppliedTest, PassesWithWhatHolds) {
  EXPECT_THAT(
      CheckApplied(StressorFromText(R"pb(
        workers {
          settings { name: "affinity" asked: "0" got: "0" applied: true }
          settings { name: "timer_slack" asked: "1ns" got: "1ns" applied: true }
        }
        workers {
          settings { name: "affinity" asked: "0" got: "0" applied: true }
        }
      )pb")),
      IsLine("applied", proto::PASS, "affinity 0, timer_slack 1ns"));
}

TEST(AppliedTest, ShowsWhatWasAskedAndWhatCameOfIt) {
  EXPECT_THAT(
      CheckApplied(StressorFromText(R"pb(
        workers {
          settings { name: "affinity" asked: "0" got: "0" applied: true }
        }
        workers {
          index: 1
          role: "stage"
          settings { name: "affinity" asked: "0-3" got: "0-1" }
        }
      )pb")),
      IsLine("applied", proto::FAIL,
             "1 of 2 settings not applied: worker 1 (stage): affinity asked "
             "0-3, got 0-1"));
}

TEST(AppliedTest, NamesTheErrno) {
  EXPECT_THAT(
      CheckApplied(StressorFromText(R"pb(
        workers {
          role: "worker"
          settings { name: "nice" asked: "-5" error: 1 error_name: "EPERM" }
        }
      )pb")),
      IsLine("applied", proto::FAIL,
             testing::EndsWith("asked -5, got no answer (EPERM)")));
}

TEST(AppliedTest, PassesWhenNothingWasAsked) {
  EXPECT_THAT(
      CheckApplied(StressorFromText("workers {}")),
      IsLine("applied", proto::PASS, "nothing was asked of the kernel"));
}

}  // namespace
}  // namespace ktstr
