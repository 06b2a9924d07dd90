// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/scheduler/scheduler_run.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/core/host/fake_root.h"
#include "ktstr/scheduler/leash.h"
#include "ktstr/scheduler/scheduler_result.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// Shell: what the kernel does when the program loads its scheduler, and when
// the program lets go of it. The state comes last: it is what we wait for.
constexpr char kLoad[] =
    "echo $$ >$0/pid; mkdir $S/root; echo simple >$S/root/ops; "
    "echo 1 >$S/enable_seq; echo enabled >$S/state; ";
constexpr char kUnloadAtSigint[] =
    "trap 'echo disabled >$S/state; rm -r $S/root; echo bye; exit 0' INT; ";
constexpr char kStay[] = "echo >&9; sleep 1000 >/dev/null 2>&1 & wait; ";

class SchedulerRunTest : public testing::Test {
 protected:
  SchedulerRunTest() {
    root_.Write("/sys/kernel/sched_ext/state", "disabled\n");
    root_.Write("/sys/kernel/sched_ext/enable_seq", "0\n");
    root_.Write("/dev/kmsg", "");
    root_.Write("/proc/sysrq-trigger", "");
  }

  // Of a shell that runs `parts` in a row, with patience for all that is to
  // happen and none for what is not.
  SchedulerOptions Script(const std::vector<std::string>& parts) const {
    SchedulerOptions options;
    std::string script = "S=$0/sys/kernel/sched_ext; ";
    for (const std::string& part : parts) absl::StrAppend(&script, part);
    options.command = leash_.Shell(script);
    options.command.push_back(root_.path());
    options.root = root_.path();
    options.load_timeout = absl::Minutes(10);
    options.stop_patience = absl::Minutes(10);
    options.unload_timeout = absl::Milliseconds(1);
    return options;
  }
  SchedulerOptions WellBehaved() const {
    return Script({kUnloadAtSigint, kLoad, kStay});
  }

  void SetState(absl::string_view state) const {
    root_.Write("/sys/kernel/sched_ext/state", state);
  }
  // Filled up, so that one read takes one record as it does from the kernel.
  void Log(absl::string_view text) const {
    constexpr size_t kRecord = 8192;
    std::string record = absl::StrCat("3,1,2,-;", text, "\n");
    record.resize(kRecord, ' ');
    root_.Append("/dev/kmsg", record);
  }
  // Of the program, a child of ours.
  pid_t Pid() const {
    pid_t pid = 0;
    const absl::StatusOr<std::string> text =
        ReadFileTrimmed(root_.path() + "/pid");
    EXPECT_TRUE(text.ok() && absl::SimpleAtoi(*text, &pid));
    return pid;
  }
  // Waits for its end, and leaves it to be reaped.
  void AwaitEnd() const {
    siginfo_t info;
    EXPECT_EQ(waitid(P_PID, static_cast<id_t>(Pid()), &info, WEXITED | WNOWAIT),
              0);
  }

  FakeRoot root_;
  Leash leash_;
};

TEST_F(SchedulerRunTest, LoadsAndStops) {
  SchedulerRun run = SchedulerRun::Start(WellBehaved());
  ASSERT_THAT(run.status(), IsOk());
  EXPECT_TRUE(run.Alive());
  const SchedulerResult result = run.Finish();
  EXPECT_EQ(result.failure, "");
  EXPECT_EQ(result.command[0], "/bin/sh");
  EXPECT_EQ(result.state_before, "disabled (seq 0)");
  EXPECT_EQ(result.state_loaded, "enabled simple (seq 1)");
  EXPECT_EQ(result.state_after, "enabled simple (seq 1)");
  EXPECT_EQ(result.ops, "simple");
  EXPECT_EQ(result.exit, "exited with code 0 when stopped");
  EXPECT_THAT(result.output, ElementsAre("bye"));
  EXPECT_THAT(result.kernel_log, IsEmpty());
  leash_.AwaitNobody();
}

TEST_F(SchedulerRunTest, ProgramMayEndOnceItsSchedulerIsLoaded) {
  SchedulerRun run = SchedulerRun::Start(Script({kLoad, "exit 0"}));
  ASSERT_THAT(run.status(), IsOk());
  AwaitEnd();
  EXPECT_TRUE(run.Alive());
  const SchedulerResult result = run.Finish();
  EXPECT_EQ(result.failure, "");
  EXPECT_EQ(result.exit,
            "exited with code 0; its scheduler stays loaded in spite of "
            "SysRq-S");
  EXPECT_THAT(ReadFile(root_.path() + "/proc/sysrq-trigger"),
              IsOkAndHolds("S"));
}

TEST_F(SchedulerRunTest, UnloadsWhatSurvivedItsProgram) {
  // Asking for it makes the state another one, at once.
  root_.Remove("/proc/sysrq-trigger");
  ASSERT_EQ(symlink((root_.path() + "/sys/kernel/sched_ext/state").c_str(),
                    (root_.path() + "/proc/sysrq-trigger").c_str()),
            0);
  SchedulerRun run = SchedulerRun::Start(Script({kLoad, "exit 0"}));
  ASSERT_THAT(run.status(), IsOk());
  AwaitEnd();
  EXPECT_EQ(run.Finish().exit,
            "exited with code 0; its scheduler was unloaded by SysRq-S");
}

