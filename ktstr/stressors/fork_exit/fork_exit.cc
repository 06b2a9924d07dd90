// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/fork_exit/fork_exit.h"

#include <errno.h>
#include <signal.h>
#include <sys/types.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/exiting_child.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Workers that make a child, which exits at once, and reap it: placement of new
// tasks, exits and the wake-up of a waiting parent. Children are reaped by
// their ids, so that threads of one process never take each other's.
class ForkExit final : public Stressor {
 public:
  struct Params {};
  // Of a worker, which alone writes it: the kernel's word for its children.
  struct Shared {
    alignas(64) std::atomic<uint64_t> exited;  // Reaped, with the right code.
    std::atomic<uint64_t> faults;              // Of them, in memory of theirs.
  };
  explicit ForkExit(const Params&) {}

  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_ASSIGN_OR_RETURN(shared_,
                           preparation.Share<Shared>(preparation.workers()));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    Shared& mine = shared_[worker.index()];
    while (worker.NextIteration()) {
      const Forked forked = Fork(worker);
      if (forked.pid < 0) break;
      ReapedChild child = {};
      const bool stopped = worker.AwaitCall("waitid", [&] {
        return ReapChild(forked.pid, &child);
      }) < 0;
      if (stopped) {
        // The child is about to exit: no worker leaves one behind.
        while (ReapChild(forked.pid, &child) != 0 && errno == EINTR) {
        }
        break;
      }
      worker.Record(Metric::kForkTime, worker.Now() - forked.begin_ns);
      Count(child, mine);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    const Shared& counted = shared_[group.group];
    const uint64_t exited = counted.exited.load(std::memory_order_relaxed);
    const uint64_t faults = counted.faults.load(std::memory_order_relaxed);
    if (exited == 0 && group.Iterations() == 0) {
      return absl::UnimplementedError("no pass ended");
    }
    if (exited < group.Iterations()) {
      return absl::FailedPreconditionError(
          absl::StrFormat("%d passes, but the kernel saw only %d children exit",
                          group.Iterations(), exited));
    }
    if (faults < exited) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "%d children with %d faults: they had no memory of their own", exited,
          faults));
    }
    return absl::StrFormat(
        "%d children exited, with %.1f page faults each", exited,
        static_cast<double>(faults) / static_cast<double>(exited));
  }

 private:
  struct Forked {
    pid_t pid;  // -1 on stop.
    int64_t begin_ns;
  };
  static constexpr int kExitCode = 23;  // None that a crash would have.
  static constexpr absl::Duration kFirstBackOff = absl::Milliseconds(1);
  static constexpr absl::Duration kLastBackOff = absl::Milliseconds(64);

  // Tries until it succeeds or the worker is to stop; what fails is reported.
  static Forked Fork(Worker& worker) {
    absl::Duration back_off = kFirstBackOff;
    for (;;) {
      const int64_t begin = worker.Now();
      const pid_t pid = ForkExitingChild(kExitCode);
      if (pid > 0) return {pid, begin};
      worker.CountFailure("fork", errno);
      if (!worker.SleepFor(back_off)) return {-1, begin};
      back_off = std::min(2 * back_off, kLastBackOff);
    }
  }

  static void Count(const ReapedChild& child, Shared& mine) {
    if (child.how.si_code != CLD_EXITED || child.how.si_status != kExitCode) {
      return;
    }
    // Relaxed: one writer, read after its end.
    mine.exited.store(mine.exited.load(std::memory_order_relaxed) + 1,
                      std::memory_order_relaxed);
    mine.faults.store(mine.faults.load(std::memory_order_relaxed) +
                          static_cast<uint64_t>(child.usage.ru_minflt),
                      std::memory_order_relaxed);
  }

  absl::Span<Shared> shared_;
};

constexpr Metric kMetrics[] = {Metric::kForkTime};

}  // namespace

constinit const StressorDef kForkExit = DefineStressor<ForkExit>({
    .name = "fork_exit",
    .summary = "workers that fork children which exit at once",
    .kernel_path = "clone(2): wake_up_new_task; do_exit, wait_task_zombie",
    .needs = "",
    .proof = "an exit that the kernel reported for each pass, of children with "
             "page faults of their own",
    .metrics = kMetrics,
});

}  // namespace ktstr
