// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Steps whose workers live in cgroups of this host, as far as it has some.

#include "ktstr/core/supervisor/cgroups/step_cgroups.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/proc/own_usage.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/spin.h"
#include "ktstr/cgroup/cgroup_files.h"
#include "ktstr/cgroup/cgroup_folders.h"
#include "ktstr/cgroup/cgroup_spec.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/core/live_view.h"
#include "ktstr/core/placement/placement_options.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/supervisor/interrupts.h"
#include "ktstr/core/supervisor/scripted_stressor.h"
#include "ktstr/core/supervisor/supervisor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/core/worker/worker_record.h"
#include "ktstr/stats/zero_filled.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::Not;
using ::testing::SizeIs;

constexpr uint32_t kMaxWorkers = 4;

// What each worker reads of itself, for the test to see.
using SeenText = ZeroFilled<std::array<FixedText<512>, kMaxWorkers>>;

absl::Status Look(Worker& worker, SeenText& seen) {
  while (worker.NextIteration()) worker.Compute(16);
  (*seen)[worker.index()].Set(ReadFile("/proc/thread-self/cgroup").value());
  return absl::OkStatus();
}

[[noreturn]] void BeDeaf() {
  for (;;) CpuRelax();
}

std::vector<std::string> TreesOf(const CgroupHierarchy& hierarchy, pid_t pid) {
  std::vector<std::string> trees;
  for (const std::string& above : hierarchy.PossibleFolders()) {
    for (std::string& folder : CgroupsBelow(above)) {
      if (absl::StrContains(folder, absl::StrCat("/ktstr.", pid, "."))) {
        trees.push_back(std::move(folder));
      }
    }
  }
  return trees;
}

auto IsApplied(absl::string_view name, absl::string_view value) {
  return AllOf(Field(&SettingResult::name, Eq(name)),
               Field(&SettingResult::asked, Eq(value)),
               Field(&SettingResult::got, Eq(value)),
               Field(&SettingResult::error, 0),
               Field(&SettingResult::applied, true));
}

class StepCgroupsTest : public testing::TestWithParam<WorkerMode> {
 protected:
  void SetUp() override {
    absl::StatusOr<CgroupHierarchy> hierarchy = CgroupHierarchy::Read();
    if (!hierarchy.ok()) GTEST_SKIP() << hierarchy.status();
    const absl::StatusOr<CgroupPlace> place = hierarchy->PlaceFor("cpu");
    if (!place.ok()) GTEST_SKIP() << place.status();
    above_ = place->folder;
    hierarchy_ = *std::move(hierarchy);
    own_ = ReadFile("/proc/self/cgroup").value();
  }

  void TearDown() override {
    EXPECT_THAT(ChildrenOfThisProcess(), IsEmpty());
    EXPECT_THAT(TreesOf(hierarchy_, getpid()), IsEmpty());
    if (own_.empty()) return;
    EXPECT_THAT(ReadFile("/proc/self/cgroup"), IsOkAndHolds(own_));
  }

  static RunOptions Options(uint32_t workers, uint64_t iterations = 0) {
    RunOptions options = BoundedBy(iterations);
    options.workers = workers;
    options.mode = GetParam();
    options.together = true;
    return options;
  }

  static RunOptions WithCgroups(absl::string_view text, uint32_t workers,
                                uint64_t iterations = 0) {
    RunOptions options = Options(workers, iterations);
    options.placement.cgroups = ParseCgroups(text).value();
    return options;
  }

  // As PlacePlan() deals them: the first ones in the first cgroup.
  StepResult Run(const std::vector<Selection>& selections,
                 const RunOptions& options,
                 const std::function<void(const LiveView&)>& on_tick = {}) {
    absl::StatusOr<Plan> plan = MakePlan(options, selections, {});
    EXPECT_THAT(plan, IsOk());
    const size_t cgroups = options.placement.cgroups.size();
    for (PlannedStressor& planned : plan->steps[0].stressors) {
      if (cgroups == 0) break;
      planned.placed.resize(planned.workers);
      for (uint32_t i = 0; i < planned.workers; ++i) {
        planned.placed[i].cgroup =
            static_cast<uint32_t>(i * cgroups / planned.workers);
        if (options.placement.sched.has_value()) {
          planned.placed[i].sched = *options.placement.sched->others;
        }
      }
    }
    const Supervision supervision = {.interrupts = &interrupts_,
                                     .on_tick = on_tick,
                                     .tick = absl::Milliseconds(1)};
    return RunStep(plan->steps[0], plan->options, supervision);
  }

