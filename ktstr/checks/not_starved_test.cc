// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/not_starved.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "ktstr/checks/stressor_text.h"

namespace ktstr {
namespace {

TEST(NotStarvedTest, PassesAndNamesTheSlowest) {
  EXPECT_THAT(
      CheckNotStarved({}, StressorFromText(R"pb(
                        workers { index: 0 role: "worker" iterations: 5 }
                        workers { index: 1 role: "worker" iterations: 1 }
                      )pb")),
      IsLine("not_starved", proto::PASS,
             "least: worker 1 (worker) with 1 iteration"));
}

TEST(NotStarvedTest, FailsForOneWorkerOfMany) {
  EXPECT_THAT(
      CheckNotStarved({}, StressorFromText(R"pb(
                        workers { index: 0 role: "source" iterations: 9000 }
                        workers { index: 1 role: "stage" run_ns: 5000000000 }
                      )pb")),
      IsLine("not_starved", proto::FAIL,
             "1 of 2 workers finished no iteration, first worker 1 (stage) in "
             "5.00s"));
}

// Two workers on a CPU: the equal share of each is half of the run.
proto::Stressor LongPasses(int64_t on_cpu_ns) {
  proto::Stressor stressor = StressorFromText(R"pb(
    host { capacity_ns: 1000000000 }
    workers { index: 0 role: "stage" iterations: 9 run_ns: 1000000000 }
    workers { index: 1 role: "stage" run_ns: 1000000000 }
  )pb");
  stressor.mutable_workers(1)->mutable_counters()->set_on_cpu_ns(on_cpu_ns);
  return stressor;
}

TEST(NotStarvedTest, CannotTellWhereTheFirstPassOutlastsTheRun) {
  EXPECT_THAT(CheckNotStarved({}, LongPasses(50'000'000)),
              IsLine("not_starved", proto::SKIP,
                     "1 of 2 workers finished no iteration, first worker 1 "
                     "(stage) in 50.0ms of CPU time: the first takes longer; "
                     "raise --duration"));
}

TEST(NotStarvedTest, FailsForOneThatWasKeptFromTheCpu) {
  EXPECT_EQ(CheckNotStarved({}, LongPasses(49'000'000)).verdict(), proto::FAIL);
  proto::Stressor stressor = LongPasses(50'000'000);
  stressor.mutable_workers(0)->set_iterations(0);
  EXPECT_THAT(CheckNotStarved({}, stressor),
              IsLine("not_starved", proto::FAIL,
                     "2 of 2 workers finished no iteration, first worker 0 "
                     "(stage) in 1.00s"));
}

TEST(NotStarvedTest, CannotTellInAMachineThatStandsStill) {
  proto::Options options;
  options.set_cpu_share(0.125);
  EXPECT_EQ(CheckNotStarved(options, LongPasses(0)).verdict(), proto::FAIL);
  options.set_cpu_share(0.03125);
  EXPECT_THAT(CheckNotStarved(options, LongPasses(0)),
              IsLine("not_starved", proto::SKIP,
                     "1 of 2 workers finished no iteration, first worker 1 "
                     "(stage) in 1.00s: each CPU of this emulated machine has "
                     "3.12% of a real one"));
}

TEST(NotStarvedTest, FailsWithoutAnyWorker) {
  EXPECT_THAT(CheckNotStarved({}, {}),
              IsLine("not_starved", proto::FAIL, "no worker ran"));
}

}  // namespace
}  // namespace ktstr
