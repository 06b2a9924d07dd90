// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// How a Worker waits, wakes and sleeps.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/futex.h"
#include "ktstr/base/kick.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/worker/lone_workers.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stats/zero_filled.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::Le;

constexpr int64_t kFarAwayNs = 3600 * kNanosPerSecond;

// What the test's thread (the worker) and a second one share.
class WorkerWaitTest : public testing::Test {
 protected:
  WorkerWaitTest() {
    EXPECT_THAT(InstallKickHandler(), IsOk());
    EXPECT_THAT(signal(SIGPIPE, SIG_IGN), testing::Ne(SIG_ERR));
  }

  // Runs `wait` in this thread, and `meanwhile` in another one as soon as
  // this one sleeps.
  void WhileAsleep(const std::function<void()>& wait,
                   const std::function<void()>& meanwhile) {
    const pid_t waiter = gettid();
    std::atomic<bool> waiting{false};
    std::thread other([&] {
      while (!waiting) sched_yield();
      AwaitAsleep(waiter);
      meanwhile();
    });
    waiting = true;
    wait();
    done_ = true;
    other.join();
  }

  static void AwaitAsleep(pid_t tid) {
    while (ReadTaskState(getpid(), tid) != 'S') sched_yield();
  }

  // What the supervisor does to stop somebody.
  void StopAndKick(pid_t tid) {
    lone_.stop() = 1;
    while (!done_) {
      Kick(getpid(), tid).IgnoreError();
      sched_yield();
    }
  }

  uint64_t waits() { return lone_.histogram(Metric::kBlockedTime).count(); }

  LoneWorkers lone_{
      {.metrics = {Metric::kWakeLatencyLocal, Metric::kWakeLatencyRemote,
                   Metric::kBlockedTime, Metric::kSleepOvershoot}}};
  WorkerRecord& record_ = lone_.record();
  ZeroFilled<std::atomic<uint32_t>> word_;
  ZeroFilled<WakeStamp> stamp_;
  const pid_t me_ = gettid();
  std::atomic<bool> done_{false};
};

TEST_F(WorkerWaitTest, GapsAndWaitsMakeUpAllOfTheTime) {
  const int64_t before = MonotonicNanos();
  Worker worker(lone_.setup());
  const int64_t begun = MonotonicNanos();
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(worker.NextIteration(), Eq(true));
    ASSERT_THAT(worker.SleepFor(absl::Microseconds(200)), Eq(true));
    worker.Compute(10);
  }
  const int64_t ending = MonotonicNanos();
  worker.NextIteration();  // The end of the last sleep was its beginning.
  worker.NextIteration();
  const int64_t after = MonotonicNanos();
  const auto gaps = static_cast<int64_t>(lone_.histogram(Metric::kGap).sum());
  const int64_t waiting = record_.waiting_ns.load();
  EXPECT_THAT(gaps + waiting, Ge(ending - begun));
  EXPECT_THAT(gaps + waiting, Le(after - before));
  EXPECT_THAT(waiting, Gt(0));
}

TEST_F(WorkerWaitTest, WordThatIsReadyTakesNoSleep) {
  Worker worker(lone_.setup());
  EXPECT_THAT(worker.AwaitWord(*word_, [](uint32_t v) { return v == 0; }),
              Eq(true));
  EXPECT_THAT(waits(), Eq(0));
  // Also when it is to stop: what was waited for is there.
  lone_.stop() = 1;
  EXPECT_THAT(worker.AwaitWord(*word_, [](uint32_t v) { return v == 0; }),
              Eq(true));
  EXPECT_THAT(worker.AwaitWord(*word_, [](uint32_t v) { return v == 1; }),
              Eq(false));
}

// A waker on `waker_cpu` wakes a worker that sleeps on `worker_cpu`.
class WakeLatencyTest : public WorkerWaitTest {
 protected:
  void Wake(uint32_t worker_cpu, uint32_t waker_cpu) {
    const CpuSet allowed = *GetAffinity(0);
    MoveTo(worker_cpu);
    Worker worker(lone_.setup(0));
    WhileAsleep(
        [&] {
          EXPECT_THAT(worker.AwaitWord(*word_, IsOne), Eq(true));
          worker.MatchWake(*stamp_, 1);
        },
        [&] {
          MoveTo(waker_cpu);
          Worker waker(lone_.setup(1));
          waker.StampWake(*stamp_, 1);
          word_->store(1);
          waker.WakeWord(*word_, 1);
        });
    ASSERT_THAT(SetAffinity(0, allowed), IsOk());
    EXPECT_THAT(record_.wakes_received.load(), Eq(1));
    EXPECT_THAT(lone_.record(1).wakes_sent.load(), Eq(1));
    EXPECT_THAT(waits(), Eq(1));
  }

