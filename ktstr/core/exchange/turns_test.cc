// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/exchange/turns.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;

// Of partners with so many turns each, whom the kernel switched so often.
absl::StatusOr<std::string> Verdict(uint64_t first, uint64_t second,
                                    int64_t voluntary, int64_t involuntary) {
  std::vector<WorkerResult> peers(2);
  peers[0].iterations = first;
  peers[1].iterations = second;
  for (WorkerResult& peer : peers) {
    peer.counters.usage_known = true;
    peer.counters.voluntary_switches = voluntary;
    peer.counters.involuntary_switches = involuntary;
  }
  GroupResult pair;
  pair.workers = peers;
  return VerifyTurns(pair);
}

TEST(TurnsTest, SwitchesOfBothKindsAreOnePerTurn) {
  EXPECT_THAT(Verdict(100, 100, 90, 5), IsOkAndHolds("0.95 switches per turn"));
  EXPECT_THAT(Verdict(101, 100, 90, 5), IsOk());
}

TEST(TurnsTest, TooFewSwitchesAreNoExchange) {
  EXPECT_THAT(Verdict(100, 100, 30, 10),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("200 turns, but only 80 context switches")));
}

TEST(TurnsTest, PartnersThatDoNotAlternateDoNotTakeTurns) {
  EXPECT_THAT(Verdict(100, 102, 200, 0),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("one had 100, one 102")));
}

TEST(TurnsTest, AFewTurnsCannotTell) {
  for (int64_t switches : {0, 100}) {
    EXPECT_THAT(Verdict(1, 1, switches, 0),
                StatusIs(absl::StatusCode::kUnimplemented,
                         HasSubstr("2 turns are too few")));
  }
}

TEST(TurnsTest, NoTurnIsNoExchange) {
  EXPECT_THAT(Verdict(0, 0, 0, 0),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(TurnsTest, CannotTellWithoutTheKernelsCounters) {
  const std::vector<WorkerResult> peers(2);
  GroupResult pair;
  pair.workers = peers;
  EXPECT_THAT(VerifyTurns(pair).status(),
              StatusIs(absl::StatusCode::kUnimplemented));
}

}  // namespace
}  // namespace ktstr
