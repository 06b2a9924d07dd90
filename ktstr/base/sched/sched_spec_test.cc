// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/sched_spec.h"

#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsNull;
using ::testing::Not;
using ::testing::Pointee;

TEST(SchedSpecTest, ReadsEveryPolicy) {
  EXPECT_THAT(SchedSpec::Parse("normal"), IsOkAndHolds(SchedSpec{}));
  EXPECT_THAT(SchedSpec::Parse("batch"),
              IsOkAndHolds(SchedSpec{.policy = SchedPolicy::kBatch}));
  EXPECT_THAT(SchedSpec::Parse("idle"),
              IsOkAndHolds(SchedSpec{.policy = SchedPolicy::kIdle}));
  EXPECT_THAT(SchedSpec::Parse("ext"),
              IsOkAndHolds(SchedSpec{.policy = SchedPolicy::kExt}));
  EXPECT_THAT(
      SchedSpec::Parse("fifo:1"),
      IsOkAndHolds(SchedSpec{.policy = SchedPolicy::kFifo, .priority = 1}));
  EXPECT_THAT(
      SchedSpec::Parse("rr:99"),
      IsOkAndHolds(SchedSpec{.policy = SchedPolicy::kRr, .priority = 99}));
  EXPECT_THAT(SchedSpec::Parse("deadline:1.5ms/10ms/0.1s"),
              IsOkAndHolds(SchedSpec{.policy = SchedPolicy::kDeadline,
                                     .runtime_ns = 1'500'000,
                                     .deadline_ns = 10'000'000,
                                     .period_ns = 100'000'000}));
}

TEST(SchedSpecTest, TextIsReadBackAsItWas) {
  for (const absl::string_view text :
       {"normal", "batch", "idle", "ext", "fifo:50", "rr:1",
        "deadline:1.024us/1.024us/1.024us", "deadline:1.5ms/10ms/100ms",
        "deadline:1s/2s/2562047h47m16.854775807s"}) {
    const absl::StatusOr<SchedSpec> spec = SchedSpec::Parse(text);
    ASSERT_THAT(spec, IsOk()) << text;
    EXPECT_EQ(spec->ToText(), text);
  }
}

TEST(SchedSpecTest, TextOfTheLongestTimesIsExact) {
  const int64_t longest = std::numeric_limits<int64_t>::max();
  const SchedSpec spec = {.policy = SchedPolicy::kDeadline,
                          .runtime_ns = longest - 2,
                          .deadline_ns = longest - 1,
                          .period_ns = longest};
  EXPECT_THAT(SchedSpec::Parse(spec.ToText()), IsOkAndHolds(spec));
}

struct BadText {
  absl::string_view text;
  absl::StatusCode code;
  absl::string_view message;
};

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kRange = absl::StatusCode::kOutOfRange;

constexpr BadText kBadSpecs[] = {
    {"", kInvalid, "'' is not a policy; it takes normal, batch, idle, fifo:P"},
    {"fifi:5", kInvalid, "'fifi' is not a policy (did you mean 'fifo'?)"},
    {"Normal", kInvalid, "(did you mean 'normal'?)"},
    {" normal", kInvalid, "(did you mean 'normal'?)"},
    {"other", kInvalid, "'other' is not a policy"},
    {"normal:", kInvalid, "normal takes nothing behind it"},
    {"ext:1", kInvalid, "ext takes nothing behind it"},
    {"idle:5", kInvalid, "idle takes nothing behind it"},
    {"fifo", kInvalid, "'' is not a priority; it takes 1 .. 99"},
    {"fifo:", kInvalid, "'' is not a priority; it takes 1 .. 99"},
    {"fifo:0", kRange, "priority 0 is out of range; it takes 1 .. 99"},
    {"rr:100", kRange, "priority 100 is out of range; it takes 1 .. 99"},
    {"rr:99999999999", kRange, "out of range; it takes 1 .. 99"},
    {"fifo:-1", kInvalid, "'-1' is not a priority"},
    {"fifo:+1", kInvalid, "'+1' is not a priority"},
    {"fifo: 1", kInvalid, "' 1' is not a priority"},
    {"fifo:1:2", kInvalid, "'1:2' is not a priority"},
    {"fifo:50%", kInvalid, "'50%' is not a priority"},
    {"deadline", kInvalid, "it takes RUNTIME/DEADLINE/PERIOD"},
    {"deadline:1ms/2ms", kInvalid, "it takes RUNTIME/DEADLINE/PERIOD"},
    {"deadline:1ms/2ms/3ms/4ms", kInvalid, "it takes RUNTIME/DEADLINE/PERIOD"},
    {"deadline:1/2/3", kInvalid, "'1' is not a duration such as 10ms"},
    {"deadline:1ms//3ms", kInvalid, "'' is not a duration"},
    {"deadline:1ms/2ms/inf", kRange, "'inf' is not a number of ns"},
    {"deadline:1ms/2ms/9999999h", kRange, "'9999999h' is not a number of ns"},
    {"deadline:1024.5ns/1ms/1ms", kRange, "'1024.5ns' is not a number of ns"},
    {"deadline:-1ms/1ms/1ms", kRange, "1024ns <= RUNTIME <= DEADLINE"},
    {"deadline:0/1ms/1ms", kRange, "1024ns <= RUNTIME <= DEADLINE"},
    {"deadline:1023ns/1ms/1ms", kRange, "1024ns <= RUNTIME <= DEADLINE"},
    {"deadline:3ms/2ms/4ms", kRange, "RUNTIME <= DEADLINE <= PERIOD"},
    {"deadline:1ms/5ms/4ms", kRange, "RUNTIME <= DEADLINE <= PERIOD"},
};

