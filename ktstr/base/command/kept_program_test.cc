// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/command/kept_program.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/mapping.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Ge;
using ::testing::Gt;

// What no test waits for: were it not killed, the test would time out.
constexpr char kForever[] = "1000000";

class KeptProgramTest : public testing::Test {
 protected:
  KeptProgramTest() : shared_(*Mapping::CreateShared(sizeof(KeptRun))) {
    // What a keeper left behind would become this process's: see NothingIsLeft.
    EXPECT_THAT(prctl(PR_SET_CHILD_SUBREAPER, 1), Eq(0));
  }

  pid_t Start(const std::string& program, std::vector<std::string> words) {
    words.insert(words.begin(), program);
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    return StartKept(program.c_str(), argv.data(), &run());
  }

  pid_t StartScript(const std::string& script) {
    return Start("/bin/sh", {"-c", script, ready_, kForever});
  }

  const KeptRun& Result(pid_t keeper) {
    EXPECT_THAT(waitpid(keeper, nullptr, 0), Eq(keeper));
    return run();
  }

  const KeptRun& RunScript(const std::string& script) {
    return Result(StartScript(script));
  }

  // Until a script has made the file of its name, "$0".
  void AwaitReady() const {
    while (access(ready_.c_str(), F_OK) != 0) sched_yield();
  }

  // Waits for all processes that this one has or inherits, without limit.
  static void AwaitNobodyLeft() {
    while (waitpid(-1, nullptr, 0) > 0) {
    }
    EXPECT_THAT(errno, Eq(ECHILD));
  }

  KeptRun& run() { return *static_cast<KeptRun*>(shared_.data()); }

  const TempDir dir_;
  const std::string ready_ = dir_.path() + "/ready";
  const Mapping shared_;
};

TEST_F(KeptProgramTest, TellsHowTheProgramEnded) {
  EXPECT_THAT(RunScript("exit 7").wait_status, Eq(W_EXITCODE(7, 0)));
  EXPECT_TRUE(run().ended);
  EXPECT_FALSE(run().stopped);
  EXPECT_THAT(RunScript("kill -SEGV $$").wait_status & 0x7f, Eq(SIGSEGV));
}

TEST_F(KeptProgramTest, CountsWhatTheProgramAndItsChildrenUsed) {
  const KeptRun result = RunScript(": | : | :");
  EXPECT_THAT(result.wait_status, Eq(0));
  EXPECT_THAT(result.cpu_ns, Gt(0));
  // It waits for three.
  EXPECT_THAT(result.voluntary_switches + result.involuntary_switches, Gt(0));
  EXPECT_THAT(result.end_at - result.begin_at, Gt(0));
  EXPECT_THAT(result.run_delay_ns, Ge(0));
  EXPECT_THAT(result.left_behind, Eq(0));
}

TEST_F(KeptProgramTest, TellsWhatCannotBeStarted) {
  EXPECT_THAT(Result(Start(dir_.path(), {})).start_error, Eq(EACCES));
  EXPECT_THAT(Result(Start(ready_, {})).start_error, Eq(ENOENT));
  EXPECT_THAT(RunScript("").start_error, Eq(0));
}

TEST_F(KeptProgramTest, ProgramsHaveDefaultSignalsAndNoDescriptors) {
  signal(SIGTERM, SIG_IGN);
  const int fd = dup(STDOUT_FILENO);
  // All masks are zero, the streams are /dev/null, and only ls itself opens.
  EXPECT_THAT(RunScript("! grep -E 'Sig(Blk|Ign):.*[1-9a-f]' /proc/self/status"
                        " && for i in 0 1 2; do"
                        " test $(readlink /proc/$$/fd/$i) = /dev/null ||"
                        " exit 2; done; test ! -e /proc/$$/fd/" +
                        std::to_string(fd))
                  .wait_status,
              Eq(0));
  close(fd);
  signal(SIGTERM, SIG_DFL);
}

TEST_F(KeptProgramTest, StaysInTheSessionInAGroupOfItsOwn) {
  const std::string session = std::to_string(getsid(0));
  EXPECT_THAT(RunScript("set -- $(cat /proc/$$/stat); test $5 = $$ && test $6 ="
                        " " +
                        session)
                  .wait_status,
              Eq(0));
}

TEST_F(KeptProgramTest, KillsWhatOutlivesTheProgram) {
  const KeptRun result = RunScript("sleep $1 & setsid sleep $1 & exit 3");
  EXPECT_THAT(result.wait_status, Eq(W_EXITCODE(3, 0)));
  EXPECT_THAT(result.left_behind, Ge(2));
  AwaitNobodyLeft();
}

TEST_F(KeptProgramTest, StopEndsAllOfIt) {
  const pid_t keeper = StartScript(
      "trap '' TERM INT HUP; setsid sh -c 'sleep $0 & sleep $0' $1 &"
      " : >$0; sleep $1; sleep $1");
  AwaitReady();
  StopKept(keeper);
  const KeptRun& result = Result(keeper);
  EXPECT_TRUE(result.stopped);
  EXPECT_THAT(result.wait_status & 0x7f, Eq(SIGKILL));
  AwaitNobodyLeft();
}

TEST_F(KeptProgramTest, StopReachesAProgramThatIsStillToBegin) {
  for (int i = 0; i < 20; ++i) {
    const pid_t keeper = Start("/bin/sleep", {kForever});
    StopKept(keeper);
    Result(keeper);
    AwaitNobodyLeft();
  }
}

TEST_F(KeptProgramTest, StopEndsAStoppedProgram) {
  const pid_t keeper = StartScript(": >$0; kill -STOP $$");
  AwaitReady();
  StopKept(keeper);
  EXPECT_TRUE(Result(keeper).stopped);
}

TEST_F(KeptProgramTest, NothingOutlivesAStarterThatIsKilled) {
  const pid_t starter = fork();
  if (starter == 0) {
    StartScript("setsid sleep $1 & sleep $1 & : >$0; wait");
    for (;;) pause();
  }
  AwaitReady();
  kill(starter, SIGKILL);
  AwaitNobodyLeft();
}

TEST_F(KeptProgramTest, NothingOutlivesTheThreadThatStartedIt) {
  std::thread([this] {
    StartScript("setsid sleep $1 & : >$0; wait");
    AwaitReady();
  }).join();
  AwaitNobodyLeft();
}

TEST_F(KeptProgramTest, TheProgramDiesWithItsKeeper) {
  const pid_t keeper = StartScript(": >$0; exec sleep $1");
  AwaitReady();
  kill(keeper, SIGKILL);
  EXPECT_FALSE(Result(keeper).ended);
  AwaitNobodyLeft();
}

}  // namespace
}  // namespace ktstr
