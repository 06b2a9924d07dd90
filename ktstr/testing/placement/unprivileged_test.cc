// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Every placement asked for by somebody who may nothing: what needs no
// privilege is done, what is refused is told with what was in the way, and
// nothing is passed over.

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"

namespace ktstr {
namespace {

using testing::Combine;
using testing::Values;

constexpr uid_t kNobody = 65534;

bool BecomeNobody() {
  return setgroups(0, nullptr) == 0 && setgid(kNobody) == 0 &&
         setuid(kNobody) == 0;
}

bool WriteTo(const char* path, absl::string_view text) {
  const absl::StatusOr<Fd> file = OpenFile(path, O_WRONLY);
  return file.ok() && WriteAll(file->get(), text).ok();
}

// Root, with all capabilities, of a namespace in which nobody else exists: in
// the eyes of the kernel it is nobody still.
bool BecomeRootOfNobody() {
  return BecomeNobody() &&
         // Otherwise its files in /proc are root's.
         prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0 &&
         unshare(CLONE_NEWUSER) == 0 &&
         WriteTo("/proc/self/setgroups", "deny") &&
         WriteTo("/proc/self/uid_map", absl::StrCat("0 ", kNobody, " 1")) &&
         WriteTo("/proc/self/gid_map", absl::StrCat("0 ", kNobody, " 1"));
}

struct Wish {
  std::string name;  // Of the test.
  std::vector<std::string> args;
  // Of any of these the reason has to speak; none: it is granted.
  std::vector<std::string> reasons = {};
};

std::ostream& operator<<(std::ostream& out, const Wish& wish) {
  return out << wish.name;
}

struct Person {
  const char* name;
  bool (*become)();
};

std::ostream& operator<<(std::ostream& out, const Person& person) {
  return out << person.name;
}

class UnprivilegedTest
    : public testing::TestWithParam<std::tuple<Wish, Person>> {
 protected:
  Outcome Run(const std::string& format) const {
    const auto& [wish, person] = GetParam();
    BinaryCall call;
    call.args = {"--stressor=spin_wait", "--workers=1", "--iterations=1000",
                 "--duration=1m", "--format=" + format};
    call.args.insert(call.args.end(), wish.args.begin(), wish.args.end());
    call.before_exec = person.become;
    return RunBinary(call);
  }

  bool SpeaksOfAReason(absl::string_view text) const {
    for (const std::string& reason : std::get<0>(GetParam()).reasons) {
      if (absl::StrContains(text, reason)) return true;
    }
    return false;
  }

  void ExpectGranted(const proto::Stressor& stressor) const {
    EXPECT_EQ(stressor.verdict(), proto::PASS) << stressor.ShortDebugString();
    const proto::Check applied = CheckOf(stressor, "applied");
    EXPECT_EQ(applied.verdict(), proto::PASS) << applied.detail();
    for (const proto::Setting& setting : stressor.workers(0).settings()) {
      EXPECT_TRUE(setting.applied()) << setting.ShortDebugString();
    }
  }

  // Ran without it: the line fails, and says why.
  void ExpectFailed(const proto::Stressor& stressor) const {
    EXPECT_EQ(stressor.verdict(), proto::FAIL);
    const proto::Check applied = CheckOf(stressor, "applied");
    EXPECT_EQ(applied.verdict(), proto::FAIL);
    EXPECT_TRUE(SpeaksOfAReason(applied.detail()))
        << applied.detail() << "\nhas none of "
        << absl::StrJoin(std::get<0>(GetParam()).reasons, ", ");
  }

  // Did not run: that is said as well.
  void ExpectSkipped(const proto::Stressor& stressor) const {
    EXPECT_EQ(stressor.verdict(), proto::SKIP);
    EXPECT_EQ(stressor.setup().kind(), proto::Outcome::SKIPPED);
    EXPECT_TRUE(SpeaksOfAReason(stressor.setup().text()))
        << stressor.setup().text() << "\nhas none of "
        << absl::StrJoin(std::get<0>(GetParam()).reasons, ", ");
  }
};

TEST_P(UnprivilegedTest, IsGrantedOrToldWhyNot) {
  const auto& [wish, person] = GetParam();
  const Outcome outcome = Run("json");
  if (outcome.refused) GTEST_SKIP() << "cannot become " << person.name;
  ASSERT_EQ(outcome.signal, 0);
  EXPECT_EQ(outcome.orphans, 0);
  const proto::Report report = ReportIn(outcome.out);
  ASSERT_EQ(report.stressors_size(), 1) << outcome.err;
  const proto::Stressor& stressor = report.stressors(0);
  if (wish.reasons.empty()) {
    EXPECT_EQ(outcome.exit_code, 0);
    ExpectGranted(stressor);
  } else if (outcome.exit_code == 4) {
    ExpectSkipped(stressor);
  } else {
    EXPECT_EQ(outcome.exit_code, 1);
    ExpectFailed(stressor);
  }
}

std::string NameOf(
    const testing::TestParamInfo<UnprivilegedTest::ParamType>& info) {
  return absl::StrCat(std::get<0>(info.param).name, "_",
                      std::get<1>(info.param).name);
}

const Person kPersons[] = {{"nobody", BecomeNobody},
                           {"root_of_nobody", BecomeRootOfNobody}};

// What everybody may do with the own threads.
const Wish kGranted[] = {
    {"affinity_all", {"--affinity=all"}},
    {"affinity_spread", {"--affinity=spread"}},
    {"affinity_one", {"--affinity=one"}},
    {"cpus", {"--cpus=0"}},
    {"normal", {"--sched=normal"}},
    {"batch", {"--sched=batch"}},
    {"idle", {"--sched=idle"}},
    {"nice_up", {"--nice=5"}},
    {"slice", {"--slice=1ms"}},
    {"timer_slack", {"--timer_slack=50us"}},
    {"autogroup_own", {"--autogroup=own"}},
    {"autogroup_nice_up", {"--autogroup=own:5"}},
    {"memory_local", {"--mempolicy=local"}},
    {"memory_bind", {"--mempolicy=bind:0"}},
    {"threads", {"--mode=thread", "--nice=5", "--sched=batch"}},
};
INSTANTIATE_TEST_SUITE_P(Granted, UnprivilegedTest,
                         Combine(testing::ValuesIn(kGranted),
                                 testing::ValuesIn(kPersons)),
                         NameOf);

// What needs a privilege, or a kernel that this may not be: each with its name.
const Wish kRefused[] = {
    {"fifo", {"--sched=fifo:1", "--cpus=1"}, {"CAP_SYS_NICE"}},
    {"rr", {"--sched=rr:1", "--cpus=1"}, {"CAP_SYS_NICE"}},
    {"rr_of_threads",
     {"--sched=rr:1", "--cpus=1", "--mode=thread"},
     {"CAP_SYS_NICE"}},
    {"deadline",
     {"--sched=deadline:1ms/100ms/100ms", "--allow_rt_everywhere"},
     {"CAP_SYS_NICE"}},
    {"nice_down", {"--nice=-5"}, {"CAP_SYS_NICE"}},
    {"nice_down_of_threads", {"--nice=-5", "--mode=thread"}, {"CAP_SYS_NICE"}},
    {"autogroup_nice_down", {"--autogroup=own:-5"}, {"CAP_SYS_NICE"}},
    {"cgroup_new", {"--cgroup_new"}, {"/sys/fs/cgroup"}},
    {"cgroups", {"--cgroups=a"}, {"/sys/fs/cgroup"}},
    {"cgroup_root", {"--cgroup=/"}, {"/sys/fs/cgroup"}},
};
INSTANTIATE_TEST_SUITE_P(Refused, UnprivilegedTest,
                         Combine(testing::ValuesIn(kRefused),
                                 testing::ValuesIn(kPersons)),
                         NameOf);

// Whom one may become depends on who one is.
const Wish kUserOfNobody[] = {
    {"user", {"--user=1:1"}, {"CAP_SETUID", "CAP_SETGID"}}};
INSTANTIATE_TEST_SUITE_P(UserOfNobody, UnprivilegedTest,
                         Combine(testing::ValuesIn(kUserOfNobody),
                                 Values(kPersons[0])),
                         NameOf);
const Wish kUserOfRoot[] = {{"user", {"--user=1:1"}, {"user namespace"}}};
INSTANTIATE_TEST_SUITE_P(UserOfRootOfNobody, UnprivilegedTest,
                         Combine(testing::ValuesIn(kUserOfRoot),
                                 Values(kPersons[1])),
                         NameOf);

bool StaysRoot() { return geteuid() == 0; }
const Person kRoot = {"root", StaysRoot};

// What only some kernels have.
const Wish kKernel[] = {
    {"uclamp", {"--uclamp=100:200"}, {"CONFIG_UCLAMP_TASK"}},
    {"cookie", {"--core_cookie=all"}, {"CONFIG_SCHED_CORE", "SMT"}},
    {"ext", {"--sched=ext"}, {"CONFIG_SCHED_CLASS_EXT"}},
};

class KernelTest : public UnprivilegedTest {};

TEST_P(KernelTest, WithoutItIsToldByItsOption) {
  const auto& [wish, person] = GetParam();
  const Outcome outcome = Run("json");
  if (outcome.refused) GTEST_SKIP() << "cannot become " << person.name;
  if (outcome.exit_code == 0) {
    ExpectGranted(ReportIn(outcome.out).stressors(0));
    GTEST_SKIP() << "this kernel has it";
  }
  const proto::Report report = ReportIn(outcome.out);
  ASSERT_EQ(report.stressors_size(), 1) << outcome.err;
  if (outcome.exit_code == 4) {
    ExpectSkipped(report.stressors(0));
  } else {
    EXPECT_EQ(outcome.exit_code, 1);
    ExpectFailed(report.stressors(0));
  }
}

INSTANTIATE_TEST_SUITE_P(All, KernelTest,
                         Combine(testing::ValuesIn(kKernel),
                                 Values(kRoot, kPersons[0])),
                         NameOf);

}  // namespace
}  // namespace ktstr
