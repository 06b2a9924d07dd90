// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/signal_storm/signal_storm.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/futex.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/thread_handle.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Neither the runtime's kick (SIGURG) nor one of glibc's own, which are
// real-time signals. A standard signal merges with one that is still pending.
constexpr int kSignal = SIGUSR2;

// Whose signals this thread counts, and where.
struct Inbox {
  std::atomic<uint64_t>* entries;
  pid_t from;  // Process.
};
// A handler has nothing else to know its thread by.
thread_local Inbox inbox = {nullptr, 0};

void CountEntry(int, siginfo_t* info, void*) {
  if (inbox.entries == nullptr || info->si_pid != inbox.from) return;
  // Relaxed: read after the end of the thread.
  inbox.entries->fetch_add(1, std::memory_order_relaxed);
}

// Two workers send each other signals as fast as the kernel takes them: each
// interrupts the partner wherever it is, on another CPU by an interrupt. Where
// both share a CPU a burst merges into one signal.
class SignalStorm final : public Stressor {
 public:
  struct Params {
    uint32_t signals_per_iter = 16;
    uint64_t work_iters = 1024;
  };
  enum Phase : uint32_t { kNew, kNamed, kOpened, kConfirmed, kDone, kGone };
  // Of a worker.
  struct Peer {
    alignas(64) std::atomic<uint32_t> phase;
    std::atomic<pid_t> pid;
    std::atomic<pid_t> tid;
    alignas(64) std::atomic<uint64_t> sent;     // By it.
    alignas(64) std::atomic<uint64_t> entries;  // Into its handler.
  };

  explicit SignalStorm(const Params& params) : params_(params) {}
  ~SignalStorm() override {
    // Cannot fail: it is what sigaction(2) told. Left alone is what another
    // run of this stressor found, our own handler.
    if (installed_) sigaction(kSignal, &old_, /*oldact=*/nullptr);
  }

  uint32_t GroupSize() const override { return 2; }
  absl::string_view Role(uint32_t) const override { return "peer"; }