  static bool IsOne(uint32_t value) { return value == 1; }
  static void MoveTo(uint32_t cpu) {
    CpuSet one;
    one.Add(cpu);
    EXPECT_THAT(SetAffinity(0, one), IsOk());
  }
  uint64_t local() {
    return lone_.histogram(Metric::kWakeLatencyLocal).count();
  }
  uint64_t remote() {
    return lone_.histogram(Metric::kWakeLatencyRemote).count();
  }
};

TEST_F(WakeLatencyTest, IsLocalOnTheWakersCpu) {
  const uint32_t cpu = GetAffinity(0)->First();
  Wake(cpu, cpu);
  EXPECT_THAT(local(), Eq(1));
  EXPECT_THAT(remote(), Eq(0));
}

TEST_F(WakeLatencyTest, IsRemoteElsewhere) {
  const CpuSet allowed = *GetAffinity(0);
  if (allowed.Count() < 2) GTEST_SKIP() << "needs two CPUs";
  Wake(allowed.cpus()[0], allowed.cpus()[1]);
  EXPECT_THAT(local(), Eq(0));
  EXPECT_THAT(remote(), Eq(1));
}

TEST_F(WakeLatencyTest, IsNoneOfAWakeUpThatCameBeforeTheWait) {
  Worker worker(lone_.setup());
  worker.StampWake(*stamp_, 1);
  word_->store(1);
  ASSERT_THAT(worker.AwaitWord(*word_, IsOne), Eq(true));
  worker.MatchWake(*stamp_, 1);
  EXPECT_THAT(record_.wakes_ready.load(), Eq(1));
  EXPECT_THAT(record_.wakes_received.load(), Eq(0));
  EXPECT_THAT(local() + remote(), Eq(0));
}

TEST_F(WakeLatencyTest, IsNoneOfAByteThatWasThereBeforeTheWait) {
  Worker worker(lone_.setup());
  const Pipe pipe = MakePipe().value();
  char byte;
  worker.StampWake(*stamp_, 1);
  ASSERT_THAT(worker.Write(pipe.write_end.get(), "t", 1), Eq(true));
  ASSERT_THAT(worker.AwaitRead(pipe.read_end.get(), &byte, 1), Eq(true));
  worker.MatchWake(*stamp_, 1);
  EXPECT_THAT(record_.wakes_ready.load(), Eq(1));
  EXPECT_THAT(local() + remote(), Eq(0));
}

TEST_F(WakeLatencyTest, IsMissedWhereTheStampIsAnothers) {
  Worker worker(lone_.setup());
  worker.MatchWake(*stamp_, 1);
  worker.StampWake(*stamp_, 1);
  worker.StampWake(*stamp_, 2);
  worker.MatchWake(*stamp_, 1);
  EXPECT_THAT(record_.wakes_missed.load(), Eq(2));
  EXPECT_THAT(local() + remote(), Eq(0));
}

TEST_F(WorkerWaitTest, WakeUpsForNothingAreSpurious) {
  Worker worker(lone_.setup());
  WhileAsleep(
      [&] {
        EXPECT_THAT(worker.AwaitWord(*word_, [](uint32_t v) { return v == 1; }),
                    Eq(true));
      },
      [&] {
        for (int i = 0; i < 3; ++i) {
          while (*FutexWake(*word_, 1) == 0) sched_yield();
        }
        AwaitAsleep(me_);
        word_->store(1);
        EXPECT_THAT(FutexWake(*word_, 1), IsOkAndHolds(1));
      });
  EXPECT_THAT(record_.wakes_spurious.load(), Eq(3));
  EXPECT_THAT(waits(), Eq(1));
}

TEST_F(WorkerWaitTest, StopEndsTheWaitForAWord) {
  Worker worker(lone_.setup());
  WhileAsleep(
      [&] {
        EXPECT_THAT(worker.AwaitWord(*word_, [](uint32_t v) { return v == 1; }),
                    Eq(false));
      },
      [&] { StopAndKick(me_); });
  EXPECT_THAT(record_.stop_seen_ns.load(), Gt(0));
  EXPECT_THAT(record_.waiting_ns.load(), Gt(0));
  EXPECT_THAT(waits(), Eq(0));
  EXPECT_THAT(record_.failure.view(), Eq(""));
}

