// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Workers that are killed, crash or hang: the report says which, how, and
// after how many iterations, and the others are reported all the same.

#include <signal.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/file.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/binary/worker_watch.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

constexpr size_t kWorkers = 3;
constexpr int kVictim = 1;  // The index of the worker that it is done to.

struct Killing {
  std::string name;  // Of the test.
  int signo;
  proto::Worker::End end;
  int exit_signal;
  std::string told;  // In the line of `completed`.
};

const Killing kKillings[] = {
    {"Sigkill", SIGKILL, proto::Worker::DIED, SIGKILL, "died of SIGKILL"},
    {"Sigsegv", SIGSEGV, proto::Worker::DIED, SIGSEGV, "died of SIGSEGV"},
    {"SigstopForEver", SIGSTOP, proto::Worker::TIMED_OUT, SIGKILL,
     "did not stop within the grace period"},
};

class KilledWorkerTest : public testing::TestWithParam<Killing> {
 protected:
  // A run without an end of its own, unless a worker is lost; one that only
  // stands still is found when the time is up.
  BinaryCall Call() const {
    BinaryCall call;
    call.args = {"--stressor=spin_wait", "--workers=3", "--grace=50ms",
                 "--format=tap", "--output=" + path_};
    call.args.push_back(GetParam().signo == SIGSTOP ? "--duration=3s"
                                                    : "--duration=1h");
    return call;
  }

  proto::Stressor Saved() const {
    const proto::Report report = ReportIn(ReadFile(path_).value_or(""));
    EXPECT_THAT(report.stressors(), SizeIs(1));
    return report.stressors_size() == 1 ? report.stressors(0)
                                        : proto::Stressor();
  }

  const TempDir folder_;
  const std::string path_ = folder_.path() + "/report.json";
};

void ExpectLost(const proto::Worker& worker, const Killing& killing) {
  EXPECT_EQ(worker.end(), killing.end);
  EXPECT_EQ(worker.exit_signal(), killing.exit_signal);
  EXPECT_GT(worker.iterations(), 0);
}

void ExpectFinished(const proto::Worker& worker) {
  EXPECT_EQ(worker.end(), proto::Worker::FINISHED) << worker.failure();
  EXPECT_GT(worker.iterations(), 0);
  EXPECT_TRUE(worker.has_stop_latency_ns());
}

TEST_P(KilledWorkerTest, IsReportedWithWhatItAndTheOthersDid) {
  RunningBinary binary(Call());
  ASSERT_TRUE(binary.Await([&] { return AreBusy(binary.pid(), kWorkers); }));
  const pid_t victim = ChildrenOf(binary.pid()).at(kVictim);
  ASSERT_EQ(kill(victim, GetParam().signo), 0);
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.orphans, 0);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("  not ok 1 completed\n"),
                                 HasSubstr("\nnot ok 1 spin_wait\n"),
                                 HasSubstr(GetParam().told)));
  const proto::Stressor stressor = Saved();
  EXPECT_EQ(stressor.verdict(), proto::FAIL);
  EXPECT_THAT(CheckOf(stressor, "completed").detail(),
              AllOf(HasSubstr("1 of 3 workers"), HasSubstr("worker 1"),
                    HasSubstr(GetParam().told)));
  ASSERT_THAT(stressor.workers(), SizeIs(kWorkers));
  EXPECT_EQ(stressor.workers(kVictim).pid(), victim);
  EXPECT_GT(stressor.workers(kVictim).counters().on_cpu_ns(), 0);
  ExpectLost(stressor.workers(kVictim), GetParam());
  ExpectFinished(stressor.workers(0));
  ExpectFinished(stressor.workers(2));
}

// The process of all threads takes the signal: none can go on.
TEST_P(KilledWorkerTest, TakesAllThreadsAlong) {
  BinaryCall call = Call();
  call.args.push_back("--mode=thread");
  RunningBinary binary(call);
  ASSERT_TRUE(binary.Await([&] { return AreBusy(binary.pid(), kWorkers); }));
  const std::vector<pid_t> processes = ChildrenOf(binary.pid());
  ASSERT_THAT(processes, SizeIs(1));
  ASSERT_EQ(kill(processes[0], GetParam().signo), 0);
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.orphans, 0);
  const proto::Stressor stressor = Saved();
  EXPECT_THAT(CheckOf(stressor, "completed").detail(),
              HasSubstr("3 of 3 workers"));
  EXPECT_THAT(stressor.workers(), SizeIs(kWorkers));
  for (const proto::Worker& worker : stressor.workers()) {
    ExpectLost(worker, GetParam());
  }
}

std::string NameOf(const testing::TestParamInfo<Killing>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(All, KilledWorkerTest, testing::ValuesIn(kKillings),
                         NameOf);

// Its partners wait for it for ever, in read(2).
TEST(KilledPartnerTest, EndsTheRestOfItsRing) {
  BinaryCall call;
  call.args = {"--stressor=wake_chain", "--workers=4", "--duration=1h",
               "--grace=1h", "--format=json"};
  RunningBinary binary(call);
  ASSERT_TRUE(binary.Await([&] { return AreBusy(binary.pid(), 4); }));
  ASSERT_EQ(kill(ChildrenOf(binary.pid()).at(2), SIGKILL), 0);
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.exit_code, 1);
  const proto::Report report = ReportIn(outcome.out);
  ASSERT_EQ(report.stressors_size(), 1);
  const proto::Stressor& stressor = report.stressors(0);
  EXPECT_EQ(stressor.stop_reason(), proto::Stressor::WORKER_LOST);
  ASSERT_THAT(stressor.workers(), SizeIs(4));
  for (int i : {0, 1, 3}) {
    EXPECT_EQ(stressor.workers(i).end(), proto::Worker::FINISHED);
    EXPECT_GT(stressor.workers(i).iterations(), 0);
  }
  EXPECT_EQ(stressor.workers(2).end(), proto::Worker::DIED);
}

TEST(KilledPartnerTest, StopsThisStressorAndNotItsNeighbour) {
  BinaryCall call;
  call.args = {"--stressor=lost=spin_wait,kept=spin_wait", "--together",
               "--workers=1", "--duration=3s", "--format=json"};
  RunningBinary binary(call);
  ASSERT_TRUE(binary.Await([&] { return AreBusy(binary.pid(), 2); }));
  ASSERT_EQ(kill(ChildrenOf(binary.pid()).at(0), SIGKILL), 0);
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.exit_code, 1);
  const proto::Report report = ReportIn(outcome.out);
  ASSERT_EQ(report.stressors_size(), 2);
  EXPECT_EQ(report.stressors(0).verdict(), proto::FAIL);
  EXPECT_EQ(report.stressors(1).verdict(), proto::PASS);
  EXPECT_EQ(report.stressors(1).stop_reason(), proto::Stressor::DURATION);
}

}  // namespace
}  // namespace ktstr
