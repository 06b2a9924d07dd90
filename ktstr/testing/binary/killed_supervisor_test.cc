// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// No worker outlives its supervisor, whenever that is killed, and no file is
// left of it.

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/worker_watch.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using testing::SizeIs;

constexpr int kPatienceMs = 10'000;

// Follows processes beyond their parent.
std::vector<Fd> Follow(const std::vector<pid_t>& pids) {
  std::vector<Fd> pidfds;
  for (pid_t pid : pids) {
    pidfds.emplace_back(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    EXPECT_TRUE(pidfds.back().valid()) << "worker " << pid << " is gone";
  }
  return pidfds;
}

bool HasEnded(const Fd& pidfd) {
  struct pollfd wanted = {pidfd.get(), POLLIN, 0};
  return poll(&wanted, 1, kPatienceMs) == 1;
}

// Kills it and sees all of its workers go.
void KillAndExpectNothingLeft(RunningBinary& binary, size_t workers) {
  const std::vector<pid_t> pids = ChildrenOf(binary.pid());
  EXPECT_THAT(pids, SizeIs(workers));
  const std::vector<Fd> followed = Follow(pids);
  binary.Signal(SIGKILL);
  EXPECT_TRUE(absl::c_all_of(followed, HasEnded)) << "a worker lives on";
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.signal, SIGKILL);
  EXPECT_EQ(outcome.orphans, static_cast<int>(workers));
  EXPECT_EQ(outcome.lingering, 0);
}

bool IsEmpty(const TempDir& folder) {
  return std::filesystem::is_empty(folder.path());
}

class KilledSupervisorTest : public testing::Test {
 protected:
  BinaryCall Call(std::vector<std::string> more) const {
    BinaryCall call;
    call.args = {"--duration=1h", "--grace=1h",
                 "--output=" + folder_.path() + "/report.json"};
    call.args.insert(call.args.end(), more.begin(), more.end());
    return call;
  }

  const TempDir folder_;
};

// Stopped in the middle of making its workers.
TEST_F(KilledSupervisorTest, BeforeTheBarrierLeavesNothing) {
  constexpr size_t kWorkers = 2000;
  RunningBinary binary(Call({"--stressor=spin_wait", "--workers=2000"}));
  ASSERT_TRUE(binary.Await([&] { return !ChildrenOf(binary.pid()).empty(); }));
  binary.Signal(SIGSTOP);
  ASSERT_TRUE(binary.Await([&] { return IsInState(binary.pid(), "T"); }));
  const size_t made = ChildrenOf(binary.pid()).size();
  ASSERT_LT(made, kWorkers) << "it was stopped too late";
  KillAndExpectNothingLeft(binary, made);
  EXPECT_TRUE(IsEmpty(folder_));
}

TEST_F(KilledSupervisorTest, WhileRunningLeavesNothing) {
  RunningBinary binary(Call({"--stressor=spin_wait", "--workers=3"}));
  ASSERT_TRUE(binary.Await([&] { return AreBusy(binary.pid(), 3); }));
  KillAndExpectNothingLeft(binary, 3);
  EXPECT_TRUE(IsEmpty(folder_));
}

// Workers asleep in read(2) and in futex(2).
TEST_F(KilledSupervisorTest, WhileWaitingLeavesNothing) {
  for (const char* wake : {"wake=pipe", "wake=futex", "wake=eventfd"}) {
    RunningBinary binary(Call({"--stressor=wake_chain", "--workers=4", wake}));
    ASSERT_TRUE(binary.Await([&] { return AreBusy(binary.pid(), 4); }));
    KillAndExpectNothingLeft(binary, 4);
  }
  EXPECT_TRUE(IsEmpty(folder_));
}

// In its grace period, because one worker does not react.
TEST_F(KilledSupervisorTest, WhileStoppingLeavesNothing) {
  RunningBinary binary(Call({"--stressor=spin_wait", "--workers=3"}));
  ASSERT_TRUE(binary.Await([&] { return AreBusy(binary.pid(), 3); }));
  ASSERT_EQ(kill(ChildrenOf(binary.pid()).at(0), SIGSTOP), 0);
  binary.Signal(SIGTERM);
  ASSERT_TRUE(
      binary.Await([&] { return ChildrenOf(binary.pid()).size() == 1; }));
  KillAndExpectNothingLeft(binary, 1);
  EXPECT_TRUE(IsEmpty(folder_));
}

TEST_F(KilledSupervisorTest, OfThreadsLeavesNothing) {
  RunningBinary binary(
      Call({"--stressor=spin_wait", "--workers=3", "--mode=thread"}));
  ASSERT_TRUE(binary.Await([&] { return AreBusy(binary.pid(), 3); }));
  KillAndExpectNothingLeft(binary, 1);
  EXPECT_TRUE(IsEmpty(folder_));
}

}  // namespace
}  // namespace ktstr
