// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/commands/describe_command.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/cli/plan/fake_stressors.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

TEST(DescribeCommandTest, TellsAllThatTheTableKnows) {
  EXPECT_EQ(DescribeStressor(*FakeStressors()[1]),
            "wake: one worker wakes another, again and again, until both are "
            R"(exhausted, and
then they stop
  kernel path  try_to_wake_up(), select_task_rq_fair()
  needs        pipes
  proof        two switches for each wake-up
  measures     gap, wake_latency.local, wake_latency.remote
  workers      in groups of 2: waker, sleeper; 2 for each CPU by default
  parameters, with their defaults:
    depth=2     how many in a row [1 .. 64]
    how=pipe    what wakes [pipe, futex]
    period=1ms  time between two wake-ups [1us .. 1h]
)");
}

TEST(DescribeCommandTest, LeavesOutParametersThatAreNotThere) {
  EXPECT_EQ(DescribeStressor(*FakeStressors()[0]),
            R"(spin: workers that burn their CPU
  kernel path  update_curr(), nothing else
  needs        nothing special
  proof        on-CPU time
  measures     gap
  workers      single: worker
)");
}

class Long final : public Stressor {
 public:
  struct Params {
    std::string phases = "spin:100ms,sleep:50ms,yield:20ms";
    int depth = 2;
  };
  explicit Long(const Params&) {}
  absl::Status Run(Worker&) override { return absl::OkStatus(); }
  absl::StatusOr<std::string> Verify(const GroupResult&) const override {
    return "done";
  }
};

TEST(DescribeCommandTest, GivesALongDefaultALineOfItsOwn) {
  constexpr FieldDef kFields[] = {
      TextField<&Long::Params::phases>("phases", "what comes", "KIND:TIME"),
      Field<&Long::Params::depth>("depth", "how many", 1, 64),
  };
  EXPECT_THAT(
      DescribeStressor(DefineStressor<Long>({.name = "l", .fields = kFields})),
      testing::EndsWith("    phases=spin:100ms,sleep:50ms,yield:20ms\n"
                        "             what comes [KIND:TIME]\n"
                        "    depth=2  how many [1 .. 64]\n"));
}

}  // namespace
}  // namespace ktstr
