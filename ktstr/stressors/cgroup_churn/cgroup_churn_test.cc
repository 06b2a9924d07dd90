// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// With cgroups that are made on this host, where that is allowed.

#include "ktstr/stressors/cgroup_churn/cgroup_churn.h"

#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/file.h"
#include "ktstr/base/spin.h"
#include "ktstr/cgroup/cgroup_files.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/stats/zero_filled.h"
#include "ktstr/testing/lone_body.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr uint64_t kPasses = 50;

// The cgroups of process `pid` where this one could have made some.
std::vector<std::string> CgroupsOf(pid_t pid) {
  std::vector<std::string> found;
  const CgroupHierarchy hierarchy = CgroupHierarchy::Read().value();
  for (const std::string& above : hierarchy.PossibleFolders()) {
    for (const std::string& folder : CgroupsBelow(above)) {
      if (absl::StrContains(folder, absl::StrCat("/ktstr.", pid, "."))) {
        found.push_back(folder);
      }
    }
  }
  return found;
}

class CgroupChurnTest : public testing::TestWithParam<WorkerMode> {
 protected:
  void SetUp() override {
    own_ = ReadFile("/proc/self/cgroup").value_or("");
    const StressorResult result = Run(kCgroupChurn, Options(1));
    if (absl::IsUnimplemented(result.setup)) GTEST_SKIP() << result.setup;
  }
  void TearDown() override {
    EXPECT_THAT(ReadFile("/proc/self/cgroup"), IsOkAndHolds(own_));
    EXPECT_THAT(CgroupsOf(getpid()), IsEmpty());
  }

  static RunOptions Options(uint64_t iterations) {
    RunOptions options = BoundedBy(iterations);
    options.mode = GetParam();
    return options;
  }
  static StressorResult Run(
      const StressorDef& def, const RunOptions& options,
      const std::function<void(const LiveView&)>& on_tick = nullptr) {
    return RunStressor(def, {{"cycle", "200us"}}, options, on_tick);
  }

  std::string own_;
};

INSTANTIATE_TEST_SUITE_P(Modes, CgroupChurnTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(CgroupChurnTest, EachPassIsAMoveAndNothingIsLeft) {
  const StressorResult result = Run(kCgroupChurn, Options(kPasses));
  EXPECT_THAT(result.proof,
              IsOkAndHolds(HasSubstr("50 moves between 2 cgroups")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kMoveTime)->count(), Eq(kPasses));
    EXPECT_THAT(worker.call_failures, IsEmpty());
    EXPECT_THAT(CgroupsOf(worker.pid), IsEmpty());
  }
}

TEST_P(CgroupChurnTest, OneMoveTells) {
  EXPECT_THAT(Run(kCgroupChurn, Options(1)).proof, IsOk());
}

TEST_P(CgroupChurnTest, ManyGroupsAreAllVisited) {
  EXPECT_THAT(RunStressor(kCgroupChurn, {{"groups", "8"}, {"cycle", "200us"}},
                          Options(kPasses))
                  .proof,
              IsOkAndHolds(HasSubstr("50 moves between 8 cgroups")));
}

TEST_P(CgroupChurnTest, NotMovingFailsTheProof) {
  EXPECT_THAT(Run(Broken<kCgroupChurn, OnlySpin>(), Options(kPasses)).proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("50 passes with 0 moves")));
}

TEST_P(CgroupChurnTest, NothingIsLeftOfWorkersThatWereKilled) {
  pid_t killed = 0;
  const StressorResult result =
      Run(kCgroupChurn, Options(0), [&killed](const LiveView& view) {
        if (killed != 0 || view.stressors[0].iterations < kPasses) return;
        killed = ChildrenOfThisProcess()[0];
        EXPECT_THAT(CgroupsOf(killed), Not(IsEmpty()));
        ASSERT_THAT(kill(killed, SIGKILL), Eq(0));
      });
  EXPECT_THAT(result.stop_reason, Eq(StopReason::kWorkerLost));
  ASSERT_THAT(killed, Not(Eq(0)));
  EXPECT_THAT(CgroupsOf(killed), IsEmpty());
}

TEST_P(CgroupChurnTest, TheNextRunRemovesWhatAKilledOneLeft) {
  ZeroFilled<std::atomic<pid_t>> pid;
  absl::StatusOr<Child> supervisor = Child::Spawn([&pid] {
    Run(kCgroupChurn, Options(0), [&pid](const LiveView& view) {
      if (view.stressors[0].iterations < kPasses) return;
      *pid = ChildrenOfThisProcess()[0];
    });
    return 0;
  });
  ASSERT_THAT(supervisor, IsOk());
  while (*pid == 0) CpuRelax();
  EXPECT_THAT(CgroupsOf(*pid), Not(IsEmpty()));
  ASSERT_THAT(supervisor->Signal(SIGKILL), IsOk());
  ASSERT_THAT(supervisor->Reap(), IsOk());
  // Its workers die with it, but not at once.
  while (kill(*pid, 0) == 0) CpuRelax();
  EXPECT_THAT(Run(kCgroupChurn, Options(1)).proof, IsOk());
  EXPECT_THAT(CgroupsOf(*pid), IsEmpty());
}

TEST_P(CgroupChurnTest, WithoutPermissionItIsASkip) {
  if (geteuid() != 0) GTEST_SKIP() << "is not root";
  absl::StatusOr<Child> nobody = Child::Spawn([] {
    constexpr uid_t kNobody = 65534;
    if (setresuid(kNobody, kNobody, kNobody) != 0) return 1;
    const StressorResult result = Run(kCgroupChurn, Options(1));
    return absl::IsUnimplemented(result.setup) &&
                   absl::StrContains(result.setup.message(), "may not write")
               ? 0
               : 2;
  });
  ASSERT_THAT(nobody, IsOk());
  EXPECT_THAT(nobody->Reap(),
              IsOkAndHolds(testing::Field(&ChildEnd::value, 0)));
}

TEST_P(CgroupChurnTest, LeavesTheThreadWhereItWas) {
  std::string before;
  RunBodyBetween(
      kCgroupChurn, /*iterations=*/1,
      [&] { before = ReadFile("/proc/thread-self/cgroup").value(); },
      [&] {
        EXPECT_THAT(ReadFile("/proc/thread-self/cgroup"), IsOkAndHolds(before));
      });
}

TEST(CgroupChurnParamsTest, RefusesWhatIsOutOfRange) {
  for (const char* groups : {"0", "1", "65"}) {
    EXPECT_THAT(kCgroupChurn.Make({{"groups", groups}}).status(),
                StatusIs(absl::StatusCode::kOutOfRange));
  }
  EXPECT_THAT(kCgroupChurn.Make({{"cycle", "0s"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
}

}  // namespace
}  // namespace ktstr
