// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/priority_inversion/priority_inversion.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/stressors/priority_inversion/inversion.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/tampered_stressor.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Ge;
using ::testing::HasSubstr;

constexpr uint64_t kPasses = 50;
const ParamText kPi = {"lock", "pi"};

class PriorityInversionTest : public testing::TestWithParam<WorkerMode> {
 protected:
  // Skips the test where nothing can be real-time.
  void SetUp() override {
    const absl::Status can =
        RunStressor(kPriorityInversion, {kPi}, BoundedBy(1)).setup;
    if (absl::IsUnimplemented(can)) GTEST_SKIP() << can;
  }

  static RunOptions Options(uint64_t iterations) {
    RunOptions options = BoundedBy(iterations);
    options.mode = GetParam();
    return options;
  }

  static void ExpectProof(const StressorResult& result,
                          const std::string& text) {
    EXPECT_THAT(result.stop_reason, Eq(StopReason::kIterations));
    EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr(text)));
    EXPECT_THAT(result.workers,
                Each(AllOf(Field(&WorkerResult::iterations, kPasses),
                           Field(&WorkerResult::end, WorkerEnd::kFinished))));
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, PriorityInversionTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(PriorityInversionTest, MediumGoesBeforeAPlainLock) {
  const StressorResult result =
      RunStressor(kPriorityInversion, {}, Options(kPasses));
  ExpectProof(result, "plain: high found the lock taken");
  EXPECT_THAT(result.workers[0].Find(Metric::kAcquireTime)->count(),
              Ge(kPasses));
  EXPECT_THAT(result.workers[2].Find(Metric::kAcquireTime)->count(),
              Ge(kPasses));
}

TEST_P(PriorityInversionTest, MediumWaitsForALockThatInherits) {
  const StressorResult result =
      RunStressor(kPriorityInversion, {kPi}, Options(kPasses));
  ExpectProof(result, "pi: high found the lock taken");
  EXPECT_THAT(result.workers[0].Find(Metric::kAcquireTime)->count(),
              Ge(kPasses));
}

TEST_P(PriorityInversionTest, SeveralOfEachEndTogether) {
  const std::vector<ParamText> params = {
      {"high", "2"}, {"medium", "3"}, {"low", "2"}, {"hold_iters", "1024"}};
  ExpectProof(RunStressor(kPriorityInversion, params, Options(kPasses)),
              "plain: ");
  std::vector<ParamText> with_pi = params;
  with_pi.push_back(kPi);
  ExpectProof(RunStressor(kPriorityInversion, with_pi, Options(kPasses)),
              "pi: ");
}

TEST_P(PriorityInversionTest, SeveralGroupsShareTheCpu) {
  RunOptions options = Options(kPasses);
  options.workers = 9;
  ExpectProof(RunStressor(kPriorityInversion, {kPi}, options),
              "and 2 more groups");
}

// Said to inherit, with the lock that does not.
class Unboosted final : public Inversion {
 public:
  using Inversion::Inversion;

 private:
  bool Inherits() const override { return true; }
};

TEST_P(PriorityInversionTest, LockThatDoesNotBoostFailsTheProof) {
  StressorDef def = DefineStressor<Unboosted>(kPriorityInversion);
  EXPECT_THAT(RunStressor(def, {}, Options(kPasses)).proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("a lock that inherits, but high found")));
}

// Said to be plain, with the lock that inherits: nothing inverts.
class Boosted final : public Inversion {
 public:
  using Inversion::Inversion;

 private:
  bool Inherits() const override { return false; }
};

TEST_P(PriorityInversionTest, LockThatBoostsFailsThePlainProof) {
  StressorDef def = DefineStressor<Boosted>(kPriorityInversion);
  EXPECT_THAT(RunStressor(def, {kPi}, Options(kPasses)).proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("a plain lock, but high found")));
}

TEST_P(PriorityInversionTest, BodyThatIsNotRealTimeFailsTheProof) {
  EXPECT_THAT(
      RunStressor(Broken<kPriorityInversion, OnlySpin>(), {}, Options(kPasses))
          .proof,
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("high was to be fifo:70")));
}

void NeverSlept(WorkerResult& worker) {
  worker.counters.voluntary_switches = 0;
}

TEST_P(PriorityInversionTest, SleepsThatTheKernelDoesNotCountFailTheProof) {
  EXPECT_THAT(RunStressor(Tampered<kPriorityInversion, NeverSlept>(), {},
                          Options(kPasses))
                  .proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("high slept only 0 times")));
}

TEST_P(PriorityInversionTest, FewPassesCannotTell) {
  EXPECT_THAT(RunStressor(kPriorityInversion, {}, Options(5)).proof,
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("too few")));
}

TEST_P(PriorityInversionTest, OneCpuMachineIsASkip) {
  RunOptions options = Options(kPasses);
  options.machine_cpus = CpuSet({options.cpus.First()});
  options.cpus = options.machine_cpus;
  EXPECT_THAT(RunStressor(kPriorityInversion, {}, options).setup,
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("needs a second CPU")));
}

TEST(PriorityInversionParamsTest, RefusesAnEmptyRole) {
  for (const char* name : {"high", "medium", "low", "hold_iters"}) {
    EXPECT_THAT(kPriorityInversion.Make({{name, "0"}}).status(),
                StatusIs(absl::StatusCode::kOutOfRange));
  }
  EXPECT_THAT(kPriorityInversion.Make({{"lock", "spin"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace ktstr
