// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Resource limits that are too low: which one is said, and nothing is left.

#include <grp.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr uid_t kNobody = 65534;

bool SetLimit(int resource, rlim_t value) {
  const struct rlimit limit = {value, value};
  return setrlimit(static_cast<__rlimit_resource_t>(resource), &limit) == 0;
}

// RLIMIT_NPROC binds neither root nor CAP_SYS_RESOURCE, and counts all of a
// user's processes.
bool BecomeNobody() {
  return setgroups(0, nullptr) == 0 && setgid(kNobody) == 0 &&
         setuid(kNobody) == 0;
}

// A step that could not be set up: exit code 1, and every format says why.
void ExpectCouldNotRun(BinaryCall call, const std::string& limit) {
  call.args.push_back("--duration=1h");
  call.args.push_back("--format=json");
  const Outcome outcome = RunBinary(call);
  if (outcome.refused) GTEST_SKIP() << "the host refuses to lower the limit";
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.orphans, 0);
  const proto::Report report = ReportIn(outcome.out);
  ASSERT_EQ(report.stressors_size(), 1);
  EXPECT_EQ(report.stressors(0).setup().kind(), proto::Outcome::FAILED);
  EXPECT_THAT(report.stressors(0).setup().text(), HasSubstr(limit));
  call.args.back() = "--format=tap";
  EXPECT_THAT(RunBinary(call).out,
              AllOf(HasSubstr("not ok 1 "), HasSubstr(limit)));
  call.args.back() = "--format=text";
  const Outcome shown = RunBinary(call);
  EXPECT_THAT(shown.out, AllOf(HasSubstr("FAIL"), HasSubstr(limit),
                               Not(HasSubstr(" 0ns"))));
  EXPECT_EQ(shown.orphans, 0);
}

TEST(LimitsTest, TooFewProcessesIsToldByName) {
  BinaryCall call;
  call.args = {"--stressor=spin_wait", "--workers=200"};
  call.before_exec = [] {
    return SetLimit(RLIMIT_NPROC, 20) && BecomeNobody();
  };
  ExpectCouldNotRun(call, "RLIMIT_NPROC");
}

TEST(LimitsTest, TooFewThreadsIsToldByName) {
  BinaryCall call;
  call.args = {"--stressor=spin_wait", "--workers=200", "--mode=thread"};
  call.before_exec = [] {
    return SetLimit(RLIMIT_NPROC, 20) && BecomeNobody();
  };
  ExpectCouldNotRun(call, "RLIMIT_NPROC");
}

// The stressor's own descriptors.
TEST(LimitsTest, TooFewDescriptorsForPipesIsToldByName) {
  BinaryCall call;
  call.args = {"--stressor=wake_chain", "--workers=400"};
  call.before_exec = [] { return SetLimit(RLIMIT_NOFILE, 64); };
  ExpectCouldNotRun(call, "RLIMIT_NOFILE");
}

TEST(LimitsTest, TooFewDescriptorsForEventsIsToldByName) {
  BinaryCall call;
  call.args = {"--stressor=wake_chain", "wake=eventfd", "--workers=400"};
  call.before_exec = [] { return SetLimit(RLIMIT_NOFILE, 64); };
  ExpectCouldNotRun(call, "RLIMIT_NOFILE");
}

// The supervisor's: one pidfd for each worker.
TEST(LimitsTest, TooFewDescriptorsForWorkersIsToldByName) {
  BinaryCall call;
  call.args = {"--stressor=spin_wait", "--workers=400"};
  call.before_exec = [] { return SetLimit(RLIMIT_NOFILE, 64); };
  ExpectCouldNotRun(call, "RLIMIT_NOFILE");
}

TEST(LimitsTest, ASoftLimitOfDescriptorsIsRaised) {
  BinaryCall call;
  call.args = {"--stressor=wake_chain", "--workers=100", "--iterations=10"};
  call.before_exec = [] {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max < 1000) {
      return false;
    }
    limit.rlim_cur = 64;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
  };
  const Outcome outcome = RunBinary(call);
  if (outcome.refused) GTEST_SKIP() << "the hard limit is below 1000, too";
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
}

TEST(LimitsTest, TooLittleMemoryForRecordsIsToldByName) {
  BinaryCall call;
  call.args = {"--stressor=spin_wait", "--workers=50000"};
  call.before_exec = [] { return SetLimit(RLIMIT_AS, rlim_t{256} << 20); };
  ExpectCouldNotRun(call, "RLIMIT_AS");
}

// The others get their turn.
TEST(LimitsTest, OneThatCannotRunDoesNotKeepTheRest) {
  BinaryCall call;
  call.args = {"--stressor=wake_chain,spin_wait", "wake_chain.depth=100",
               "--workers=0", "--iterations=100", "--format=json"};
  call.before_exec = [] { return SetLimit(RLIMIT_NOFILE, 64); };
  const Outcome outcome = RunBinary(call);
  EXPECT_EQ(outcome.exit_code, 1);
  const proto::Report report = ReportIn(outcome.out);
  ASSERT_EQ(report.stressors_size(), 2);
  EXPECT_EQ(report.stressors(0).verdict(), proto::FAIL);
  EXPECT_EQ(report.stressors(1).verdict(), proto::PASS);
}

TEST(LimitsTest, OnesOwnUserRunsWithoutPrivilege) {
  BinaryCall call;
  call.args = {"--stressor=wake_chain", "--iterations=100", "--format=json"};
  call.before_exec = BecomeNobody;
  const Outcome outcome = RunBinary(call);
  if (outcome.refused) GTEST_SKIP() << "only root can become another user";
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_EQ(ReportIn(outcome.out).verdict(), proto::PASS);
}

}  // namespace
}  // namespace ktstr
