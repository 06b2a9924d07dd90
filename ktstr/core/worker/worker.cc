// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/worker.h"

#include <errno.h>
#include <poll.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/check.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/futex.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/proc/own_usage.h"
#include "ktstr/base/spin.h"

namespace ktstr {
namespace {

// Rounds of Spin() between two looks at the stop word: about 10 us.
constexpr uint64_t kSpinsPerLook = 1024;
// The same while burning, where each look costs a system call.
constexpr uint64_t kBurnsPerLook = 128;

// All counters of a record are relaxed atomics with one writer.
template <typename T>
void Add(std::atomic<T>& counter, T amount) {
  counter.store(counter.load(std::memory_order_relaxed) + amount,
                std::memory_order_relaxed);
}

}  // namespace

Worker::Worker(const WorkerSetup& setup)
    : setup_(setup),
      clock_(setup.clock),
      limit_(setup.iterations == 0 ? std::numeric_limits<uint64_t>::max()
                                   : setup.iterations),
      record_(setup.layout.Record(setup.records, setup.index)),
      histograms_(&setup.layout.HistogramOf(setup.records, setup.index, 0)),
      cpu_(CurrentCpu()),
      segment_begin_(Now()) {
  std::fill(std::begin(slots_), std::end(slots_), kNoSlot);
  for (size_t i = 0; i < setup.metrics.size(); ++i) {
    slots_[static_cast<size_t>(setup.metrics[i])] = static_cast<uint8_t>(i);
    if (setup.layout.samples == 0) continue;
    setup.layout.ReservoirOf(setup.records, setup.index, i)
        .Start(setup.layout.samples, setup.seed + i);
  }
  NoteMigration(cpu_, segment_begin_);
}

void Worker::Compute(uint64_t rounds) {
  for (; rounds > kSpinsPerLook; rounds -= kSpinsPerLook) {
    Spin(kSpinsPerLook);
    if (Stopping()) return;
  }
  Spin(rounds);
}

bool Worker::BurnCpuTime(absl::Duration amount) {
  if (amount <= absl::ZeroDuration()) return !Stopping();
  const int64_t deadline = OwnCpuNanos() + absl::ToInt64Nanoseconds(amount);
  do {
    Spin(kBurnsPerLook);
    if (Stopping()) return false;
  } while (OwnCpuNanos() < deadline);
  return true;
}

void Worker::MatchWake(const WakeStamp& stamp, uint64_t sequence) {
  const WakeStamp::Value wake = stamp.Read();
  if (wake.sequence != sequence) {
    Add<uint64_t>(record_.wakes_missed, 1);
  } else if (wake.time_ns < wait_begin_ || blocked_ == Blocked::kNo) {
    Add<uint64_t>(record_.wakes_ready, 1);
  } else {
    Add<uint64_t>(record_.wakes_received, 1);
    Record(wake.cpu == cpu_ ? Metric::kWakeLatencyLocal
                            : Metric::kWakeLatencyRemote,
           wait_end_ - wake.time_ns);
  }
}

bool Worker::AwaitRead(int fd, void* data, size_t size) {
  BeginWait();
  // Whether a read of a descriptor slept is not to be seen from here; the
  // waker's stamp tells.
  blocked_ = Blocked::kUnknown;
  while (!Stopping()) {
    const ssize_t got = read(fd, data, size);
    if (got == static_cast<ssize_t>(size)) {
      EndWait();
      return true;
    }
    if (!Retry("read", got, size, fd, POLLIN)) break;
  }
  return AbandonWait();
}

bool Worker::Write(int fd, const void* data, size_t size) {
  while (!Stopping()) {
    const ssize_t put = write(fd, data, size);
    if (put == static_cast<ssize_t>(size)) return true;
    if (!Retry("write", put, size, fd, POLLOUT)) break;
  }
  return false;
}

int Worker::WakeWord(std::atomic<uint32_t>& word, int count) {
  const absl::StatusOr<int> woken = FutexWake(word, count);
  if (!woken.ok()) CountFailure("futex(FUTEX_WAKE)", ErrnoOf(woken.status()));
  return woken.value_or(0);
}

void Worker::CountSpuriousWake() { Add<uint64_t>(record_.wakes_spurious, 1); }

void Worker::CountMissedWakes(uint64_t count) {
  Add<uint64_t>(record_.wakes_missed, count);
}

bool Worker::SleepUntil(int64_t deadline_ns) {
  // No blocked_time: how long it takes was asked for.
  BeginWait();
  const struct timespec deadline = ToTimespec(deadline_ns);
  int error = EINTR;
  while (error == EINTR && !Stopping()) {
    error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline,
                            /*remain=*/nullptr);
  }
  if (error == EINTR) return AbandonWait();
  const int64_t overshoot = MonotonicNanos() - deadline_ns;
  if (error != 0) {
    Abort("clock_nanosleep", error);
    return AbandonWait();
  }
  EndWait();
  if (Declared(Metric::kSleepOvershoot)) {
    Record(Metric::kSleepOvershoot, overshoot);
  }
  return true;
}

bool Worker::SleepFor(absl::Duration duration) {
  return SleepUntil(MonotonicNanos() + absl::ToInt64Nanoseconds(duration));
}