TEST_F(SchedulerRunTest, SaysWhenTheProgramEndsFirst) {
  SchedulerRun run =
      SchedulerRun::Start(Script({"echo boom >&2; echo; exit 3"}));
  EXPECT_THAT(run.status(),
              StatusIs(absl::StatusCode::kAborted,
                       "sh exited with code 3 before it was loaded: boom"));
  EXPECT_FALSE(run.Alive());
  const SchedulerResult result = run.Finish();
  EXPECT_EQ(result.failure, run.status().message());
  EXPECT_EQ(result.exit, "exited with code 3");
  EXPECT_EQ(result.state_loaded, "");
  EXPECT_EQ(result.state_after, "disabled (seq 0)");
  EXPECT_THAT(result.output, ElementsAre("boom", ""));
}

TEST_F(SchedulerRunTest, QuotesWhyTheKernelDidNotLoadIt) {
  SchedulerRun run = SchedulerRun::Start(
      Script({"echo 'EXIT: runtime error (no)'; echo last; exit 0"}));
  EXPECT_THAT(run.status(),
              StatusIs(absl::StatusCode::kAborted,
                       "sh exited with code 0 before it was loaded: runtime "
                       "error (no)"));
}

TEST_F(SchedulerRunTest, DoesNotWaitForEverToBeLoaded) {
  SchedulerOptions options = Script({"exec sleep 1000"});
  options.load_timeout = absl::Milliseconds(1);
  SchedulerRun run = SchedulerRun::Start(options);
  EXPECT_THAT(
      run.status(),
      StatusIs(absl::StatusCode::kDeadlineExceeded,
               "sh was not loaded within 1ms, sched_ext is disabled (seq 0): "
               "it put out nothing"));
  EXPECT_EQ(run.Finish().exit, "was killed by SIGINT when stopped");
}

TEST_F(SchedulerRunTest, LetsItselfBeInterrupted) {
  const absl::StatusOr<Fd> interrupt = MakeEventFd(1);
  ASSERT_THAT(interrupt, IsOk());
  SchedulerOptions options = Script({"exec sleep 1000"});
  options.interrupt_fd = interrupt->get();
  EXPECT_THAT(SchedulerRun::Start(options).status(),
              StatusIs(absl::StatusCode::kCancelled,
                       "interrupted before sh was loaded"));
}

TEST_F(SchedulerRunTest, FailsWhenTheProgramIsKilled) {
  SchedulerRun run = SchedulerRun::Start(WellBehaved());
  ASSERT_THAT(run.status(), IsOk());
  leash_.AwaitSign();
  ASSERT_EQ(kill(Pid(), SIGKILL), 0);
  AwaitEnd();
  SetState("disabled\n");  // As the kernel does.
  root_.Remove("/sys/kernel/sched_ext/root");
  EXPECT_FALSE(run.Alive());
  const SchedulerResult result = run.Finish();
  EXPECT_EQ(result.failure,
            "the scheduler 'simple' was unloaded; sh was killed by SIGKILL");
  EXPECT_EQ(result.state_after, "disabled (seq 1)");
  leash_.AwaitNobody();
}

TEST_F(SchedulerRunTest, FailsWhenTheSchedulerLosesItsProgram) {
  SchedulerRun run = SchedulerRun::Start(Script({kLoad, "exit 4"}));
  ASSERT_THAT(run.status(), IsOk());
  AwaitEnd();
  EXPECT_TRUE(run.Alive());
  EXPECT_EQ(run.Finish().failure,
            "sh exited with code 4; its scheduler 'simple' went on without it");
}

TEST_F(SchedulerRunTest, FailsWhenTheKernelEjectsTheScheduler) {
  SchedulerRun run = SchedulerRun::Start(WellBehaved());
  ASSERT_THAT(run.status(), IsOk());
  Log("sched_ext: BPF scheduler \"simple\" disabled (runnable task stall)");
  Log("sched_ext: simple: cat[12] failed to run for 5.013s");
  Log("   scx_watchdog_workfn+0x154/0x1d0");
  Log("something else");
  SetState("disabled\n");
  EXPECT_FALSE(run.Alive());
  const SchedulerResult result = run.Finish();
  EXPECT_EQ(result.failure,
            "the scheduler 'simple' was ejected by the kernel: runnable task "
            "stall (cat[12] failed to run for 5.013s)");
  EXPECT_THAT(result.kernel_log,
              ElementsAre(StartsWith("sched_ext: BPF"), HasSubstr("cat[12]"),
                          HasSubstr("scx_watchdog_workfn")));
}

TEST_F(SchedulerRunTest, KnowsTheReasonWithoutTheLog) {
  root_.Remove("/dev/kmsg");
  SchedulerRun run = SchedulerRun::Start(Script(
      {"trap 'echo \"EXIT: runtime error\"; exit 0' INT; ", kLoad, kStay}));
  ASSERT_THAT(run.status(), IsOk());
  SetState("disabled\n");
  const SchedulerResult result = run.Finish();
  EXPECT_EQ(result.failure,
            "the scheduler 'simple' was ejected by the kernel: runtime error");
  EXPECT_THAT(result.kernel_log, ElementsAre(StartsWith("(not read: open(")));
}