TEST(SchedSpecTest, RefusesInOneLineThatNamesText) {
  for (const BadText& bad : kBadSpecs) {
    const absl::StatusOr<SchedSpec> spec = SchedSpec::Parse(bad.text);
    EXPECT_THAT(spec, StatusIs(bad.code)) << bad.text;
    EXPECT_THAT(
        std::string(spec.status().message()),
        AllOf(HasSubstr("policy '" + std::string(bad.text) + "'"),
              HasSubstr(std::string(bad.message)), Not(HasSubstr("\n"))));
  }
}

TEST(RoleSchedTest, ABarePolicyIsForEveryRole) {
  const absl::StatusOr<RoleSched> sched = ParseRoleSched("fifo:50");
  ASSERT_THAT(sched, IsOk());
  EXPECT_THAT(sched->For("waker"), Pointee(Eq(*SchedSpec::Parse("fifo:50"))));
  EXPECT_THAT(sched->For(""), Pointee(Eq(*SchedSpec::Parse("fifo:50"))));
}

TEST(RoleSchedTest, NamedRolesHaveTheirOwn) {
  const absl::StatusOr<RoleSched> sched =
      ParseRoleSched("waker=fifo:50,wakee_2=normal");
  ASSERT_THAT(sched, IsOk());
  EXPECT_THAT(sched->For("waker"), Pointee(Eq(*SchedSpec::Parse("fifo:50"))));
  EXPECT_THAT(sched->For("wakee_2"), Pointee(Eq(SchedSpec{})));
  EXPECT_THAT(sched->For("wakee"), IsNull());
}

TEST(RoleSchedTest, ABarePolicyIsForTheOthers) {
  const absl::StatusOr<RoleSched> sched =
      ParseRoleSched("waker=deadline:1ms/2ms/2ms,batch");
  ASSERT_THAT(sched, IsOk());
  EXPECT_EQ(sched->For("waker")->policy, SchedPolicy::kDeadline);
  EXPECT_EQ(sched->For("wakee")->policy, SchedPolicy::kBatch);
}

TEST(RoleSchedTest, TextIsReadBackAsItWas) {
  for (const absl::string_view text :
       {"batch", "waker=fifo:50,wakee=normal", "idle,waker=rr:2",
        "waker=deadline:1ms/2ms/2ms"}) {
    const absl::StatusOr<RoleSched> sched = ParseRoleSched(text);
    ASSERT_THAT(sched, IsOk()) << text;
    EXPECT_EQ(sched->ToText(), text);
  }
}

constexpr BadText kBadRoles[] = {
    {"", kInvalid, "'' is not a policy"},
    {"batch,", kInvalid, "policy '': the other roles have batch already"},
    {"batch,idle", kInvalid, "'idle': the other roles have batch already"},
    {"=batch", kInvalid, "'' in '=batch' is not the name of a role"},
    {"Waker=batch", kInvalid, "'Waker' in 'Waker=batch' is not the name"},
    {"wak er=batch", kInvalid, "'wak er' in 'wak er=batch' is not the name"},
    {"waker=", kInvalid, "'' is not a policy"},
    {"waker=a=b", kInvalid, "'a=b' is not a policy"},
    {"waker=idle,waker=idle", kInvalid, "role 'waker' is given two policies"},
    {"waker=fifo:500", kRange, "policy 'fifo:500': priority 500 is out of"},
    {"waker:fifo=50", kInvalid, "'waker:fifo' in 'waker:fifo=50' is not"},
};

TEST(RoleSchedTest, RefusesInOneLine) {
  for (const BadText& bad : kBadRoles) {
    const absl::StatusOr<RoleSched> sched = ParseRoleSched(bad.text);
    EXPECT_THAT(sched, StatusIs(bad.code)) << bad.text;
    EXPECT_THAT(
        std::string(sched.status().message()),
        AllOf(HasSubstr(std::string(bad.message)), Not(HasSubstr("\n"))));
  }
}

}  // namespace
}  // namespace ktstr
