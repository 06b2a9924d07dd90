// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Real-time and deadline threads of these tests are children that sleep, or
// that are bound to one CPU and to a real-time run time.

#include "ktstr/base/sched/sched_attr.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/sched/sched_refusal.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/thread_settings.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

SchedSpec Spec(absl::string_view text) { return *SchedSpec::Parse(text); }

// A child that does nothing but be scheduled as its parent wants.
Child Sleeper() {
  const pid_t parent = getpid();
  absl::StatusOr<Child> child = Child::Spawn([parent] {
    if (!DieWithParent(parent).ok()) return 1;
    while (true) pause();
  });
  return *std::move(child);
}

// What `body` makes its exit code.
int ExitOf(absl::FunctionRef<int()> body) {
  absl::StatusOr<Child> child = Child::Spawn(body);
  const absl::StatusOr<ChildEnd> end = child->Reap();
  return end->kind == ChildEnd::kExited ? end->value : -end->value;
}

// Number `field` of /proc/PID/stat, counted as in proc(5).
int64_t StatField(pid_t pid, int field) {
  const std::string stat = *ReadFile(absl::StrCat("/proc/", pid, "/stat"));
  // Field 3 is behind the name, which may hold anything.
  const std::vector<std::string> fields =
      absl::StrSplit(stat.substr(stat.rfind(')') + 2), ' ');
  int64_t number = -1;
  EXPECT_TRUE(
      absl::SimpleAtoi(fields[static_cast<size_t>(field) - 3], &number));
  return number;
}

constexpr int kNiceField = 19;
constexpr int kRtPriorityField = 40;
constexpr int kPolicyField = 41;

// The number behind `name` in /proc/PID/sched; -1 if it is not there.
int64_t SchedField(pid_t pid, absl::string_view name) {
  const std::string file = *ReadFile(absl::StrCat("/proc/", pid, "/sched"));
  for (const absl::string_view line : absl::StrSplit(file, '\n')) {
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar(" :"), absl::SkipEmpty());
    int64_t number;
    if (words.size() == 2 && words[0] == name &&
        absl::SimpleAtoi(words[1], &number)) {
      return number;
    }
  }
  return -1;
}

bool MayBeRealTime() { return ReadSchedRights(0).cap_sys_nice; }

TEST(SchedTest, PoliciesComeBackAsSetAlsoFromProc) {
  const Child child = Sleeper();
  for (const absl::string_view text :
       {"batch", "fifo:1", "normal", "rr:99", "fifo:50", "idle"}) {
    const SchedSpec spec = Spec(text);
    if (spec.IsRealTime() && !MayBeRealTime()) continue;
    ASSERT_THAT(SetSched(child.pid(), spec), IsOk());
    const absl::StatusOr<SchedState> state = GetSched(child.pid());
    ASSERT_THAT(state, IsOk());
    EXPECT_EQ(state->spec.ToText(), text);
    EXPECT_EQ(StatField(child.pid(), kPolicyField),
              static_cast<int64_t>(spec.policy));
    EXPECT_EQ(StatField(child.pid(), kRtPriorityField), spec.priority);
  }
}

TEST(SchedTest, DeadlineComesBackAsSetAlsoFromProc) {
  if (!MayBeRealTime()) GTEST_SKIP() << "needs CAP_SYS_NICE";
  const Child child = Sleeper();
  const SchedSpec spec = Spec("deadline:1ms/50ms/100ms");
  ASSERT_THAT(SetSched(child.pid(), spec), IsOk());
  EXPECT_EQ(GetSched(child.pid())->spec, spec);
  EXPECT_EQ(StatField(child.pid(), kPolicyField), SCHED_DEADLINE);
  EXPECT_EQ(SchedField(child.pid(), "policy"), SCHED_DEADLINE);
}

