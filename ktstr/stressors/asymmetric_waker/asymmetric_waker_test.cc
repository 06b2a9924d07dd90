// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/asymmetric_waker/asymmetric_waker.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Lt;

// Few, because idle workers wait for all else on a busy machine.
constexpr uint64_t kPasses = 40;

struct Pair {
  const char* waker;
  const char* wakee;
  const char* proof;
};

class AsymmetricWakerTest : public testing::TestWithParam<WorkerMode> {
 protected:
  static StressorResult Run(const StressorDef& def, const std::string& waker,
                            const std::string& wakee) {
    RunOptions options = BoundedBy(kPasses);
    options.workers = 2;
    options.mode = GetParam();
    return RunStressor(def, {{"waker_class", waker}, {"wakee_class", wakee}},
                       options);
  }

  static void ExpectProof(const Pair& pair) {
    const StressorResult result = Run(kAsymmetricWaker, pair.waker, pair.wakee);
    // No privilege, or another kernel: says why.
    if (absl::IsUnimplemented(result.setup)) {
      GTEST_SKIP() << result.setup;
    }
    EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr(pair.proof)));
    EXPECT_THAT(result.workers,
                Each(Field(&WorkerResult::iterations, kPasses)));
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, AsymmetricWakerTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(AsymmetricWakerTest, EqualsWakeEachOther) {
  ExpectProof({"normal", "normal", "normal wakes normal: "});
}

TEST_P(AsymmetricWakerTest, BatchWakesIdle) {
  ExpectProof({"batch", "idle", "batch wakes idle"});
}

TEST_P(AsymmetricWakerTest, FairWakesRealTime) {
  ExpectProof({"normal", "fifo", "normal wakes fifo:50"});
}

TEST_P(AsymmetricWakerTest, RealTimeLetsItsEqualRun) {
  ExpectProof({"fifo", "rr", "fifo:50 wakes rr:50"});
}

// Not even those who were still fair when it was real-time already.
TEST_P(AsymmetricWakerTest, RealTimeWakerKeepsNobodyFromBeginning) {
  const StressorResult result = Run(kAsymmetricWaker, "fifo", "fifo");
  if (absl::IsUnimplemented(result.setup)) GTEST_SKIP() << result.setup;
  EXPECT_THAT(result.workers[1].wakes_missed, Lt(kPasses));
}

TEST_P(AsymmetricWakerTest, FairWakesDeadline) {
  ExpectProof({"normal", "deadline", "wakes deadline:900us/10ms/10ms"});
}

TEST_P(AsymmetricWakerTest, BodyThatSetsNoPolicyFailsTheProof) {
  const StressorResult result =
      Run(Broken<kAsymmetricWaker, OnlySpin>(), "normal", "batch");
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("waker was to be normal")));
}

TEST_P(AsymmetricWakerTest, OneCpuMachineIsASkipForRealTime) {
  RunOptions options = BoundedBy(kPasses);
  options.machine_cpus = CpuSet({options.cpus.First()});
  options.cpus = options.machine_cpus;
  EXPECT_THAT(
      RunStressor(kAsymmetricWaker, {{"wakee_class", "fifo"}}, options).setup,
      StatusIs(absl::StatusCode::kUnimplemented));
}

TEST(AsymmetricWakerParamsTest, RefusesAnUnknownClass) {
  EXPECT_THAT(kAsymmetricWaker.Make({{"waker_class", "cfs"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace ktstr
