// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What every stressor owes, over the whole table and in both modes.

#include <dirent.h>
#include <signal.h>

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/stressors/registry.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Ne;
using ::testing::SizeIs;
using ::testing::TestParamInfo;
using ::testing::TestWithParam;

constexpr uint64_t kPasses = 50;

// The default parameters, but for times: those of milliseconds and more, which
// would make a pass last as long, are as short as a sleep can be told, and in
// lists of times they are microseconds.
std::vector<ParamText> ShortTimes(const StressorDef& def) {
  constexpr absl::string_view kShort = "200us";
  const absl::StatusOr<MadeStressor> made = def.Make();
  std::vector<ParamText> texts;
  for (const ParamValue& param : made->params) {
    absl::Duration time;
    ParamText shorter = {param.name, std::string(kShort)};
    if (!absl::ParseDuration(param.value, &time)) {
      shorter.value = absl::StrReplaceAll(param.value, {{"ms", "us"}});
      if (shorter.value == param.value) continue;
    } else if (time < absl::Milliseconds(1)) {
      continue;
    }
    if (def.Make({{shorter}}).ok()) texts.push_back(shorter);
  }
  return texts;
}

class ContractTest
    : public TestWithParam<std::tuple<const StressorDef*, WorkerMode>> {
 protected:
  const StressorDef& def() const { return *std::get<0>(GetParam()); }

  RunOptions Options(uint64_t iterations) const {
    RunOptions options = BoundedBy(iterations);
    options.mode = std::get<1>(GetParam());
    return options;
  }

  // Runs with default parameters but for short times.
  StressorResult Run(
      const RunOptions& options,
      const std::function<void(const LiveView&)>& on_tick = nullptr) const {
    return RunStressor(def(), ShortTimes(def()), options, on_tick);
  }
};

std::string NameOf(
    const TestParamInfo<std::tuple<const StressorDef*, WorkerMode>>& info) {
  const bool fork = std::get<1>(info.param) == WorkerMode::kFork;
  return std::string(std::get<0>(info.param)->name) +
         (fork ? "_fork" : "_thread");
}

INSTANTIATE_TEST_SUITE_P(
    AllStressors, ContractTest,
    testing::Combine(testing::ValuesIn(AllStressors().begin(),
                                       AllStressors().end()),
                     testing::Values(WorkerMode::kFork, WorkerMode::kThread)),
    NameOf);

size_t OpenFiles() {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir("/proc/self/fd"),
                                                closedir);
  size_t count = 0;
  while (readdir(dir.get()) != nullptr) ++count;
  return count;
}

#define SKIP_IF_HOST_CANNOT(result)            \
  if (absl::IsUnimplemented((result).setup)) { \
    GTEST_SKIP() << (result).setup.message();  \
  }                                            \
  ASSERT_THAT((result).setup, IsOk())

TEST_P(ContractTest, EveryWorkerFinishesItsPasses) {
  const StressorResult result = Run(Options(kPasses));
  SKIP_IF_HOST_CANNOT(result);
  EXPECT_THAT(result.stop_reason, Eq(StopReason::kIterations));
  EXPECT_THAT(result.workers,
              Each(AllOf(Field(&WorkerResult::end, WorkerEnd::kFinished),
                         Field(&WorkerResult::iterations, kPasses),
                         Field(&WorkerResult::call_failures, IsEmpty()),
                         Field(&WorkerResult::counters_known, true))));
}

TEST_P(ContractTest, SettingsAreReadBackAsAsked) {
  const StressorResult result = Run(Options(kPasses));
  SKIP_IF_HOST_CANNOT(result);
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.settings, Each(Field(&SettingResult::applied, true)));
  }
}

TEST_P(ContractTest, ProofHoldsOrCannotBeJudged) {
  RunOptions options = Options(1000);
  // Some passes are long; a part of them tells as much.
  options.duration = absl::Seconds(2);
  const StressorResult result = Run(options);
  SKIP_IF_HOST_CANNOT(result);
  EXPECT_THAT(result.proof.status().code(),
              AnyOf(absl::StatusCode::kOk, absl::StatusCode::kUnimplemented))
      << result.proof.status();
}

TEST_P(ContractTest, ProofFailsForABodyThatDoesNothing) {
  RunOptions options = Options(1);
  StressorDef def = this->def();
  const StressorResult real = Run(options);
  SKIP_IF_HOST_CANNOT(real);
  // The same run, as if no worker had ever been given a CPU.
  const absl::StatusOr<MadeStressor> made = def.Make();
  ASSERT_THAT(made, IsOk());
  Preparation preparation(1, real.group_size, options);
  ASSERT_THAT(made->stressor->Prepare(preparation), IsOk());
  std::vector<WorkerResult> idle(real.group_size);
  for (WorkerResult& worker : idle) worker.counters.usage_known = true;
  GroupResult group;
  group.workers = idle;
  const std::vector<WorkerResult> all(1000, idle[0]);
  group.all_workers = all;
  group.cpus = 1;
  EXPECT_FALSE(made->stressor->Verify(group).ok());
}

TEST_P(ContractTest, EveryWorkerSeesTheStop) {
  RunOptions options = Options(0);
  options.duration = absl::Milliseconds(20);
  // With the default times, many of which are longer.
  const StressorResult result = RunStressor(def(), {}, options);
  SKIP_IF_HOST_CANNOT(result);
  EXPECT_THAT(result.stop_reason, Eq(StopReason::kDuration));
  EXPECT_THAT(result.workers,
              Each(Field(&WorkerResult::end, WorkerEnd::kFinished)));
}