  StressorResult RunOne(const ScriptedDef& def, const RunOptions& options) {
    StepResult step = Run({{"scripted", &def}}, options);
    return std::move(step.stressors[0]);
  }

  CgroupHierarchy hierarchy_;
  std::string above_;
  std::string own_;
  Interrupts interrupts_ =
      Interrupts::Create(/*same_request=*/absl::ZeroDuration()).value();
};

TEST_P(StepCgroupsTest, EachWorkerLivesInItsOwn) {
  SeenText seen;
  const ScriptedDef def({.run = [&](Worker& w) { return Look(w, seen); }});
  const StressorResult result =
      RunOne(def, WithCgroups("a:weight=100,b:weight=300", 4, 10));
  ASSERT_THAT(result.setup, IsOk());
  ASSERT_THAT(result.workers, SizeIs(4));
  for (const WorkerResult& worker : result.workers) {
    const std::string name = worker.index < 2 ? "a" : "b";
    EXPECT_EQ(worker.cgroup, name);
    EXPECT_THAT(worker.settings, Contains(IsApplied("cgroup", name)));
    const std::string text((*seen)[worker.index].view());
    EXPECT_THAT(text, HasSubstr(absl::StrCat("/ktstr.", getpid(), ".")));
    EXPECT_THAT(text, HasSubstr(absl::StrCat("/", name, "\n")));
  }
  ASSERT_THAT(result.cgroups, SizeIs(2));
  EXPECT_EQ(result.cgroups[0].name, "a");
  EXPECT_EQ(result.cgroups[1].weight, 300);
  for (const CgroupResult& cgroup : result.cgroups) {
    EXPECT_EQ(cgroup.workers, 2u);
    EXPECT_TRUE(cgroup.has_cpu);
    EXPECT_EQ(cgroup.trouble, "");
    EXPECT_THAT(cgroup.settings,
                ElementsAre(Field(&SettingResult::applied, true)));
  }
}

TEST_P(StepCgroupsTest, OneTakesWholeProcesses) {
  SeenText seen;
  const ScriptedDef def({.run = [&seen](Worker& worker) {
    while (worker.NextIteration()) worker.Compute(16);
    // Of the first thread.
    (*seen)[worker.index()].Set(ReadFile("/proc/self/cgroup").value());
    return absl::OkStatus();
  }});
  const StressorResult result = RunOne(def, WithCgroups("whole", 2, 10));
  ASSERT_THAT(result.workers, SizeIs(2));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.settings, Contains(IsApplied("cgroup", "whole")));
    EXPECT_THAT(std::string((*seen)[worker.index].view()),
                HasSubstr("/whole\n"));
  }
}

TEST_P(StepCgroupsTest, CountersAreThoseOfTheWorkers) {
  const ScriptedDef def({.run = [](Worker& worker) {
    while (worker.NextIteration()) worker.BurnCpuTime(absl::Milliseconds(2));
    return absl::OkStatus();
  }});
  const StressorResult result = RunOne(def, WithCgroups("a", 2, 10));
  ASSERT_THAT(result.cgroups, SizeIs(1));
  if (!result.cgroups[0].stats.usage_known) GTEST_SKIP() << "no counter";
  int64_t on_cpu_ns = 0;
  for (const WorkerResult& worker : result.workers) {
    on_cpu_ns += worker.counters.on_cpu_ns;
  }
  EXPECT_THAT(on_cpu_ns, Ge(40'000'000));
  EXPECT_THAT(result.cgroups[0].stats.usage_ns, Ge(on_cpu_ns));
}

