// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/smt_sibling_spin/smt_sibling_spin.h"

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stressors/smt_sibling_spin/sibling_spin.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/topology/fake_sysfs.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;

constexpr uint64_t kPasses = 500;

// The stressor on a machine whose CPUs 0 and 1 are said to be siblings, with
// another body if there is one.
struct FakeSiblings final : StressorDef {
  explicit FakeSiblings(BrokenStressor::Body broken = nullptr)
      : StressorDef(kSmtSiblingSpin), body(broken) {
    make = [](const StressorDef& self,
              absl::Span<const ParamText>) -> absl::StatusOr<MadeStressor> {
      const auto& fake = static_cast<const FakeSiblings&>(self);
      std::unique_ptr<Stressor> made = std::make_unique<SiblingSpin>(
          SiblingSpin::Params{}, fake.sysfs.root());
      if (fake.body != nullptr) {
        made = std::make_unique<BrokenStressor>(std::move(made), fake.body);
      }
      return MadeStressor{std::move(made), /*params=*/{}};
    };
  }

  const FakeSysfs sysfs{FakeSysfs::Shape{.smt = 2}};
  const BrokenStressor::Body body;
};

class SmtSiblingSpinTest : public testing::TestWithParam<WorkerMode> {
 protected:
  void SetUp() override {
    if (GetAffinity(0)->Intersect(CpuSet({0, 1})).Count() < 2) {
      GTEST_SKIP() << "needs CPUs 0 and 1";
    }
  }

  static RunOptions Options(uint64_t iterations) {
    RunOptions options = BoundedBy(iterations);
    options.mode = GetParam();
    options.workers = 2;
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, SmtSiblingSpinTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(SmtSiblingSpinTest, SpinsAloneAndThenBesideItsSibling) {
  const FakeSiblings def;
  const StressorResult result = RunStressor(def, {}, Options(kPasses));
  ASSERT_THAT(result.setup, IsOk());
  if (absl::IsUnimplemented(result.proof.status())) {
    GTEST_SKIP() << result.proof.status();
  }
  EXPECT_THAT(result.proof, IsOkAndHolds(AllOf(HasSubstr("on CPUs 0 and 1"),
                                               HasSubstr("takes alone"))));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kIterationCost)->count(), Eq(kPasses));
    EXPECT_THAT(worker.Find(Metric::kSoloCost)->count(), AllOf(Ge(1), Le(64)));
  }
}

TEST_P(SmtSiblingSpinTest, WorkersAreOnTheCpusOfTheirPositions) {
  const FakeSiblings def;
  const StressorResult result = RunStressor(def, {}, Options(kPasses));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_TRUE(worker.cpus_used.Contains(worker.position));
    // Besides where it began.
    EXPECT_THAT(worker.migrations, Le(1));
  }
}

TEST_P(SmtSiblingSpinTest, SeveralGroupsShareThePair) {
  const FakeSiblings def;
  RunOptions options = Options(kPasses);
  options.workers = 6;
  const StressorResult result = RunStressor(def, {}, options);
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished));
    EXPECT_THAT(worker.iterations, Eq(kPasses));
  }
  EXPECT_THAT(
      result.proof.status().code(),
      testing::AnyOf(absl::StatusCode::kOk, absl::StatusCode::kUnimplemented))
      << result.proof.status();
}

TEST_P(SmtSiblingSpinTest, FewPassesCannotTell) {
  const FakeSiblings def;
  EXPECT_THAT(
      RunStressor(def, {}, Options(5)).proof,
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("too few to tell")));
}

TEST_P(SmtSiblingSpinTest, NotPinningFailsTheProof) {
  const FakeSiblings def(OnlySpin);
  EXPECT_THAT(RunStressor(def, {}, Options(kPasses)).proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("was to stay on CPU 0, and was not seen")));
}

// Fails a worker whose body leaves it other CPUs than it had.
class WatchedSpin final : public Stressor {
 public:
  explicit WatchedSpin(const std::string& sysfs_root) : real_({}, sysfs_root) {}

  uint32_t GroupSize() const override { return real_.GroupSize(); }
  absl::Status Prepare(Preparation& preparation) override {
    return real_.Prepare(preparation);
  }
  absl::Status Run(Worker& worker) override {
    const CpuSet before = *GetAffinity(0);
    absl::Status status = real_.Run(worker);
    if (status.ok() && *GetAffinity(0) != before) {
      return absl::InternalError("left pinned");
    }
    return status;
  }
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return real_.Verify(group);
  }

 private:
  SiblingSpin real_;
};

TEST_P(SmtSiblingSpinTest, LeavesWorkersTheirCpus) {
  FakeSiblings def;
  def.make = [](const StressorDef& self,
                absl::Span<const ParamText>) -> absl::StatusOr<MadeStressor> {
    const auto& fake = static_cast<const FakeSiblings&>(self);
    return MadeStressor{std::make_unique<WatchedSpin>(fake.sysfs.root()),
                        /*params=*/{}};
  };
  const StressorResult result = RunStressor(def, {}, Options(kPasses));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished)) << worker.failure;
  }
}

TEST_P(SmtSiblingSpinTest, CpusOfTwoCoresAreASkip) {
  const FakeSiblings def;
  RunOptions options = Options(kPasses);
  options.cpus = CpuSet({0});
  options.cpus_given = true;
  EXPECT_THAT(RunStressor(def, {}, options).setup,
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("no two of CPUs 0 share a core")));
}

TEST(SmtSiblingSpinParamsTest, RefusesNegativeSpins) {
  EXPECT_THAT(kSmtSiblingSpin.Make({{"spin_iters", "-1"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace ktstr
