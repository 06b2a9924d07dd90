// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What the runtime offers to a stressor's body. All of its time stamps,
// counts and waits pass through here, so that no stressor keeps its own books.
#ifndef KTSTR_CORE_WORKER_WORKER_H_
#define KTSTR_CORE_WORKER_WORKER_H_

#include <errno.h>
#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/futex.h"
#include "ktstr/base/rseq.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/worker/wake_stamp.h"
#include "ktstr/core/worker/worker_record.h"
#include "ktstr/core/worker/worker_setup.h"

namespace ktstr {

// Belongs to one thread, and nothing of it may be called from another. After
// the constructor, nothing allocates but the paths that end the run.
//
// Stop: NextIteration and the calls that wait return false once the worker is
// to end; the body then returns without touching what it does not own.
class Worker final {
 public:
  explicit Worker(const WorkerSetup& setup);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  uint32_t index() const { return setup_.index; }
  uint32_t group() const { return setup_.group; }
  uint32_t position() const { return setup_.position; }
  uint64_t seed() const { return setup_.seed; }

  // Books the pass that ends here: count, CPU, gap. Returns false when the
  // worker is to stop or has reached its bound.
  bool NextIteration() {
    // The end of a wait was a bookkeeping point already: no second time stamp.
    if (waited_) {
      waited_ = false;
    } else {
      EndSegment(Now());
    }
    // Relaxed, as all of the record's numbers.
    record_.iterations.store(passes_, std::memory_order_relaxed);
    if (Stopping() || passes_ == limit_) [[unlikely]] {
      TellEnd();
      return false;
    }
    ++passes_;
    return true;
  }

  // A bookkeeping point within a long pass. Returns false on stop.
  bool Look() {
    waited_ = false;
    EndSegment(Now());
    return !Stopping();
  }

  // Tells whether the worker is to stop. For loops within a pass.
  bool Stopping() {
    // Relaxed: the word orders nothing, it is only to be seen soon.
    if (setup_.stop->load(std::memory_order_relaxed) == 0) [[likely]] {
      return aborted_;
    }
    NoteStop();
    return true;
  }

  // The time in ns, ordered after what came before it.
  int64_t Now() const { return clock_.Now(); }

  // Spins for `rounds` rounds of Spin(); returns early on stop.
  void Compute(uint64_t rounds);

  // Uses `amount` of CPU time of this thread. Returns false on stop.
  bool BurnCpuTime(absl::Duration amount);

  // Counts one value of a metric that the stressor's row names.
  void Record(Metric metric, int64_t ns) {
    const uint8_t slot = slots_[static_cast<size_t>(metric)];
    if (slot == kNoSlot) [[unlikely]] {
      Undeclared(metric);
    }
    histograms_[slot].Record(ns);
    if (setup_.layout.samples != 0) [[unlikely]] {
      KeepSample(slot, ns);
    }
  }

  // Stamps the wake-up `sequence` (counting from 1), which must follow at once.
  void StampWake(WakeStamp& stamp, uint64_t sequence) {
    stamp.Write({sequence, clock_.NowBesideCall(), CurrentCpu()});
    // Relaxed, as all of the record's numbers.
    record_.wakes_sent.store(++wakes_sent_, std::memory_order_relaxed);
  }

  // Pairs the wait that just ended with the wake-up `sequence`: a sample of
  // wake-up latency if the worker waited before it was stamped. A wake-up
  // that came earlier counts as ready, one whose stamp is gone as missed.
  void MatchWake(const WakeStamp& stamp, uint64_t sequence);

  // Wakes up to `count` waiters of a word and returns how many slept there, as
  // the kernel counted. Failures are counted.
  int WakeWord(std::atomic<uint32_t>& word, int count);

  // Waits until `ready(value of word)`, asleep in futex(2). `ready` may change
  // the word. Returns false on stop.
  template <typename Ready>
  bool AwaitWord(std::atomic<uint32_t>& word, Ready ready) {
    BeginWait();
    for (;;) {
      const uint32_t seen = word.load(std::memory_order_acquire);
      if (ready(seen)) break;
      if (Stopping() || !BlockOnWord(word, seen)) return AbandonWait();
    }
    EndWait();
    return true;
  }