// What chrt(1) says of `pid`; "" where it is not installed.
std::string Chrt(pid_t pid) {
  FILE* out = popen(absl::StrCat("chrt -p ", pid, " 2>&-").c_str(), "r");
  if (out == nullptr) return "";
  char text[1024];
  const size_t got = fread(text, 1, sizeof(text), out);
  return pclose(out) == 0 ? std::string(text, got) : "";
}

TEST(SchedTest, ComesBackFromChrt) {
  if (!MayBeRealTime()) GTEST_SKIP() << "needs CAP_SYS_NICE";
  const Child child = Sleeper();
  if (Chrt(child.pid()).empty()) GTEST_SKIP() << "chrt is not here";
  ASSERT_THAT(SetSched(child.pid(), Spec("rr:42")), IsOk());
  EXPECT_THAT(Chrt(child.pid()), AllOf(HasSubstr("policy: SCHED_RR\n"),
                                       HasSubstr("priority: 42\n")));
  ASSERT_THAT(SetSched(child.pid(), Spec("deadline:1ms/50ms/100ms"),
                       {.reset_on_fork = true}),
              IsOk());
  EXPECT_THAT(Chrt(child.pid()),
              AllOf(HasSubstr("policy: SCHED_DEADLINE|SCHED_RESET_ON_FORK\n"),
                    HasSubstr("parameters: 1000000/50000000/100000000\n")));
}

TEST(SchedTest, ExtNeedsItsConfig) {
  const Child child = Sleeper();
  const absl::Status set = SetSched(child.pid(), Spec("ext"));
  if (access("/sys/kernel/sched_ext", F_OK) == 0) {
    EXPECT_THAT(set, IsOk());
    EXPECT_EQ(GetSched(child.pid())->spec, Spec("ext"));
  } else {
    EXPECT_THAT(set, StatusIs(absl::StatusCode::kUnimplemented,
                              HasSubstr("no CONFIG_SCHED_CLASS_EXT")));
    EXPECT_EQ(GetSched(child.pid())->spec, Spec("normal"));
  }
}

