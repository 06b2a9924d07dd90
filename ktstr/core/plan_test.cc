// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/plan.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::SizeIs;

// One boss and `size - 1` others.
class Gang final : public Stressor {
 public:
  struct Params {
    uint32_t size = 4;
  };
  explicit Gang(const Params& params) : params_(params) {}
  uint32_t GroupSize() const override { return params_.size; }
  absl::string_view Role(uint32_t position) const override {
    return position == 0 ? "boss" : "other";
  }
  absl::Status Run(Worker&) override { return absl::OkStatus(); }
  absl::StatusOr<std::string> Verify(const GroupResult&) const override {
    return "";
  }

 private:
  const Params params_;
};

constexpr FieldDef kFields[] = {
    Field<&Gang::Params::size>("size", "of the gang", 1, 1024)};

constexpr StressorDef GangDef(uint32_t workers_per_cpu) {
  return DefineStressor<Gang>({.name = "gang",
                               .summary = "",
                               .kernel_path = "",
                               .needs = "",
                               .proof = "",
                               .fields = kFields,
                               .workers_per_cpu = workers_per_cpu});
}

constexpr StressorDef kGang = GangDef(1);
constexpr StressorDef kBusyGang = GangDef(3);

RunOptions OnCpus(absl::string_view cpus, uint32_t workers = 0) {
  RunOptions options;
  options.cpus = *CpuSet::Parse(cpus);
  options.workers = workers;
  return options;
}

absl::StatusOr<Plan> PlanGang(const RunOptions& options,
                              const std::vector<ParamText>& words = {}) {
  return MakePlan(options, {{"gang", &kGang}}, words);
}

uint32_t WorkersOf(const StressorDef& def, const RunOptions& options,
                   const char* size) {
  const absl::StatusOr<Plan> plan =
      MakePlan(options, {{"gang", &def}}, {{"size", size}});
  EXPECT_THAT(plan, IsOk());
  return plan->steps[0].stressors[0].workers;
}

TEST(PlanTest, CoversTheCpusWithWholeGroupsByDefault) {
  EXPECT_THAT(WorkersOf(kGang, OnCpus("0-1"), "1"), Eq(2));
  EXPECT_THAT(WorkersOf(kGang, OnCpus("0-1"), "4"), Eq(4));
  EXPECT_THAT(WorkersOf(kGang, OnCpus("0-7"), "4"), Eq(8));
  EXPECT_THAT(WorkersOf(kGang, OnCpus("0-8"), "4"), Eq(12));
  EXPECT_THAT(WorkersOf(kBusyGang, OnCpus("0-1"), "1"), Eq(6));
  EXPECT_THAT(WorkersOf(kBusyGang, OnCpus("0-2"), "4"), Eq(12));
}