TEST_P(ContractTest, LeavesNothingBehind) {
  const CpuSet affinity = *GetAffinity(0);
  const size_t files = OpenFiles();
  const StressorResult result = Run(Options(kPasses));
  SKIP_IF_HOST_CANNOT(result);
  EXPECT_THAT(ChildrenOfThisProcess(), IsEmpty());
  EXPECT_THAT(OpenFiles(), Eq(files));
  EXPECT_TRUE(*GetAffinity(0) == affinity);
}

TEST_P(ContractTest, SurvivesTheDeathOfAWorker) {
  bool killed = false;
  const StressorResult result =
      Run(Options(0), [&killed](const LiveView& view) {
        if (killed || view.stressors[0].iterations == 0) return;
        killed = true;
        ASSERT_THAT(kill(ChildrenOfThisProcess()[0], SIGKILL), Eq(0));
      });
  SKIP_IF_HOST_CANNOT(result);
  EXPECT_THAT(result.stop_reason, Eq(StopReason::kWorkerLost));
  // Its partners may have begun before it left the barrier.
  EXPECT_THAT(result.workers[0].end,
              AnyOf(WorkerEnd::kDied, WorkerEnd::kNeverStarted));
  EXPECT_THAT(result.workers[0].exit_signal, Eq(SIGKILL));
  EXPECT_THAT(result.proof.status().code(), Ne(absl::StatusCode::kOk));
  for (const WorkerResult& worker : result.workers) {
    if (worker.pid == result.workers[0].pid) continue;
    EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished));
  }
}

TEST_P(ContractTest, RunsOnOneCpu) {
  RunOptions options = Options(kPasses);
  CpuSet one;
  one.Add(options.cpus.First());
  options.cpus = one;
  options.cpus_given = true;
  const StressorResult result = Run(options);
  SKIP_IF_HOST_CANNOT(result);
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished));
    EXPECT_TRUE(worker.cpus_used == one);
  }
}

TEST_P(ContractTest, RunsWithTwoHundredWorkers) {
  RunOptions options = Options(3);
  const StressorResult probe = Run(Options(1));
  SKIP_IF_HOST_CANNOT(probe);
  options.workers = 200 / probe.group_size * probe.group_size;
  const StressorResult result = Run(options);
  ASSERT_THAT(result.setup, IsOk());
  EXPECT_THAT(result.workers, SizeIs(options.workers));
  EXPECT_THAT(result.workers,
              Each(AllOf(Field(&WorkerResult::end, WorkerEnd::kFinished),
                         Field(&WorkerResult::iterations, 3))));
}

TEST_P(ContractTest, KeepsTheSamplesThatAreAskedFor) {
  RunOptions options = Options(kPasses);
  options.samples = 8;
  const StressorResult result = Run(options);
  SKIP_IF_HOST_CANNOT(result);
  for (const WorkerResult& worker : result.workers) {
    for (const MetricResult& metric : worker.metrics) {
      EXPECT_THAT(metric.samples.size(),
                  Eq(std::min<uint64_t>(8, metric.histogram.count())));
    }
  }
}

class TableTest : public TestWithParam<const StressorDef*> {};

INSTANTIATE_TEST_SUITE_P(AllStressors, TableTest,
                         testing::ValuesIn(AllStressors().begin(),
                                           AllStressors().end()),
                         [](const TestParamInfo<const StressorDef*>& row) {
                           return std::string(row.param->name);
                         });

TEST_P(TableTest, NameIsOneWord) {
  for (char letter : absl::string_view(GetParam()->name)) {
    EXPECT_TRUE(absl::ascii_islower(letter) || absl::ascii_isdigit(letter) ||
                letter == '_')
        << letter;
  }
}

TEST_P(TableTest, SaysWhatItIs) {
  EXPECT_THAT(absl::string_view(GetParam()->summary),
              AllOf(Ne(""), SizeIs(Le(60))));
  EXPECT_THAT(absl::string_view(GetParam()->kernel_path), Ne(""));
  EXPECT_THAT(absl::string_view(GetParam()->proof), Ne(""));
  EXPECT_THAT(GetParam()->fields, SizeIs(Le(8)));
}

TEST_P(TableTest, DefaultsAreInRange) {
  const absl::StatusOr<MadeStressor> made = GetParam()->Make();
  ASSERT_THAT(made, IsOk());
  std::vector<ParamText> texts;
  for (const ParamValue& param : made->params) {
    EXPECT_TRUE(param.is_default) << param.name;
    texts.push_back({param.name, param.value});
  }
  // What is printed can be read again.
  EXPECT_THAT(GetParam()->Make(texts), IsOk());
  EXPECT_THAT(made->stressor->GroupSize(), Gt(0));
}

TEST(RegistryTest, IsSortedAndFindsEveryName) {
  absl::string_view before;
  for (const StressorDef* def : AllStressors()) {
    EXPECT_GT(absl::string_view(def->name), before);
    EXPECT_THAT(FindStressor(def->name), Eq(def));
    before = def->name;
  }
  EXPECT_THAT(FindStressor("no_such_stressor"), Eq(nullptr));
}

}  // namespace
}  // namespace ktstr