TEST_F(SchedulerRunTest, FailsWhenAnotherSchedulerTookItsPlace) {
  SchedulerRun run = SchedulerRun::Start(WellBehaved());
  ASSERT_THAT(run.status(), IsOk());
  root_.Write("/sys/kernel/sched_ext/enable_seq", "2\n");
  EXPECT_FALSE(run.Alive());
  EXPECT_EQ(run.Finish().failure,
            "the scheduler 'simple' was replaced: enabled simple (seq 1), "
            "then enabled simple (seq 2)");
}

TEST_F(SchedulerRunTest, KillsWhatIgnoresSignals) {
  SchedulerOptions options = Script({"trap '' INT TERM; ", kLoad, kStay});
  options.stop_patience = absl::Milliseconds(1);
  SchedulerRun run = SchedulerRun::Start(options);
  ASSERT_THAT(run.status(), IsOk());
  leash_.AwaitSign();
  const SchedulerResult result = run.Finish();
  EXPECT_EQ(result.failure, "");
  EXPECT_THAT(result.exit,
              StartsWith("was killed by SIGKILL when stopped; it had ignored "
                         "SIGINT and SIGTERM; its scheduler stays loaded"));
  leash_.AwaitNobody();
}

TEST_F(SchedulerRunTest, SurvivesEndlessOutput) {
  SchedulerRun run = SchedulerRun::Start(Script({kLoad, "exec yes"}));
  ASSERT_THAT(run.status(), IsOk());
  const SchedulerResult result = run.Finish();
  EXPECT_EQ(result.failure, "");
  EXPECT_THAT(result.exit, StartsWith("was killed by SIGINT when stopped"));
  EXPECT_LE(result.output.size(), 50);
  EXPECT_THAT(result.output, Each("y"));
}

TEST_F(SchedulerRunTest, SaysWhatCannotBeStarted) {
  SchedulerOptions options = Script({});
  options.command = {"/nowhere/scx_simple", "-v"};
  SchedulerRun run = SchedulerRun::Start(options);
  EXPECT_THAT(run.status(), StatusIs(absl::StatusCode::kNotFound,
                                     HasSubstr("/nowhere/scx_simple")));
  const SchedulerResult result = run.Finish();
  EXPECT_EQ(result.failure, run.status().message());
  EXPECT_EQ(result.exit, "");
  options.command = {root_.path() + "/dev/kmsg"};
  EXPECT_THAT(SchedulerRun::Start(options).status(),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(SchedulerRunTest, NamesTheSchedulerThatIsLoadedAlready) {
  SetState("enabled\n");
  root_.Write("/sys/kernel/sched_ext/root/ops", "other\n");
  SchedulerRun run = SchedulerRun::Start(WellBehaved());
  EXPECT_THAT(run.status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "cannot load sh: there is another scheduler, 'other' "
                       "(enabled other (seq 0))"));
  EXPECT_EQ(run.Finish().state_after, "enabled other (seq 0)");
}

TEST_F(SchedulerRunTest, WaitsForOneThatIsOnItsWayOut) {
  SetState("disabling\n");
  SchedulerOptions options = WellBehaved();
  options.load_timeout = absl::ZeroDuration();
  EXPECT_THAT(
      SchedulerRun::Start(options).status(),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("disabling")));
}

TEST_F(SchedulerRunTest, NamesWhatTheKernelLacks) {
  root_.Remove("/sys");
  SchedulerRun run = SchedulerRun::Start(WellBehaved());
  EXPECT_THAT(run.status(), StatusIs(absl::StatusCode::kUnimplemented,
                                     HasSubstr("CONFIG_SCHED_CLASS_EXT")));
  EXPECT_EQ(run.Finish().state_before, "");
}

TEST_F(SchedulerRunTest, DestructorLeavesNothing) {
  {
    const SchedulerRun run = SchedulerRun::Start(WellBehaved());
    ASSERT_THAT(run.status(), IsOk());
    leash_.AwaitSign();
  }
  leash_.AwaitNobody();
}

TEST_F(SchedulerRunTest, DeathOfTheSupervisorLeavesNothing) {
  const absl::StatusOr<Fd> loaded = MakeEventFd(0);
  ASSERT_THAT(loaded, IsOk());
  absl::StatusOr<Child> supervisor = Child::Spawn([&] {
    const SchedulerRun run = SchedulerRun::Start(WellBehaved());
    eventfd_write(loaded->get(), 1);
    while (run.status().ok()) pause();
    return 1;
  });
  ASSERT_THAT(supervisor, IsOk());
  leash_.AwaitSign();
  eventfd_t count;
  ASSERT_EQ(eventfd_read(loaded->get(), &count), 0);
  EXPECT_THAT(supervisor->Signal(SIGKILL), IsOk());
  leash_.AwaitNobody();
}

}  // namespace
}  // namespace ktstr