void Worker::CountFailure(absl::string_view call, int error) {
  FailureRecord* slot = record_.failures;
  FailureRecord* const last = slot + WorkerRecord::kMaxFailures - 1;
  for (; slot != last; ++slot) {
    if (slot->count.load(std::memory_order_relaxed) == 0) break;
    if (slot->error == error && slot->call.view() == call) break;
  }
  const uint64_t count = slot->count.load(std::memory_order_relaxed);
  if (count == 0) {
    slot->error = error;
    slot->call.Set(slot == last ? absl::string_view("further calls") : call);
  }
  // Release: publishes the call and the error with the first count.
  slot->count.store(count + 1, std::memory_order_release);
}

void Worker::EndWait() {
  wait_end_ = clock_.NowBesideCall();
  segment_begin_ = wait_end_;
  waited_ = true;
  const uint32_t cpu = CurrentCpu();
  if (cpu != cpu_) [[unlikely]] {
    NoteMigration(cpu, wait_end_);
  }
  Add(record_.waiting_ns, wait_end_ - wait_begin_);
  if (wakes_in_wait_ > 1) {
    Add<uint64_t>(record_.wakes_spurious, wakes_in_wait_ - 1);
  }
  if (blocked_ != Blocked::kNo && Declared(Metric::kBlockedTime)) {
    Record(Metric::kBlockedTime, wait_end_ - wait_begin_);
  }
}

// The wait ended without what was waited for: its time was voluntary all the
// same, but it gives no sample.
bool Worker::AbandonWait() {
  segment_begin_ = Now();
  waited_ = true;
  Add(record_.waiting_ns, segment_begin_ - wait_begin_);
  TellEnd();
  return false;
}

bool Worker::BlockOnWord(std::atomic<uint32_t>& word, uint32_t seen) {
  const absl::StatusOr<FutexWaitEnd> end = FutexWait(word, seen);
  if (!end.ok()) [[unlikely]] {
    Abort("futex(FUTEX_WAIT)", ErrnoOf(end.status()));
    return false;
  }
  if (*end == FutexWaitEnd::kWoken) {
    blocked_ = Blocked::kYes;
    ++wakes_in_wait_;
  }
  return true;
}

bool Worker::BlockOnFd(int fd, short events) {
  struct pollfd wanted = {fd, events, 0};
  if (poll(&wanted, 1, /*timeout=*/-1) >= 0 || errno == EINTR) return true;
  Abort("poll", errno);
  return false;
}

// Judges a read or write that did not do its work: `result` is what it
// returned, errno may follow. Returns true if the call is to be made again.
bool Worker::Retry(absl::string_view call, ssize_t result, size_t size, int fd,
                   short events) {
  if (result >= 0) {
    // A part of what is passed in one piece is as wrong as an error.
    record_.failure.Set(
        result == 0 ? absl::StrCat(call, ": end of file")
                    : absl::StrCat(call, ": ", result, " of ", size, " bytes"));
    Abort(call, EPIPE);
    return false;
  }
  if (errno == EINTR) return true;
  if (errno == EAGAIN) return BlockOnFd(fd, events);
  Abort(call, errno);
  return false;
}

void Worker::NoteStop() {
  if (record_.stop_seen_ns.load(std::memory_order_relaxed) != 0) return;
  record_.stop_seen_ns.store(MonotonicNanos(), std::memory_order_relaxed);
}

// Where no time is measured any more.
void Worker::TellEnd() {
  if (setup_.at_end == nullptr || std::exchange(told_end_, true)) return;
  (*setup_.at_end)();
}

void Worker::NoteMaxGap(int64_t gap, int64_t now) {
  max_gap_ = gap;
  record_.max_gap_ns.store(gap, std::memory_order_relaxed);
  record_.max_gap_end_ns.store(now, std::memory_order_relaxed);
  record_.max_gap_cpu.store(cpu_, std::memory_order_relaxed);
}

// Also called for the first CPU, which is no migration.
void Worker::NoteMigration(uint32_t cpu, int64_t now) {
  if (cpu != cpu_) {
    Add<uint64_t>(record_.migrations, 1);
    record_.migration_counts.Add(cpu_, cpu);
    record_.last_migrations.Add({now, cpu_, cpu});
    cpu_ = cpu;
  }
  KTSTR_CHECK(cpu < WorkerRecord::kMaxCpus);
  std::atomic<uint64_t>& used = record_.cpus_used[cpu / 64];
  used.store(used.load(std::memory_order_relaxed) | uint64_t{1} << cpu % 64,
             std::memory_order_relaxed);
}

void Worker::KeepSample(uint8_t slot, int64_t ns) {
  setup_.layout.ReservoirOf(setup_.records, setup_.index, slot).Record(ns);
}

void Worker::Abort(absl::string_view call, int error) {
  CountFailure(call, error);
  aborted_ = true;
  if (record_.failure.text[0] != '\0') return;
  record_.failure.Set(PosixError(error, call).message());
}

void Worker::Undeclared(Metric metric) const {
  // A mistake of the stressor's author: its row does not name the metric.
  KTSTR_CHECK(Declared(metric));
  abort();
}

}  // namespace ktstr