TEST_P(StepCgroupsTest, CountersEndWithTheStop) {
  constexpr int64_t kLate = 50'000'000;
  const ScriptedDef def({.run = [](Worker& worker) {
    while (worker.NextIteration()) worker.SleepFor(absl::Hours(1));
    const int64_t begin = OwnCpuNanos();
    while (OwnCpuNanos() - begin < kLate) CpuRelax();
    return absl::OkStatus();
  }});
  RunOptions options = WithCgroups("a", 2);
  options.duration = absl::Milliseconds(20);
  const StressorResult result = RunOne(def, options);
  ASSERT_THAT(result.cgroups, SizeIs(1));
  if (!result.cgroups[0].stats.usage_known) GTEST_SKIP() << "no counter";
  for (const WorkerResult& worker : result.workers) {
    EXPECT_EQ(worker.end, WorkerEnd::kFinished);
    EXPECT_THAT(worker.counters.on_cpu_ns, Ge(kLate));
  }
  EXPECT_THAT(result.cgroups[0].stats.usage_ns, Lt(kLate));
}

TEST_P(StepCgroupsTest, RefusedControlsAreToldAndStopNobody) {
  const ScriptedDef def({.run = OnlySpin});
  const StressorResult result = RunOne(def, WithCgroups("a:cpus=65535", 2, 10));
  EXPECT_THAT(result.workers,
              Each(Field(&WorkerResult::end, WorkerEnd::kFinished)));
  ASSERT_THAT(result.cgroups, SizeIs(1));
  ASSERT_THAT(result.cgroups[0].settings, SizeIs(1));
  const SettingResult& setting = result.cgroups[0].settings[0];
  EXPECT_EQ(setting.name, "cpus");
  EXPECT_FALSE(setting.applied);
  EXPECT_THAT(setting.why, HasSubstr("cpuset"));
}

TEST_P(StepCgroupsTest, NothingIsLeftOfWorkersThatDied) {
  const ScriptedDef def({.run = [](Worker&) {
    raise(SIGKILL);
    return absl::OkStatus();
  }});
  const StressorResult result = RunOne(def, WithCgroups("a,b", 2));
  // Of threads the first one that got there.
  EXPECT_THAT(result.workers,
              Contains(Field(&WorkerResult::end, WorkerEnd::kDied)));
  EXPECT_THAT(result.cgroups, Each(Field(&CgroupResult::trouble, "")));
}

TEST_P(StepCgroupsTest, NothingIsLeftOfRunsThatWereKilled) {
  RunOptions options = WithCgroups("a,b", 2);
  options.grace = absl::Hours(1);
  ZeroFilled<std::atomic<int>> running;
  const ScriptedDef def({.run = [&running](Worker&) {
    ++*running;
    BeDeaf();
    return absl::OkStatus();
  }});
  const StepResult step = Run({{"deaf", &def}}, options, [&](const LiveView&) {
    if (*running == 2) kill(getpid(), SIGINT);
  });
  EXPECT_THAT(step.stressors[0].workers,
              Each(Field(&WorkerResult::end, WorkerEnd::kKilled)));
  EXPECT_THAT(step.stressors[0].cgroups,
              Each(Field(&CgroupResult::trouble, "")));
  while (interrupts_.Take() != 0) {  // Ticks that were one too many.
  }
}

TEST_P(StepCgroupsTest, NothingIsLeftOfRunsThatDidNotStart) {
  const ScriptedDef unable({.run = OnlySpin, .prepare = [](Preparation&) {
                              return absl::UnimplementedError("not here");
                            }});
  EXPECT_THAT(RunOne(unable, WithCgroups("a", 2)).setup,
              StatusIs(absl::StatusCode::kUnimplemented));
  ASSERT_THAT(kill(getpid(), SIGHUP), Eq(0));
  const ScriptedDef def({.run = OnlySpin});
  EXPECT_THAT(RunOne(def, WithCgroups("a", 2)).cgroups,
              Each(Field(&CgroupResult::trouble, "")));
}

TEST_P(StepCgroupsTest, TogetherEachStressorHasItsOwn) {
  SeenText seen;
  const ScriptedDef def({.run = [&](Worker& w) { return Look(w, seen); }});
  const StepResult step =
      Run({{"x", &def}, {"y", &def}}, WithCgroups("a,b", 2, 10));
  ASSERT_THAT(step.stressors, SizeIs(2));
  for (const StressorResult& result : step.stressors) {
    EXPECT_THAT(result.setup, IsOk());
    EXPECT_THAT(result.cgroups, Each(Field(&CgroupResult::workers, 1u)));
  }
  EXPECT_THAT(std::string((*seen)[1].view()),
              AnyOf(HasSubstr("/x.b\n"), HasSubstr("/y.b\n")));
}

