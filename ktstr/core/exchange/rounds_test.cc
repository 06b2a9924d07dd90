// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/exchange/rounds.h"

#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/lone_workers.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;

// A sender (worker 0) and one receiver.
class RoundsTest : public testing::Test {
 protected:
  RoundsTest()
      : preparation_(/*groups=*/1, /*workers=*/2, *GetAffinity(0)),
        lone_({.metrics = {Metric::kWakeLatencyLocal,
                           Metric::kWakeLatencyRemote}}) {
    EXPECT_THAT(rounds_.Prepare(preparation_), IsOk());
  }

  uint64_t received() { return lone_.record(1).wakes_received.load(); }
  uint64_t ready() { return lone_.record(1).wakes_ready.load(); }
  uint64_t missed() { return lone_.record(1).wakes_missed.load(); }

  // What Verify says where the sender announced what the test made it, and the
  // receiver has these counts.
  absl::StatusOr<std::string> Verdict(uint64_t sent,
                                      const WorkerResult& receiver,
                                      uint64_t sleeps_per_pass = 0) {
    std::vector<WorkerResult> workers(2);
    workers[0].counters.usage_known = true;
    workers[0].wakes_sent = sent;
    workers[1] = receiver;
    workers[1].counters.usage_known = true;
    GroupResult group;
    group.workers = workers;
    return rounds_.Verify(group, sleeps_per_pass);
  }

  // Has a receiver wait `times` times, and wakes it each time that it sleeps.
  void Exchange(int times) {
    std::atomic<pid_t> tid{0};
    std::thread other([&] {
      Worker receiver(lone_.setup(1));
      tid = gettid();
      uint64_t seen = 0;
      for (int i = 0; i < times; ++i) {
        seen = *rounds_.AwaitNext(receiver, rounds_.SkipMissed(receiver, seen));
      }
      rounds_.Leave(receiver, seen);
    });
    Worker sender(lone_.setup());
    for (uint64_t round = 0; rounds_.AnyoneWaits(sender);) {
      if (ReadTaskState(getpid(), tid) == 'S') {
        rounds_.Announce(sender, ++round);
      }
    }
    other.join();
  }

  Preparation preparation_;
  LoneWorkers lone_;
  Rounds rounds_;
};

TEST_F(RoundsTest, RoundThatCameBeforeIsMissed) {
  Worker sender(lone_.setup());
  Worker receiver(lone_.setup(1));
  rounds_.Announce(sender, 1);
  rounds_.Announce(sender, 2);
  EXPECT_THAT(rounds_.SkipMissed(receiver, 0), Eq(2));
  EXPECT_THAT(rounds_.SkipMissed(receiver, 2), Eq(2));
  EXPECT_THAT(missed(), Eq(2));
}

TEST_F(RoundsTest, RoundsThatFollowBeforeItLooksAreMissed) {
  Worker sender(lone_.setup());
  Worker receiver(lone_.setup(1));
  for (uint64_t round = 1; round <= 5; ++round) {
    rounds_.Announce(sender, round);
  }
  // The first of them is not: it found the receiver awake.
  EXPECT_THAT(rounds_.AwaitNext(receiver, 0), Optional(Eq(5)));
  EXPECT_THAT(ready(), Eq(1));
  EXPECT_THAT(missed(), Eq(4));
}

TEST_F(RoundsTest, StampThatIsOverwrittenIsMissed) {
  Worker sender(lone_.setup());
  Worker receiver(lone_.setup(1));
  for (uint64_t round = 1; round <= 1000; ++round) {
    rounds_.Announce(sender, round);
  }
  EXPECT_THAT(rounds_.AwaitNext(receiver, 0), Optional(Eq(1000)));
  EXPECT_THAT(missed(), Eq(1000));
}

TEST_F(RoundsTest, SenderGoesOnUntilAllHaveLeft) {
  Worker sender(lone_.setup());
  Worker receiver(lone_.setup(1));
  EXPECT_TRUE(rounds_.AnyoneWaits(sender));
  rounds_.Leave(receiver, 0);
  EXPECT_FALSE(rounds_.AnyoneWaits(sender));
}

TEST_F(RoundsTest, StopEndsTheWait) {
  Worker sender(lone_.setup());
  Worker receiver(lone_.setup(1));
  lone_.stop() = 1;
  EXPECT_FALSE(rounds_.AnyoneWaits(sender));
  EXPECT_THAT(rounds_.AwaitNext(receiver, 0), Eq(absl::nullopt));
  rounds_.Announce(sender, 1);
  rounds_.Leave(receiver, 0);
  EXPECT_THAT(missed(), Eq(1));
}

TEST_F(RoundsTest, EverySleeperIsWokenAndSeesIt) {
  Exchange(100);
  EXPECT_THAT(received(), Eq(100));
  EXPECT_THAT(ready() + missed(), Eq(0));
}

TEST_F(RoundsTest, HoldsTheKernelsCountsAgainstEachOther) {
  Exchange(100);
  WorkerResult receiver;
  receiver.iterations = 100;
  receiver.wakes_received = 100;
  receiver.counters.voluntary_switches = 70;
  EXPECT_THAT(Verdict(100, receiver),
              IsOkAndHolds(HasSubstr("the kernel woke 100 sleepers")));
  // Another sleep in each pass is to be seen too.
  EXPECT_THAT(Verdict(100, receiver, /*sleeps_per_pass=*/1),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  receiver.counters.voluntary_switches = 10;
  EXPECT_THAT(
      Verdict(100, receiver),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("10 sleeps")));
}

TEST_F(RoundsTest, WakeUpsThatNobodySawAreRefused) {
  Exchange(100);
  WorkerResult receiver;
  receiver.iterations = 90;
  receiver.wakes_received = 90;
  receiver.counters.voluntary_switches = 100;
  EXPECT_THAT(
      Verdict(100, receiver),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("90 saw it")));
}

TEST_F(RoundsTest, SamplesWithoutAWakeUpAreRefused) {
  WorkerResult receiver;
  receiver.iterations = 100;
  receiver.wakes_received = 100;
  receiver.counters.voluntary_switches = 100;
  EXPECT_THAT(Verdict(100, receiver),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("the kernel woke 0 sleepers")));
}

TEST_F(RoundsTest, RoundsThatWereNeverSentAreRefused) {
  WorkerResult receiver;
  receiver.wakes_missed = 101;
  EXPECT_THAT(Verdict(100, receiver),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("101 rounds of 100")));
}

TEST_F(RoundsTest, ReceiversThatNeverSleepAreRefused) {
  WorkerResult receiver;
  receiver.iterations = 100;
  receiver.wakes_ready = 100;
  EXPECT_THAT(Verdict(100, receiver),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  receiver.iterations = 10;
  receiver.wakes_ready = 10;
  EXPECT_THAT(Verdict(100, receiver),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("10 passes are too few")));
}

TEST_F(RoundsTest, NoRoundIsRefused) {
  EXPECT_THAT(Verdict(0, WorkerResult()),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace ktstr