TEST_F(WorkerWaitTest, StopEndsAReadThatBlocks) {
  Worker worker(lone_.setup());
  const Pipe pipe = MakePipe().value();
  char byte;
  WhileAsleep(
      [&] {
        EXPECT_THAT(worker.AwaitRead(pipe.read_end.get(), &byte, 1), Eq(false));
      },
      [&] { StopAndKick(me_); });
  EXPECT_THAT(record_.stop_seen_ns.load(), Gt(0));
  EXPECT_THAT(waits(), Eq(0));
  EXPECT_THAT(record_.failure.view(), Eq(""));
}

TEST_F(WorkerWaitTest, KickWithoutStopIsNoEndOfARead) {
  Worker worker(lone_.setup());
  const Pipe pipe = MakePipe().value();
  char byte = 0;
  WhileAsleep(
      [&] {
        EXPECT_THAT(worker.AwaitRead(pipe.read_end.get(), &byte, 1), Eq(true));
      },
      [&] {
        EXPECT_THAT(Kick(getpid(), me_), IsOk());
        AwaitAsleep(me_);
        EXPECT_THAT(WriteAll(pipe.write_end.get(), "t"), IsOk());
      });
  EXPECT_THAT(byte, Eq('t'));
  EXPECT_THAT(waits(), Eq(1));
}

TEST_F(WorkerWaitTest, ReadsFromADescriptorThatDoesNotBlock) {
  Worker worker(lone_.setup());
  const Fd event = MakeEventFd(0, EFD_NONBLOCK).value();
  uint64_t count = 0;
  WhileAsleep(
      [&] {
        EXPECT_THAT(worker.AwaitRead(event.get(), &count, sizeof(count)),
                    Eq(true));
      },
      [&] { EXPECT_THAT(eventfd_write(event.get(), 7), Eq(0)); });
  EXPECT_THAT(count, Eq(7));
}

TEST_F(WorkerWaitTest, AnyCallThatBlocksIsAWait) {
  Worker worker(lone_.setup());
  const Pipe pipe = MakePipe().value();
  struct pollfd readable = {pipe.read_end.get(), POLLIN, 0};
  const auto call = [&] { return poll(&readable, 1, /*timeout=*/-1); };
  WhileAsleep([&] { EXPECT_THAT(worker.AwaitCall("poll", call), Eq(1)); },
              [&] {
                EXPECT_THAT(Kick(getpid(), me_), IsOk());
                AwaitAsleep(me_);
                EXPECT_THAT(WriteAll(pipe.write_end.get(), "t"), IsOk());
              });
  EXPECT_THAT(waits(), Eq(1));
  EXPECT_THAT(record_.waiting_ns.load(), Gt(0));
}

TEST_F(WorkerWaitTest, StopEndsAnyCallThatBlocks) {
  Worker worker(lone_.setup());
  WhileAsleep(
      [&] {
        EXPECT_THAT(
            worker.AwaitCall("poll", [] { return poll(nullptr, 0, -1); }),
            Eq(-1));
      },
      [&] { StopAndKick(me_); });
  EXPECT_THAT(record_.stop_seen_ns.load(), Gt(0));
  EXPECT_THAT(waits(), Eq(0));
  EXPECT_THAT(record_.failure.view(), Eq(""));
}

TEST_F(WorkerWaitTest, CallThatFailsEndsTheWorker) {
  Worker worker(lone_.setup());
  EXPECT_THAT(worker.AwaitCall("waitid",
                               [] {
                                 errno = ECHILD;
                                 return -1;
                               }),
              Eq(-1));
  EXPECT_THAT(worker.NextIteration(), Eq(false));
  EXPECT_THAT(record_.failures[0].call.view(), Eq("waitid"));
  EXPECT_THAT(record_.failures[0].error, Eq(ECHILD));
}

TEST_F(WorkerWaitTest, WorkersCountSpuriousAndMissedWakesThemselves) {
  Worker worker(lone_.setup());
  worker.CountSpuriousWake();
  worker.CountSpuriousWake();
  worker.CountMissedWakes(5);
  EXPECT_THAT(record_.wakes_spurious.load(), Eq(2));
  EXPECT_THAT(record_.wakes_missed.load(), Eq(5));
}

TEST_F(WorkerWaitTest, WakingTellsHowManySlept) {
  Worker worker(lone_.setup());
  EXPECT_THAT(worker.WakeWord(*word_, 1), Eq(0));
  std::thread sleeper([&] { FutexWait(*word_, 0).IgnoreError(); });
  int woken;
  while ((woken = worker.WakeWord(*word_, 100)) == 0) sched_yield();
  EXPECT_THAT(woken, Eq(1));
  sleeper.join();
}