TEST(PlanTest, TakesTheNumberOfWorkersThatIsAskedFor) {
  EXPECT_THAT(WorkersOf(kGang, OnCpus("0-1", 12), "4"), Eq(12));
  EXPECT_THAT(WorkersOf(kBusyGang, OnCpus("0-1", 100'000), "1"), Eq(100'000));
}

TEST(PlanTest, NamesTheTwoNearestNumbersOfWorkers) {
  const auto refuses = [](const char* message) {
    return StatusIs(absl::StatusCode::kInvalidArgument, Eq(message));
  };
  EXPECT_THAT(PlanGang(OnCpus("0", 6)),
              refuses("gang: --workers=6 is not a multiple of its group of 4; "
                      "the nearest are 4 and 8"));
  EXPECT_THAT(PlanGang(OnCpus("0", 3)),
              refuses("gang: --workers=3 is not a multiple of its group of 4; "
                      "the nearest are 4 and 8"));
  EXPECT_THAT(PlanGang(OnCpus("0", 1001)),
              refuses("gang: --workers=1001 is not a multiple of its group of "
                      "4; the nearest are 1000 and 1004"));
}

TEST(PlanTest, RefusesMoreWorkersThanMakeSense) {
  EXPECT_THAT(PlanGang(OnCpus("0", 100'004)),
              StatusIs(absl::StatusCode::kOutOfRange,
                       Eq("gang: 100004 workers are too many: at most "
                          "100000")));
}

TEST(PlanTest, PassesTheErrorsOfParametersOnWithTheAlias) {
  EXPECT_THAT(PlanGang(OnCpus("0"), {{"size", "0"}}),
              StatusIs(absl::StatusCode::kOutOfRange,
                       Eq("gang: size=0 is out of range; it takes 1 .. 1024 "
                          "(default 4)")));
}

const std::vector<Selection> kTwice = {{"slow", &kGang}, {"fast", &kGang}};

TEST(PlanTest, GivesWordsToTheOnlyStressor) {
  for (const char* name : {"size", "gang.size"}) {
    const absl::StatusOr<Plan> plan = PlanGang(OnCpus("0"), {{name, "2"}});
    ASSERT_THAT(plan, IsOk());
    EXPECT_THAT(plan->steps[0].stressors[0].group_size, Eq(2));
  }
}

TEST(PlanTest, GivesWordsToTheAliasTheyName) {
  const absl::StatusOr<Plan> plan =
      MakePlan(OnCpus("0-7"), kTwice, {{"fast.size", "2"}, {"slow.size", "8"}});
  ASSERT_THAT(plan, IsOk());
  ASSERT_THAT(plan->steps, SizeIs(2));
  EXPECT_THAT(plan->steps[0].stressors[0].alias, Eq("slow"));
  EXPECT_THAT(plan->steps[0].stressors[0].group_size, Eq(8));
  EXPECT_THAT(plan->steps[1].stressors[0].group_size, Eq(2));
}

TEST(PlanTest, RefusesWordsThatCouldBeForSeveral) {
  EXPECT_THAT(MakePlan(OnCpus("0"), kTwice, {{"size", "2"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       Eq("'size=2' could be for any of 2 stressors; say "
                          "which: slow.size=2")));
}

TEST(PlanTest, RefusesWordsForNobody) {
  EXPECT_THAT(MakePlan(OnCpus("0"), kTwice, {{"fats.size", "2"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       Eq("'fats.size=2': no stressor 'fats' in this run (did "
                          "you mean 'fast'?)")));
  // The alias hides the name of the row.
  EXPECT_THAT(MakePlan(OnCpus("0"), kTwice, {{"gang.size", "2"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       Eq("'gang.size=2': no stressor 'gang' in this run")));
}

TEST(PlanTest, KnowsTheRoleOfEveryPosition) {
  const absl::StatusOr<Plan> plan = PlanGang(OnCpus("0"));
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(plan->steps[0].stressors[0].roles,
              ElementsAre("boss", "other", "other", "other"));
}

TEST(PlanTest, RunsStressorsOneAfterAnotherOrTogether) {
  RunOptions options = OnCpus("0");
  EXPECT_THAT(MakePlan(options, kTwice, {})->steps, SizeIs(2));
  options.together = true;
  const absl::StatusOr<Plan> plan = MakePlan(options, kTwice, {});
  ASSERT_THAT(plan->steps, SizeIs(1));
  EXPECT_THAT(plan->steps[0].stressors, SizeIs(2));
}

TEST(DescribePlanTest, HasALineForEachWorker) {
  RunOptions options = OnCpus("0-1", 4);
  options.duration = absl::Milliseconds(1500);
  options.iterations = 1000;
  const absl::StatusOr<Plan> plan =
      MakePlan(options, {{"fast", &kGang}}, {{"size", "2"}});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(DescribePlan(*plan),
              Eq("step 1 of 1, 1.5s or 1000 iterations of each worker:\n"
                 "  fast (gang) size=2\n"
                 "    4 workers in 2 groups of 2, a process each\n"
                 "    worker 0    group 0    boss       CPUs 0-1 (inherited)\n"
                 "    worker 1    group 0    other      CPUs 0-1 (inherited)\n"
                 "    worker 2    group 1    boss       CPUs 0-1 (inherited)\n"
                 "    worker 3    group 1    other      CPUs 0-1 "
                 "(inherited)\n"));
}

TEST(DescribePlanTest, TellsStepsThreadsAndGivenCpus) {
  RunOptions options = OnCpus("0,2", 1);
  options.mode = WorkerMode::kThread;
  options.cpus_given = true;
  const absl::StatusOr<Plan> plan =
      MakePlan(options, kTwice, {{"fast.size", "1"}, {"slow.size", "1"}});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(DescribePlan(*plan),
              Eq("step 1 of 2, 5s:\n"
                 "  slow (gang) size=1\n"
                 "    1 worker in 1 group of 1, threads\n"
                 "    worker 0    group 0    boss       CPUs 0,2\n"
                 "step 2 of 2, 5s:\n"
                 "  fast (gang) size=1\n"
                 "    1 worker in 1 group of 1, threads\n"
                 "    worker 0    group 0    boss       CPUs 0,2\n"));
}

}  // namespace
}  // namespace ktstr