TEST_P(StepCgroupsTest, ANameTwiceIsAnError) {
  const ScriptedDef def({.run = OnlySpin});
  RunOptions options = WithCgroups("a,b", 2, 10);
  EXPECT_THAT(RunOne(def, options).setup, IsOk());
  options.placement.cgroups[1].name = "a";
  EXPECT_THAT(RunOne(def, options).setup,
              StatusIs(absl::StatusCode::kAlreadyExists));
}

// In v1 a new cgroup has no real-time run time; that is told, with the file.
TEST_P(StepCgroupsTest, RealTimeThatTheCgroupBarsIsTold) {
  const std::string limit = above_ + "/cpu.rt_runtime_us";
  if (access(limit.c_str(), F_OK) != 0) GTEST_SKIP() << "no " << limit;
  const ScriptedDef def({.run = OnlySpin});
  RunOptions options = WithCgroups("a", 1, 10);
  options.placement.sched = ParseRoleSched("fifo:1").value();
  const StressorResult result = RunOne(def, options);
  ASSERT_THAT(result.workers, SizeIs(1));
  EXPECT_EQ(result.workers[0].end, WorkerEnd::kFinished);
  EXPECT_THAT(result.workers[0].settings,
              Contains(AllOf(
                  Field(&SettingResult::name, "policy"),
                  Field(&SettingResult::applied, false),
                  Field(&SettingResult::why, HasSubstr("cpu.rt_runtime_us")))));
}

void AwaitEndOf(const Fd& pidfd) {
  struct pollfd end = {.fd = pidfd.get(), .events = POLLIN, .revents = 0};
  EXPECT_THAT(poll(&end, 1, /*timeout=*/-1), Eq(1));
}

TEST_P(StepCgroupsTest, TheNextRunRemovesWhatADeadOneLeft) {
  ZeroFilled<std::array<std::atomic<pid_t>, 2>> pids;
  const ScriptedDef deaf({.run = [&pids](Worker& worker) {
    (*pids)[worker.index()] = getpid();
    BeDeaf();
    return absl::OkStatus();
  }});
  absl::StatusOr<Child> supervisor = Child::Spawn([&] {
    RunOne(deaf, WithCgroups("a,b", 2));
    return 0;
  });
  ASSERT_THAT(supervisor, IsOk());
  std::vector<Fd> workers;
  for (std::atomic<pid_t>& pid : *pids) {
    while (pid == 0) CpuRelax();
    workers.emplace_back(
        static_cast<int>(syscall(SYS_pidfd_open, pid.load(), /*flags=*/0)));
  }
  const pid_t dead = supervisor->pid();
  // While it lives. After that any other run may remove them.
  EXPECT_THAT(TreesOf(hierarchy_, dead), Not(IsEmpty()));
  ASSERT_THAT(supervisor->Signal(SIGKILL), IsOk());
  ASSERT_THAT(supervisor->Reap(), IsOk());
  for (const Fd& worker : workers) AwaitEndOf(worker);
  const ScriptedDef def({.run = OnlySpin});
  EXPECT_THAT(RunOne(def, WithCgroups("a", 2, 10)).setup, IsOk());
  EXPECT_THAT(TreesOf(hierarchy_, dead), IsEmpty());
}

// A cgroup that is not of a run, as administrators make them.
class GivenCgroupTest : public StepCgroupsTest {
 protected:
  void SetUp() override {
    StepCgroupsTest::SetUp();
    if (above_.empty()) return;
    const std::string name = absl::StrCat("/ktstr_step_test.", getpid());
    path_ = above_ + name;
    paths_.insert(path_);
    const absl::StatusOr<CgroupPlace> counter = hierarchy_.PlaceFor("cpuacct");
    if (counter.ok()) paths_.insert(counter->folder + name);
    for (const std::string& path : paths_) {
      ASSERT_THAT(MakeCgroup(path), IsOk());
    }
  }
  void TearDown() override {
    for (const std::string& path : paths_) {
      EXPECT_THAT(RemoveCgroup(path, absl::Seconds(1)), IsOk());
    }
    StepCgroupsTest::TearDown();
  }

