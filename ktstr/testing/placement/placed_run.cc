// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/testing/placement/placed_run.h"

#include <signal.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "gtest/gtest.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/binary/worker_watch.h"

namespace ktstr {

std::vector<pid_t> WorkersOf(pid_t pid) {
  std::vector<pid_t> workers;
  for (const pid_t child : ChildrenOf(pid)) {
    std::vector<pid_t> threads = ThreadsOf(child);
    if (threads.size() > 1) {
      threads.erase(std::remove(threads.begin(), threads.end(), child),
                    threads.end());
    }
    absl::c_sort(threads);
    workers.insert(workers.end(), threads.begin(), threads.end());
  }
  return workers;
}

BinaryCall PlacedRun::Lasting(BinaryCall call) {
  // Long enough for a busy machine; bounded, because of real-time workers.
  call.args.push_back("--duration=20s");
  call.args.push_back("--grace=20s");
  call.args.push_back("--format=json");
  return call;
}

PlacedRun::PlacedRun(BinaryCall call, size_t workers)
    : binary_(Lasting(std::move(call))) {
  if (!binary_.Await([&] { return AreBusy(binary_.pid(), workers); })) {
    ADD_FAILURE() << "it ended too soon:\n" << binary_.out() << binary_.err();
    return;
  }
  children_ = ChildrenOf(binary_.pid());
  for (const pid_t child : children_) kill(child, SIGSTOP);
  EXPECT_TRUE(binary_.Await([&] {
    return absl::c_all_of(children_,
                          [](pid_t pid) { return IsInState(pid, "T"); });
  }));
  workers_ = WorkersOf(binary_.pid());
  EXPECT_EQ(workers_.size(), workers);
}

void PlacedRun::Thaw() {
  for (const pid_t child : children_) kill(child, SIGCONT);
}

proto::Stressor PlacedRun::End() {
  Thaw();
  binary_.Signal(SIGINT);
  const Outcome outcome = binary_.Finish();
  EXPECT_EQ(outcome.exit_code, 128 + SIGINT) << outcome.err;
  EXPECT_EQ(outcome.orphans, 0);
  const proto::Report report = ReportIn(outcome.out);
  EXPECT_EQ(report.stressors_size(), 1);
  if (report.stressors_size() != 1) return {};
  const proto::Check applied = CheckOf(report.stressors(0), "applied");
  EXPECT_EQ(applied.verdict(), proto::PASS) << applied.detail();
  return report.stressors(0);
}

std::string ModeName(const testing::TestParamInfo<const char*>& mode) {
  return mode.param;
}

}  // namespace ktstr