  // Reads exactly `size` bytes (at most what one read(2) returns) from a pipe
  // or eventfd that blocks. Returns false on stop.
  bool AwaitRead(int fd, void* data, size_t size);

  // Writes `size` bytes at once; a full pipe blocks. Returns false on stop.
  bool Write(int fd, const void* data, size_t size);

  // Waits in `call`, which makes one system call that may block and returns its
  // result, -1 with errno for an error; it is made again after a signal. For
  // whatever has no method of its own: epoll_wait(2), waitid(2), recv(2).
  // Returns the result, or -1 on stop. An error ends the worker under `name`,
  // a literal.
  template <typename Call>
  long AwaitCall(absl::string_view name, Call call) {
    BeginWait();
    blocked_ = Blocked::kUnknown;
    while (!Stopping()) {
      const long result = call();
      if (result >= 0) {
        EndWait();
        return result;
      }
      if (errno == EINTR) continue;
      Abort(name, errno);
      break;
    }
    AbandonWait();
    return -1;
  }

  // Count wake-ups without anything to do, and those sent while nobody looked.
  void CountSpuriousWake();
  void CountMissedWakes(uint64_t count);

  // Sleeps until a point of CLOCK_MONOTONIC. Records sleep_overshoot where the
  // stressor's row names it. Returns false on stop, which ends the sleep.
  bool SleepUntil(int64_t deadline_ns);
  bool SleepFor(absl::Duration duration);

  // Counts a system call that failed and should not have; `call` is a literal.
  void CountFailure(absl::string_view call, int error);

 private:
  static constexpr uint8_t kNoSlot = 0xff;

  // What is known of whether the last wait really blocked.
  enum class Blocked { kNo, kYes, kUnknown };

  // Ends the stretch in which the worker wanted to run.
  void EndSegment(int64_t now) {
    const int64_t gap = now - segment_begin_;
    segment_begin_ = now;
    Record(Metric::kGap, gap);
    if (gap > max_gap_) [[unlikely]] {
      NoteMaxGap(gap, now);
    }
    const uint32_t cpu = CurrentCpu();
    if (cpu != cpu_) [[unlikely]] {
      NoteMigration(cpu, now);
    }
  }

  void BeginWait() {
    wait_begin_ = clock_.NowBesideCall();
    EndSegment(wait_begin_);
    blocked_ = Blocked::kNo;
    wakes_in_wait_ = 0;
  }
  void EndWait();
  bool AbandonWait();
  // Returns false if the call failed, so that the worker cannot go on.
  bool BlockOnWord(std::atomic<uint32_t>& word, uint32_t seen);
  // Waits for `events` on a descriptor that does not block.
  bool BlockOnFd(int fd, short events);
  bool Retry(absl::string_view call, ssize_t result, size_t size, int fd,
             short events);

  void NoteStop();
  void TellEnd();
  void NoteMaxGap(int64_t gap, int64_t now);
  void NoteMigration(uint32_t cpu, int64_t now);
  void KeepSample(uint8_t slot, int64_t ns);
  void Abort(absl::string_view call, int error);
  [[noreturn]] void Undeclared(Metric metric) const;
  bool Declared(Metric metric) const {
    return slots_[static_cast<size_t>(metric)] != kNoSlot;
  }

  const WorkerSetup setup_;
  const TickClock clock_;
  const uint64_t limit_;
  WorkerRecord& record_;
  Histogram* const histograms_;
  uint8_t slots_[kMetricCount];

  bool waited_ = false;   // The last bookkeeping point ended a wait.
  bool aborted_ = false;  // A call that must not fail did.
  bool told_end_ = false;
  Blocked blocked_ = Blocked::kNo;
  uint32_t cpu_;
  uint32_t wakes_in_wait_ = 0;
  uint64_t passes_ = 0;  // Begun.
  uint64_t wakes_sent_ = 0;
  int64_t segment_begin_;
  int64_t max_gap_ = 0;
  int64_t wait_begin_ = 0;
  int64_t wait_end_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_WORKER_H_