  std::set<std::string> paths_;  // In v1 it may need several.
  std::string path_;
};

TEST_P(GivenCgroupTest, AllLiveInItAndItStays) {
  SeenText seen;
  const ScriptedDef def({.run = [&](Worker& w) { return Look(w, seen); }});
  RunOptions options = Options(2, 10);
  options.placement.cgroup = path_;
  const StressorResult result = RunOne(def, options);
  ASSERT_THAT(result.setup, IsOk());
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.settings, Contains(IsApplied("cgroup", path_)));
    EXPECT_THAT(std::string((*seen)[worker.index].view()),
                HasSubstr(path_.substr(path_.rfind('/'))));
  }
  ASSERT_THAT(result.cgroups, SizeIs(1));
  EXPECT_EQ(result.cgroups[0].folder, paths_.size() == 1 ? path_ : "");
  EXPECT_EQ(result.cgroups[0].workers, 2u);
  EXPECT_TRUE(result.cgroups[0].has_cpu);
  EXPECT_EQ(access(path_.c_str(), F_OK), 0);
}

TEST_P(GivenCgroupTest, NewOnesAreMadeInIt) {
  SeenText seen;
  const ScriptedDef def({.run = [&](Worker& w) { return Look(w, seen); }});
  RunOptions options = WithCgroups("a", 2, 10);
  options.placement.cgroup = path_;
  const StressorResult result = RunOne(def, options);
  ASSERT_THAT(result.setup, IsOk());
  EXPECT_THAT(std::string((*seen)[0].view()),
              HasSubstr(absl::StrCat(path_.substr(path_.rfind('/')), "/ktstr.",
                                     getpid())));
}

TEST_P(GivenCgroupTest, OneThatIsNotThereIsAnError) {
  const ScriptedDef def({.run = OnlySpin});
  RunOptions options = Options(2, 10);
  options.placement.cgroup = path_ + ".not";
  EXPECT_THAT(RunOne(def, options).setup,
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(".not'")));
}

TEST_P(GivenCgroupTest, WhatItCountedBeforeDoesNotCount) {
  absl::StatusOr<CgroupFolders> folders =
      CgroupFolders::Open(hierarchy_, path_);
  ASSERT_THAT(folders, IsOk());
  if (!folders->Read().usage_known) GTEST_SKIP() << "no counter";
  absl::StatusOr<Child> hog = Child::Spawn([]() -> int { BeDeaf(); });
  ASSERT_THAT(hog, IsOk());
  ASSERT_THAT(folders->AddProcess(hog->pid()), IsOk());
  constexpr int64_t kBefore = 200'000'000;
  while (folders->Read().usage_ns < kBefore) {
  }
  hog = Child::Spawn([] { return 0; });  // Ends and reaps the first.
  ASSERT_THAT(hog->Reap(), IsOk());
  const ScriptedDef def({.run = OnlySpin});
  RunOptions options = Options(1, 10);
  options.placement.cgroup = path_;
  EXPECT_THAT(RunOne(def, options).cgroups[0].stats.usage_ns, Lt(kBefore));
}

TEST(NoCgroupsTest, NothingAskedIsNothingDone) {
  const PlacementOptions placement;
  StepCgroups cgroups(placement, /*is_shared=*/false);
  const PlannedStressor planned;
  absl::StatusOr<CrewCgroups> none =
      cgroups.MakeFor(planned, WorkerMode::kFork);
  ASSERT_THAT(none, IsOk());
  EXPECT_FALSE(none->any());
  EXPECT_EQ(none->NameOf(0), "");
  EXPECT_THAT(none->Finish(), IsEmpty());
}

std::string ModeName(const testing::TestParamInfo<WorkerMode>& info) {
  return info.param == WorkerMode::kFork ? "fork" : "thread";
}

INSTANTIATE_TEST_SUITE_P(Modes, StepCgroupsTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread),
                         ModeName);
INSTANTIATE_TEST_SUITE_P(Modes, GivenCgroupTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread),
                         ModeName);

}  // namespace
}  // namespace ktstr
