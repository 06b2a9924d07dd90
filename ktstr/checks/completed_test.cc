// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/completed.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/checks/stressor_text.h"

namespace ktstr {
namespace {

TEST(CompletedTest, PassesWhenEveryWorkerEndedByItself) {
  EXPECT_THAT(CheckCompleted(StressorFromText(R"pb(
                stop_reason: DURATION
                workers { end: FINISHED }
                workers { end: FINISHED }
              )pb")),
              IsLine("completed", proto::PASS, "2 workers ended in time"));
}

TEST(CompletedTest, NamesTheWorkerThatDiedAndHow) {
  EXPECT_THAT(
      CheckCompleted(StressorFromText(R"pb(
        workers { index: 0 role: "stage" end: FINISHED }
        workers {
          index: 1
          role: "stage"
          end: DIED
          exit_signal: 9
          run_ns: 1500000000
          iterations: 7
        }
        workers { index: 2 role: "stage" end: DIED exit_signal: 11 }
      )pb")),
      IsLine("completed", proto::FAIL,
             "2 of 3 workers did not complete: worker 1 (stage) died of "
             "SIGKILL after 1.50s and 7 iterations"));
}

TEST(CompletedTest, NamesTheCauseRatherThanItsVictims) {
  EXPECT_THAT(
      CheckCompleted(StressorFromText(R"pb(
        workers { index: 0 role: "worker" end: NEVER_STARTED }
        workers { index: 1 role: "worker" end: KILLED }
        workers {
          index: 2
          role: "worker"
          end: NEVER_STARTED
          failure: "clone3: Resource temporarily unavailable"
        }
      )pb")),
      IsLine("completed", proto::FAIL,
             "3 of 3 workers did not complete: worker 2 (worker) never reached "
             "the start barrier: clone3: Resource temporarily unavailable"));
}

TEST(CompletedTest, FailsForAWorkerThatWasLate) {
  EXPECT_THAT(CheckCompleted(StressorFromText(
                  R"pb(workers { role: "worker" end: TIMED_OUT })pb")),
              IsLine("completed", proto::FAIL,
                     testing::HasSubstr("did not stop within the grace")));
}

TEST(CompletedTest, QuotesTheErrorOfAWorkerThatGaveUp) {
  EXPECT_THAT(
      CheckCompleted(StressorFromText(
          R"pb(workers { role: "worker" end: FAILED failure: "no ink" })pb")),
      IsLine("completed", proto::FAIL, testing::EndsWith(": no ink")));
}

TEST(CompletedTest, FailsWhenTheRunWasInterrupted) {
  EXPECT_THAT(CheckCompleted(StressorFromText(R"pb(
                stop_reason: INTERRUPTED
                run_ns: 2000000
                workers { end: FINISHED }
              )pb")),
              IsLine("completed", proto::FAIL, "interrupted after 2.00ms"));
}

TEST(CompletedTest, FailsWithoutAnyWorker) {
  EXPECT_THAT(CheckCompleted({}),
              IsLine("completed", proto::FAIL, "no worker ran"));
}

}  // namespace
}  // namespace ktstr