TEST_F(WorkerWaitTest, EndOfFileEndsTheWorker) {
  Worker worker(lone_.setup());
  Pipe pipe = MakePipe().value();
  pipe.write_end.reset();
  char byte;
  EXPECT_THAT(worker.AwaitRead(pipe.read_end.get(), &byte, 1), Eq(false));
  EXPECT_THAT(worker.NextIteration(), Eq(false));
  EXPECT_THAT(record_.failure.view(), Eq("read: end of file"));
  EXPECT_THAT(record_.failures[0].call.view(), Eq("read"));
  EXPECT_THAT(record_.failures[0].error, Eq(EPIPE));
  // Nobody told it to stop.
  EXPECT_THAT(record_.stop_seen_ns.load(), Eq(0));
}

TEST_F(WorkerWaitTest, ShortReadEndsTheWorker) {
  Worker worker(lone_.setup());
  const Pipe pipe = MakePipe().value();
  ASSERT_THAT(WriteAll(pipe.write_end.get(), "abc"), IsOk());
  uint64_t value;
  EXPECT_THAT(worker.AwaitRead(pipe.read_end.get(), &value, sizeof(value)),
              Eq(false));
  EXPECT_THAT(record_.failure.view(), Eq("read: 3 of 8 bytes"));
}

TEST_F(WorkerWaitTest, WriteToNobodyEndsTheWorker) {
  Worker worker(lone_.setup());
  Pipe pipe = MakePipe().value();
  pipe.read_end.reset();
  EXPECT_THAT(worker.Write(pipe.write_end.get(), "t", 1), Eq(false));
  EXPECT_THAT(worker.NextIteration(), Eq(false));
  EXPECT_THAT(record_.failure.view(), Eq("write: Broken pipe"));
}

TEST_F(WorkerWaitTest, StopEndsAWriteThatBlocks) {
  Worker worker(lone_.setup());
  const Pipe pipe = MakePipe().value();
  const std::string all(
      static_cast<size_t>(fcntl(pipe.write_end.get(), F_GETPIPE_SZ)), 'x');
  ASSERT_THAT(WriteAll(pipe.write_end.get(), all), IsOk());
  WhileAsleep(
      [&] {
        EXPECT_THAT(worker.Write(pipe.write_end.get(), "t", 1), Eq(false));
      },
      [&] { StopAndKick(me_); });
  EXPECT_THAT(record_.failure.view(), Eq(""));
}

TEST_F(WorkerWaitTest, SleepsUntilTheTimeAndNotLess) {
  Worker worker(lone_.setup());
  const int64_t deadline = MonotonicNanos() + 500'000;
  EXPECT_THAT(worker.SleepUntil(deadline), Eq(true));
  EXPECT_THAT(MonotonicNanos(), Ge(deadline));
  EXPECT_THAT(lone_.histogram(Metric::kSleepOvershoot).count(), Eq(1));
  EXPECT_THAT(lone_.histogram(Metric::kSleepOvershoot).negative(), Eq(0));
  EXPECT_THAT(waits(), Eq(0));  // What was asked for is no blocked_time.
}

TEST_F(WorkerWaitTest, TimeThatIsPastCountsAsLate) {
  Worker worker(lone_.setup());
  EXPECT_THAT(worker.SleepUntil(MonotonicNanos() - kNanosPerSecond), Eq(true));
  EXPECT_THAT(lone_.histogram(Metric::kSleepOvershoot).min(),
              Ge(kNanosPerSecond));
}

TEST_F(WorkerWaitTest, KickWithoutStopIsNoEndOfASleep) {
  Worker worker(lone_.setup());
  const int64_t deadline = MonotonicNanos() + 5'000'000;
  WhileAsleep([&] { EXPECT_THAT(worker.SleepUntil(deadline), Eq(true)); },
              [&] { EXPECT_THAT(Kick(getpid(), me_), IsOk()); });
  EXPECT_THAT(MonotonicNanos(), Ge(deadline));
  EXPECT_THAT(lone_.histogram(Metric::kSleepOvershoot).count(), Eq(1));
}

TEST_F(WorkerWaitTest, StoppedSleepGivesNoSample) {
  Worker worker(lone_.setup());
  WhileAsleep(
      [&] {
        EXPECT_THAT(worker.SleepUntil(MonotonicNanos() + kFarAwayNs),
                    Eq(false));
      },
      [&] { StopAndKick(me_); });
  EXPECT_THAT(lone_.histogram(Metric::kSleepOvershoot).count(), Eq(0));
  EXPECT_THAT(waits(), Eq(0));
  EXPECT_THAT(record_.waiting_ns.load(), Gt(0));
  // And none at all once it has been told to stop.
  EXPECT_THAT(worker.SleepFor(absl::Hours(1)), Eq(false));
}

}  // namespace
}  // namespace ktstr
