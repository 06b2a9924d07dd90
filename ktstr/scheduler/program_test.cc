// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/scheduler/program.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"
#include "ktstr/scheduler/leash.h"
#include "ktstr/scheduler/output_keeper.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::EndsWith;

// Never over where it is not to pass, over at once where it is.
constexpr absl::Duration kLong = absl::Minutes(10);
constexpr absl::Duration kShort = absl::Milliseconds(1);

Program StartOrDie(const std::vector<std::string>& argv) {
  absl::StatusOr<Program> program = Program::Start(argv);
  EXPECT_THAT(program, IsOk());
  return *std::move(program);
}

void AwaitEnd(const Program& program) {
  struct pollfd end = {.fd = program.pidfd(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&end, 1, /*timeout=*/-1), 1);
}

TEST(ProgramTest, KeepsBothOutputs) {
  Program program = StartOrDie({"/bin/sh", "-c", "echo one; echo two >&2"});
  AwaitEnd(program);
  EXPECT_TRUE(program.Ended());
  EXPECT_EQ(program.Stop(kLong).text, "exited with code 0");
  EXPECT_FALSE(program.Ended());
  EXPECT_EQ(program.Output(), "one\ntwo\n");
}

TEST(ProgramTest, IsStoppedBySigint) {
  const Leash leash;
  Program program = StartOrDie(leash.Shell(
      "trap 'echo bye; exit 3' INT; echo >&9; sleep 1000 >/dev/null 2>&1 & "
      "wait"));
  leash.AwaitSign();
  EXPECT_FALSE(program.Ended());
  EXPECT_EQ(program.Stop(kLong).text, "exited with code 3 when stopped");
  EXPECT_EQ(program.Output(), "bye\n");
  leash.AwaitNobody();  // Not even its sleep.
}

TEST(ProgramTest, IsStoppedBySigtermWhereSigintIsIgnored) {
  const Leash leash;
  Program program =
      StartOrDie(leash.Shell("trap '' INT; echo >&9; exec sleep 1000"));
  leash.AwaitSign();
  EXPECT_EQ(program.Stop(absl::Milliseconds(500)).text,
            "was killed by SIGTERM when stopped; it had ignored SIGINT");
}

TEST(ProgramTest, IsKilledWhereBothAreIgnored) {
  const Leash leash;
  Program program = StartOrDie(
      leash.Shell("trap '' INT TERM; echo >&9; while :; do sleep 1000; done"));
  leash.AwaitSign();
  EXPECT_EQ(program.Stop(kShort).text,
            "was killed by SIGKILL when stopped; it had ignored SIGINT and "
            "SIGTERM");
  leash.AwaitNobody();
}

TEST(ProgramTest, WhatItLeftIsStoppedToo) {
  const Leash leash;
  Program program = StartOrDie(
      leash.Shell("(trap '' INT TERM; echo >&9; exec sleep 1000) & exit 0"));
  leash.AwaitSign();
  AwaitEnd(program);
  EXPECT_EQ(program.Stop(kShort).text, "exited with code 0");
  leash.AwaitNobody();
}

TEST(ProgramTest, NeverWaitsForAReader) {
  constexpr size_t kLines = OutputKeeper::kBytes;  // Of two bytes.
  Program program =
      StartOrDie({"/bin/sh", "-c", "yes | head -n " + std::to_string(kLines)});
  AwaitEnd(program);
  EXPECT_EQ(program.Stop(kLong).text, "exited with code 0");
  EXPECT_EQ(program.Output().size(), OutputKeeper::kBytes);
  EXPECT_THAT(program.Output(), EndsWith("y\ny\n"));
}

TEST(ProgramTest, DestructorKillsAll) {
  const Leash leash;
  {
    const Program program =
        StartOrDie(leash.Shell("sleep 1000 & echo >&9; wait"));
    leash.AwaitSign();
  }
  leash.AwaitNobody();
}

TEST(ProgramTest, DeathOfItsStarterKillsAll) {
  const Leash leash;
  const absl::StatusOr<Fd> started = MakeEventFd(0);
  ASSERT_THAT(started, IsOk());
  absl::StatusOr<Child> starter = Child::Spawn([&] {
    const Program program =
        StartOrDie(leash.Shell("sleep 1000 & echo >&9; wait"));
    eventfd_write(started->get(), 1);
    while (true) pause();
    return 0;
  });
  ASSERT_THAT(starter, IsOk());
  leash.AwaitSign();
  eventfd_t count;
  ASSERT_EQ(eventfd_read(started->get(), &count), 0);
  EXPECT_THAT(starter->Signal(SIGKILL), IsOk());
  leash.AwaitNobody();
}

TEST(ProgramTest, TellsAnOrderlyEndFromOthers) {
  constexpr std::pair<const char*, bool> kEnds[] = {
      {"exit 0", true}, {"exit 1", false}, {"kill -9 $$", false}};
  for (const auto& [script, orderly] : kEnds) {
    Program program = StartOrDie({"/bin/sh", "-c", script});
    AwaitEnd(program);
    EXPECT_EQ(program.Stop(kLong).orderly, orderly) << script;
  }
  Program program = StartOrDie({"/bin/sleep", "1000"});
  EXPECT_TRUE(program.Stop(kLong).orderly);
}

TEST(ProgramTest, SaysWhatCannotBeStarted) {
  EXPECT_THAT(Program::Start({"/nowhere/program"}),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace ktstr
