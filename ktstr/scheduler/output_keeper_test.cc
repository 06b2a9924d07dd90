// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/scheduler/output_keeper.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

// No process has a group of that number: pids end at 2^22.
constexpr pid_t kNoGroup = 1 << 23;

void AwaitEnd(const OutputKeeper& keeper) {
  struct pollfd end = {.fd = keeper.pidfd(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&end, 1, /*timeout=*/-1), 1);
}

// What is kept of `output`.
std::string Kept(const std::string& output) {
  absl::StatusOr<Pipe> pipe = MakePipe();
  EXPECT_THAT(pipe, IsOk());
  const int write_end = pipe->write_end.get();
  // Reads while we write: the pipe alone has no room for all.
  absl::StatusOr<Child> writer = Child::Spawn([&] {
    pipe->read_end.reset();
    return WriteAll(write_end, output).ok() ? 0 : 1;
  });
  EXPECT_THAT(writer, IsOk());
  pipe->write_end.reset();
  const absl::StatusOr<OutputKeeper> keeper =
      OutputKeeper::Start(std::move(pipe->read_end), kNoGroup);
  EXPECT_THAT(keeper, IsOk());
  AwaitEnd(*keeper);
  return keeper->Tail();
}

TEST(OutputKeeperTest, KeepsAllOfALittle) {
  EXPECT_EQ(Kept(""), "");
  EXPECT_EQ(Kept("one\ntwo"), "one\ntwo");
}

TEST(OutputKeeperTest, KeepsTheEndOfALot) {
  std::string output;
  for (int i = 0; output.size() < 5 * OutputKeeper::kBytes / 2; ++i) {
    absl::StrAppend(&output, i, "\n");
  }
  EXPECT_EQ(Kept(output), output.substr(output.size() - OutputKeeper::kBytes));
  output.resize(OutputKeeper::kBytes);
  EXPECT_EQ(Kept(output), output);
}

TEST(OutputKeeperTest, CanBeReadBeforeTheEnd) {
  absl::StatusOr<Pipe> pipe = MakePipe();
  ASSERT_THAT(pipe, IsOk());
  const absl::StatusOr<OutputKeeper> keeper =
      OutputKeeper::Start(std::move(pipe->read_end), kNoGroup);
  ASSERT_THAT(keeper, IsOk());
  EXPECT_THAT(WriteAll(pipe->write_end.get(), "begun"), IsOk());
  while (keeper->Tail() != "begun") sched_yield();
}

TEST(OutputKeeperTest, KillsTheGroupWhenItsMakerDies) {
  absl::StatusOr<Pipe> output = MakePipe();
  ASSERT_THAT(output, IsOk());
  const absl::StatusOr<Pipe> gone = MakePipe();
  ASSERT_THAT(gone, IsOk());
  absl::StatusOr<Child> member = Child::Spawn([] {
    setpgid(0, 0);
    while (true) pause();
    return 0;
  });
  ASSERT_THAT(member, IsOk());
  // Both do it, so that it is done when either goes on; the second may fail.
  setpgid(member->pid(), member->pid());
  absl::StatusOr<Child> maker = Child::Spawn([&] {
    const auto keeper =
        OutputKeeper::Start(std::move(output->read_end), member->pid());
    // Dies without a word to anybody, as by the OOM killer.
    return keeper.ok() ? kill(getpid(), SIGKILL) : 1;
  });
  ASSERT_THAT(maker, IsOk());
  EXPECT_THAT(maker->Reap(), IsOk());
  const absl::StatusOr<ChildEnd> end = member->Reap();
  ASSERT_THAT(end, IsOk());
  EXPECT_EQ(DescribeEnd(*end), "was killed by SIGKILL");
}

}  // namespace
}  // namespace ktstr
