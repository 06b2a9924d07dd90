// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/not_starved.h"

#include "gtest/gtest.h"
#include "ktstr/checks/stressor_text.h"

namespace ktstr {
namespace {

TEST(NotStarvedTest, PassesAndNamesTheSlowest) {
  EXPECT_THAT(CheckNotStarved(StressorFromText(R"pb(
                workers { index: 0 role: "worker" iterations: 5 }
                workers { index: 1 role: "worker" iterations: 1 }
              )pb")),
              IsLine("not_starved", proto::PASS,
                     "least: worker 1 (worker) with 1 iteration"));
}

TEST(NotStarvedTest, FailsForOneWorkerOfMany) {
  EXPECT_THAT(
      CheckNotStarved(StressorFromText(R"pb(
        workers { index: 0 role: "source" iterations: 9000 }
        workers { index: 1 role: "stage" run_ns: 5000000000 }
      )pb")),
      IsLine("not_starved", proto::FAIL,
             "1 of 2 workers finished no iteration, first worker 1 (stage) in "
             "5.00s"));
}

TEST(NotStarvedTest, FailsWithoutAnyWorker) {
  EXPECT_THAT(CheckNotStarved({}),
              IsLine("not_starved", proto::FAIL, "no worker ran"));
}

}  // namespace
}  // namespace ktstr