TEST(SchedTest, NiceStaysUnlessGiven) {
  const Child child = Sleeper();
  ASSERT_THAT(SetNice(child.pid(), 5), IsOk());
  ASSERT_THAT(SetSched(child.pid(), Spec("batch")), IsOk());
  EXPECT_EQ(GetSched(child.pid())->nice, 5);
  ASSERT_THAT(SetSched(child.pid(), Spec("batch"), {.nice = 7}), IsOk());
  EXPECT_EQ(StatField(child.pid(), kNiceField), 7);
  ASSERT_THAT(SetSched(child.pid(), Spec("idle"), {.nice = 9}), IsOk());
  EXPECT_EQ(GetSched(child.pid())->nice, 9);
  EXPECT_THAT(SetSched(child.pid(), Spec("normal"), {.nice = 20}),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(SchedTest, RealTimeThreadsKeepANiceForLater) {
  if (!MayBeRealTime()) GTEST_SKIP() << "needs CAP_SYS_NICE";
  const Child child = Sleeper();
  ASSERT_THAT(SetSched(child.pid(), Spec("rr:3"), {.nice = -4}), IsOk());
  EXPECT_EQ(GetSched(child.pid())->nice, -4);
  ASSERT_THAT(SetSched(child.pid(), Spec("normal")), IsOk());
  EXPECT_EQ(GetSched(child.pid())->nice, -4);
}

TEST(SchedTest, SaysThatAThreadIsNotThere) {
  pid_t gone;
  {
    const Child child = Sleeper();
    gone = child.pid();
  }
  EXPECT_EQ(ErrnoOf(GetSched(gone).status()), ESRCH);
  EXPECT_EQ(ErrnoOf(SetSched(gone, SchedSpec())), ESRCH);
  EXPECT_EQ(ErrnoOf(SetNice(gone, 0)), ESRCH);
}

// Makes the calling child real-time as far as it is safe to be.
bool BecomeFifo(bool reset_on_fork) {
  const uint32_t cpu = GetAffinity()->First();
  return SetAffinity(0, CpuSet{cpu}).ok() &&
         LimitRealTime(absl::Milliseconds(20), absl::Milliseconds(100)).ok() &&
         SetSched(0, Spec("fifo:1"), {.reset_on_fork = reset_on_fork}).ok();
}

// 1 or 2 for a grandchild that is normal or fifo.
int PolicyOfGrandchild(bool reset_on_fork) {
  if (!BecomeFifo(reset_on_fork)) return 3;
  if (GetSched(0)->reset_on_fork != reset_on_fork) return 4;
  return ExitOf([] { return GetSched(0)->spec == SchedSpec() ? 1 : 2; });
}

TEST(SchedTest, ResetOnForkIsForChildren) {
  if (!MayBeRealTime()) GTEST_SKIP() << "needs CAP_SYS_NICE";
  EXPECT_EQ(ExitOf([] { return PolicyOfGrandchild(true); }), 1);
  EXPECT_EQ(ExitOf([] { return PolicyOfGrandchild(false); }), 2);
}

TEST(SchedTest, DeadlineThreadsForkOnlyWithReset) {
  if (!MayBeRealTime()) GTEST_SKIP() << "needs CAP_SYS_NICE";
  for (const bool reset : {false, true}) {
    const int error = ExitOf([reset] {
      const absl::Status set = SetSched(0, Spec("deadline:1ms/100ms/100ms"),
                                        {.reset_on_fork = reset});
      if (!set.ok()) return ErrnoOf(set);
      return ErrnoOf(Child::Spawn([] { return 0; }).status());
    });
    EXPECT_EQ(error, reset ? 0 : EAGAIN) << reset;
  }
}

TEST(SchedTest, DeadlineNeedsAllCpus) {
  if (!MayBeRealTime()) GTEST_SKIP() << "needs CAP_SYS_NICE";
  const CpuSet cpus = *GetAffinity();
  if (cpus.Count() < 2) GTEST_SKIP() << "one CPU is all CPUs here";
  const Child child = Sleeper();
  ASSERT_THAT(SetAffinity(child.pid(), CpuSet{cpus.First()}), IsOk());
  const absl::Status set = SetSched(child.pid(), Spec("deadline:1ms/9ms/9ms"));
  EXPECT_EQ(ErrnoOf(set), EPERM);
  EXPECT_THAT(std::string(set.message()),
              HasSubstr("the affinity has to be all CPUs"));
}

TEST(SchedTest, DeadlineIsAdmittedUpToTheBandwidth) {
  if (!MayBeRealTime()) GTEST_SKIP() << "needs CAP_SYS_NICE";
  if (*ReadFileTrimmed("/proc/sys/kernel/sched_rt_runtime_us") == "-1") {
    GTEST_SKIP() << "admission is off: kernel.sched_rt_runtime_us is -1";
  }
  const uint32_t cpus = GetAffinity()->Count();
  if (cpus > 16) GTEST_SKIP() << cpus << " CPUs are too many to fill";
  // All of each CPU, of which 5 % are kept for others.
  std::vector<Child> children;
  absl::Status last;
  while (last.ok() && children.size() <= cpus) {
    children.push_back(Sleeper());
    last = SetSched(children.back().pid(), Spec("deadline:9ms/9ms/9ms"));
  }
  EXPECT_EQ(ErrnoOf(last), EBUSY);
  EXPECT_THAT(std::string(last.message()),
              HasSubstr("no deadline bandwidth is left"));
}

TEST(SchedTest, DeadlinePeriodsAreBoundedBySysctls) {
  if (!MayBeRealTime()) GTEST_SKIP() << "needs CAP_SYS_NICE";
  const Child child = Sleeper();
  const absl::Status set = SetSched(child.pid(), Spec("deadline:1ms/9h/9h"));
  EXPECT_EQ(ErrnoOf(set), EINVAL);
  EXPECT_THAT(std::string(set.message()),
              HasSubstr("kernel.sched_deadline_period_min_us"));
}

// A cgroup of the v1 cpu hierarchy; its threads have to be gone first.
class CpuCgroup final {
 public:
  CpuCgroup() : name_(absl::StrCat("/ktstr_sched_test_", getpid())) {
    made_ = mkdir(path().c_str(), 0755) == 0;
  }
  ~CpuCgroup() {
    if (made_) {
      EXPECT_EQ(rmdir(path().c_str()), 0);
    }
  }
  CpuCgroup(const CpuCgroup&) = delete;
  CpuCgroup& operator=(const CpuCgroup&) = delete;

  bool made() const { return made_; }
  const std::string& name() const { return name_; }
  std::string path() const { return absl::StrCat("/sys/fs/cgroup/cpu", name_); }

  bool Take(pid_t pid) const {
    const absl::StatusOr<Fd> procs =
        OpenFile(absl::StrCat(path(), "/cgroup.procs"), O_WRONLY);
    return procs.ok() && WriteAll(procs->get(), absl::StrCat(pid)).ok();
  }

 private:
  std::string name_;
  bool made_;
};

TEST(SchedTest, NamesTheCgroupWithoutRealTimeRunTime) {
  if (!MayBeRealTime()) GTEST_SKIP() << "needs CAP_SYS_NICE";
  const CpuCgroup group;
  if (!group.made()) GTEST_SKIP() << "cannot make " << group.path();
  if (access(absl::StrCat(group.path(), "/cpu.rt_runtime_us").c_str(), F_OK) !=
      0) {
    GTEST_SKIP() << "no CONFIG_RT_GROUP_SCHED";
  }
  Child child = Sleeper();
  ASSERT_TRUE(group.Take(child.pid()));
  const absl::Status set = SetSched(child.pid(), Spec("fifo:1"));
  EXPECT_EQ(ErrnoOf(set), EPERM);
  EXPECT_THAT(std::string(set.message()),
              AllOf(HasSubstr(absl::StrCat("cgroup '", group.name(), "'")),
                    HasSubstr("cpu.rt_runtime_us")));
  ASSERT_THAT(child.Signal(SIGKILL), IsOk());
  ASSERT_THAT(child.Reap(), IsOk());
}

TEST(NiceTest, ComesBackAsSetAlsoFromProc) {
  const Child child = Sleeper();
  for (const int nice : {1, 19}) {
    ASSERT_THAT(SetNice(child.pid(), nice), IsOk());
    EXPECT_THAT(GetNice(child.pid()), IsOkAndHolds(nice));
    EXPECT_EQ(StatField(child.pid(), kNiceField), nice);
  }
  if (!ReadSchedRights(0).cap_sys_nice) GTEST_SKIP() << "needs CAP_SYS_NICE";
  for (const int nice : {-1, -20}) {
    ASSERT_THAT(SetNice(child.pid(), nice), IsOk());
    EXPECT_THAT(GetNice(child.pid()), IsOkAndHolds(nice));
  }
}

TEST(NiceTest, RefusesWhatTheKernelWouldCutOff) {
  for (const int nice : {-21, 20}) {
    EXPECT_THAT(SetNice(0, nice), StatusIs(absl::StatusCode::kOutOfRange,
                                           HasSubstr("-20 .. 19")));
  }
}

TEST(FairSliceTest, ComesBackAsSet) {
  const absl::StatusOr<int64_t> before = GetFairSlice();
  ASSERT_THAT(before, IsOk());
  if (*before == 0) GTEST_SKIP() << "the kernel tells no slice";
  EXPECT_THAT(SetFairSlice(100'000), IsOk());
  EXPECT_THAT(GetFairSlice(), IsOkAndHolds(100'000));
  EXPECT_EQ(GetSched(0)->slice_ns, 100'000);
  EXPECT_EQ(SchedField(getpid(), "se.slice"), 100'000);
  EXPECT_THAT(SetFairSlice(0), IsOk());
  EXPECT_THAT(GetFairSlice(), IsOkAndHolds(*before));
}

TEST(FairSliceTest, ANewPolicyBringsTheKernelsOwnBack) {
  const int code = ExitOf([] {
    const int64_t before = *GetFairSlice();
    if (!SetFairSlice(100'000).ok()) return 1;
    if (!SetSched(0, Spec("batch")).ok()) return 2;
    return *GetFairSlice() == before ? 0 : 3;
  });
  EXPECT_EQ(code, 0);
}

TEST(UclampTest, ComesBackAsSetAndKeepsTheRest) {
  const absl::Status have = CheckUclamp();
  const Child child = Sleeper();
  ASSERT_THAT(SetSched(child.pid(), Spec("batch"), {.nice = 3}), IsOk());
  const absl::Status set = SetUclamp(child.pid(), 100, 900);
  EXPECT_EQ(set.code(), have.code());
  if (!have.ok()) {
    EXPECT_THAT(set, StatusIs(absl::StatusCode::kUnimplemented,
                              HasSubstr("no CONFIG_UCLAMP_TASK")));
    GTEST_SKIP() << have.message();
  }
  const SchedState state = *GetSched(child.pid());
  EXPECT_EQ(state.uclamp_min, 100);
  EXPECT_EQ(state.uclamp_max, 900);
  EXPECT_EQ(state.spec, Spec("batch"));
  EXPECT_EQ(state.nice, 3);
  ASSERT_THAT(SetUclamp(child.pid(), -1, -1), IsOk());
  EXPECT_EQ(GetSched(child.pid())->uclamp_max, 1024);
}

TEST(UclampTest, RefusesWhatIsNoClamp) {
  const std::pair<int, int> bad[] = {{-2, 5}, {0, 1025}, {1025, -1}, {9, 8}};
  for (const auto& [min, max] : bad) {
    EXPECT_THAT(SetUclamp(0, min, max),
                StatusIs(absl::StatusCode::kOutOfRange,
                         HasSubstr("0 <= min <= max <= 1024")));
  }
}

TEST(LimitRealTimeTest, KillsAThreadThatDoesNotSleep) {
  if (!MayBeRealTime()) GTEST_SKIP() << "needs CAP_SYS_NICE";
  const int end = ExitOf([] {
    if (!BecomeFifo(/*reset_on_fork=*/false)) return 1;
    // A few seconds at most, if nothing ends it.
    for (int i = 0; i < 20'000'000; ++i) getppid();
    return 2;
  });
  EXPECT_EQ(end, -SIGXCPU);
}

TEST(LimitRealTimeTest, ComesBackAsSet) {
  EXPECT_EQ(ExitOf([] {
              const absl::Duration soft = absl::Milliseconds(1500);
              if (!LimitRealTime(soft, absl::Seconds(2)).ok()) return 1;
              struct rlimit limit = {};
              getrlimit(RLIMIT_RTTIME, &limit);
              if (limit.rlim_cur != 1'500'000) return 2;
              if (limit.rlim_max != 2'000'000) return 3;
              return *GetRealTimeLimit() == soft ? 0 : 4;
            }),
            0);
}

TEST(LimitRealTimeTest, RefusesWhatIsNoLimit) {
  for (const auto& [soft, hard] :
       {std::pair(absl::ZeroDuration(), absl::Seconds(1)),
        std::pair(absl::Nanoseconds(999), absl::Seconds(1)),
        std::pair(absl::Seconds(2), absl::Seconds(1))}) {
    EXPECT_THAT(LimitRealTime(soft, hard),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("1us <= soft <= hard")));
  }
}

}  // namespace
}  // namespace ktstr