  // The handler is there before the first worker and until after the last one,
  // so that no signal, however late, meets the default action. Workers inherit
  // it.
  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_ASSIGN_OR_RETURN(peers_,
                           preparation.Share<Peer>(preparation.workers()));
    struct sigaction action = {};
    action.sa_sigaction = CountEntry;
    // What the storm interrupts goes on.
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    if (sigaction(kSignal, &action, &old_) != 0) {
      return PosixError("sigaction(SIGUSR2)");
    }
    installed_ = old_.sa_sigaction != CountEntry;
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    Peer& me = peers_[worker.index()];
    Peer& partner = peers_[worker.index() ^ 1];
    const absl::StatusOr<ThreadHandle> target = Meet(worker, me, partner);
    if (!target.ok()) {
      Enter(worker, me, kGone);
      return absl::IsCancelled(target.status()) ? absl::OkStatus()
                                                : target.status();
    }
    while (worker.NextIteration()) {
      const int64_t begin = worker.Now();
      if (!Send(worker, *target, me.sent)) break;
      worker.Compute(params_.work_iters);
      worker.Record(Metric::kIterationCost, worker.Now() - begin);
    }
    Part(worker, me, partner);
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    const uint32_t first = 2 * group.group;
    uint64_t sent[2];
    uint64_t entries[2];
    uint64_t fewest = std::numeric_limits<uint64_t>::max();
    for (uint32_t i = 0; i < 2; ++i) {
      sent[i] = peers_[first + i].sent.load();
      entries[i] = peers_[first + i].entries.load();
      fewest = std::min(fewest, group.workers[i].iterations);
    }
    const std::string numbers = absl::StrFormat(
        "%d and %d signals sent, %d and %d of them handled by the partner "
        "(the rest merged)",
        sent[0], sent[1], entries[1], entries[0]);
    if (entries[1] > sent[0] || entries[0] > sent[1]) {
      return absl::FailedPreconditionError(numbers);
    }
    if (entries[0] != 0 && entries[1] != 0) return numbers;
    if (fewest != 0 && fewest < kFewPasses) {
      return absl::UnimplementedError(
          absl::StrFormat("%d passes are too few to tell", fewest));
    }
    return absl::FailedPreconditionError(numbers);
  }

 private:
  static constexpr uint64_t kFewPasses = 20;
  // For which a worker that stops waits for a partner that has not yet.
  static constexpr int64_t kPatienceNs = 10'000'000;

  static void Enter(Worker& worker, Peer& me, Phase phase) {
    // Release: what belongs to the phase comes before it.
    me.phase.store(phase, std::memory_order_release);
    worker.WakeWord(me.phase, 1);
  }

  // Returns false on stop, and if the partner has left without having met.
  static bool Await(Worker& worker, Peer& partner, Phase phase) {
    uint32_t now = kNew;
    const bool reached = worker.AwaitWord(partner.phase, [&](uint32_t seen) {
      now = seen;
      return seen >= phase;
    });
    return reached && (now != kGone || phase == kDone);
  }

  // Opens the partner. It confirms after that that it is there, so that its
  // ids were its own. Cancelled on stop.
  static absl::StatusOr<ThreadHandle> Meet(Worker& worker, Peer& me,
                                           Peer& partner) {
    const absl::Status stopped = absl::CancelledError();
    // Relaxed: the phase publishes them.
    me.pid.store(getpid(), std::memory_order_relaxed);
    me.tid.store(gettid(), std::memory_order_relaxed);
    Enter(worker, me, kNamed);
    if (!Await(worker, partner, kNamed)) return stopped;
    const pid_t pid = partner.pid.load(std::memory_order_relaxed);
    inbox = {&me.entries, pid};
    KTSTR_ASSIGN_OR_RETURN(
        ThreadHandle handle,
        ThreadHandle::Open(pid, partner.tid.load(std::memory_order_relaxed)));
    Enter(worker, me, kOpened);
    if (!Await(worker, partner, kOpened)) return stopped;
    Enter(worker, me, kConfirmed);
    if (!Await(worker, partner, kConfirmed)) return stopped;
    return handle;
  }

  // Returns false on stop, and if there is nobody to send to any more, which is
  // the supervisor's to report.
  bool Send(Worker& worker, const ThreadHandle& target,
            std::atomic<uint64_t>& sent) const {
    for (uint32_t i = 0; i < params_.signals_per_iter; ++i) {
      if (worker.Stopping()) return false;
      // Counted before it can be handled. Relaxed: read after the end.
      sent.fetch_add(1, std::memory_order_relaxed);
      const absl::Status status = target.Signal(kSignal);
      if (status.ok()) continue;
      const int error = ErrnoOf(status);
      if (error != ESRCH) worker.CountFailure("signal to the partner", error);
      return false;
    }
    return true;
  }

  // Sends no more, and stays until the partner does not either.
  static void Part(Worker& worker, Peer& me, Peer& partner) {
    Enter(worker, me, kDone);
    if (Await(worker, partner, kDone)) return;
    // The partner sees the stop as well, unless it is lost.
    const int64_t deadline = MonotonicNanos() + kPatienceNs;
    for (;;) {
      const uint32_t seen = partner.phase.load(std::memory_order_acquire);
      if (seen >= kDone) return;
      const absl::StatusOr<FutexWaitEnd> end =
          FutexWaitUntil(partner.phase, seen, deadline);
      if (!end.ok() || *end == FutexWaitEnd::kTimedOut) return;
    }
  }

  const Params params_;
  absl::Span<Peer> peers_;
  bool installed_ = false;
  struct sigaction old_ = {};
};

constexpr FieldDef kFields[] = {
    Field<&SignalStorm::Params::signals_per_iter>(
        "signals_per_iter", "signals in a row to the partner", 1, 1 << 20),
    Field<&SignalStorm::Params::work_iters>(
        "work_iters", "rounds of spinning after them", 0, 1 << 24),
};
constexpr Metric kMetrics[] = {Metric::kIterationCost};

}  // namespace

constinit const StressorDef kSignalStorm = DefineStressor<SignalStorm>({
    .name = "signal_storm",
    .summary = "pairs of workers that flood each other with signals",
    .kernel_path = "tgkill and pidfd_send_signal, siglock, signal_wake_up, "
                   "delivery on the way to user space",
    .needs = "",
    .proof = "both handlers were entered, for signals of the partner, and no "
             "more often than it sent one",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
