// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/sequence/tally.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/proc/own_usage.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;

constexpr auto kFailed = absl::StatusCode::kFailedPrecondition;

TEST(TallyTest, SpinningIsCpuTimeWithoutGivingUpTheCpu) {
  Tally tally = {};
  EXPECT_THAT(VerifySpinning(tally), StatusIs(kFailed));
  tally.AddPhase({}, {}, 250'000);
  EXPECT_THAT(VerifySpinning(tally), IsOkAndHolds("250us of spinning"));
  tally.AddPhase({}, {.voluntary_switches = 9}, 0);
  EXPECT_THAT(VerifySpinning(tally),
              StatusIs(kFailed, HasSubstr("given up 9 times")));
}

TEST(TallyTest, SleepingIsASwitchForEach) {
  Tally tally = {};
  tally.AddPhase({.voluntary_switches = 5}, {.voluntary_switches = 6}, 0);
  EXPECT_THAT(VerifySleeping(tally), IsOkAndHolds(HasSubstr("for 1 sleeps")));
  tally.AddPhase({}, {}, 0);
  tally.AddPhase({}, {}, 0);
  EXPECT_THAT(VerifySleeping(tally), StatusIs(kFailed));
}

TEST(TallyTest, WritingIsWhatTheKernelCounted) {
  Tally tally = {};
  EXPECT_THAT(VerifyWriting(tally, /*counted=*/true), StatusIs(kFailed));
  tally.AddBytesMeant(10'000);
  tally.AddPhase({}, {.bytes_written = 8192}, 0);
  EXPECT_THAT(
      VerifyWriting(tally, /*counted=*/true),
      StatusIs(kFailed, HasSubstr("10000 bytes to be written, the kernel "
                                  "counted 8192")));
  tally.AddPhase({.bytes_written = 8192}, {.bytes_written = 12'288}, 0);
  EXPECT_THAT(VerifyWriting(tally, /*counted=*/true),
              IsOkAndHolds("12288 bytes written and flushed"));
  EXPECT_THAT(VerifyWriting(tally, /*counted=*/false),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("counts no writes")));
}

}  // namespace
}  // namespace ktstr
