// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/supervisor/supervisor.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/futex.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/memory/program_pages.h"
#include "ktstr/base/proc/own_usage.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/host/host_watch.h"
#include "ktstr/core/supervisor/cgroups/step_cgroups.h"
#include "ktstr/core/supervisor/collect.h"
#include "ktstr/core/supervisor/crew.h"
#include "ktstr/core/supervisor/priority/watch_priority.h"
#include "ktstr/core/supervisor/proof.h"
#include "ktstr/core/worker/run_area.h"

namespace ktstr {
namespace {

// From the opening of the gate to the common start: what it takes to wake
// everybody, so that the last one is in time too. As much longer where CPUs are
// emulated as those stand still: whoever still wakes others when the first ones
// begin to want the CPUs comes to an end only seconds later.
constexpr int64_t kStartLeadNs = 100'000;
constexpr int64_t kStartLeadPerWorkerNs = 30'000;
constexpr int64_t kMaxStartLeadNs = 200'000'000;

// How long workers may take to the gate before the host counts as unable:
// about a hundred times what it takes here.
constexpr int64_t kReadyTimeoutNs = 10 * kNanosPerSecond;
constexpr int64_t kReadyTimeoutPerWorkerNs = 20'000'000;

// Two readings this far apart make the workers' clock: 20 parts per million.
constexpr int64_t kClockSpanNs = 1'000'000;

// Between two looks at workers that are to end.
constexpr int64_t kEndPausePerProcessNs = 2'000;
constexpr int64_t kMaxEndPauseNs = 1'000'000;

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// Every worker costs a pidfd, and most stressors cost descriptors too.
void RaiseFileLimit() {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  // Refused: whoever runs out of descriptors says so (EMFILE).
  setrlimit(RLIMIT_NOFILE, &limit);
}

// A parent that ignores the ends of its children may have passed that on to
// us; then the kernel reaps ours, and nobody learns how they ended.
void KeepEndedChildren() {
  // Cannot fail: the signal exists.
  signal(SIGCHLD, SIG_DFL);
}

class StepRun final {
 public:
  StepRun(const PlanStep& step, const RunOptions& options,
          const Supervision& supervision)
      : step_(step),
        options_(options),
        supervision_(supervision),
        cgroups_(options.placement, step.stressors.size() > 1) {}

  StepResult Run();

 private:
  void PrepareCrews();
  bool AnyRealTime() const;
  absl::Status Start();
  absl::Status SpawnCrews();
  absl::Status AwaitGate();
  void OpenGate();
  void Watch();
  void LetWorkersEnd();
  void StopEarly();
  void TakeInterrupts();
  void Abandon(const absl::Status& why);
  int64_t TendCrews(int64_t now);
  // Sleeps until something happens, at most until `until`, and notes
  // what ended.
  void Wait(int64_t until);
  void ShowTick(int64_t now);
  StepResult Collect();
  void FinishCgroups();

  bool AnyRunning() const;
  void KillAll(WorkerEnd end);
  void StopAll(StopReason reason);

  const PlanStep& step_;
  const RunOptions& options_;
  const Supervision& supervision_;
  StepResult result_;
  StepCgroups cgroups_;  // The crews' are in it.
  // Of those that run; crew i is result_.stressors[slots_[i]].
  std::vector<std::unique_ptr<Crew>> crews_;
  std::vector<size_t> slots_;
  absl::optional<HostWatch> watch_;
  Mapping run_area_;
  Fd news_;
  int64_t spawn_begin_ns_ = 0;
  int64_t spawn_ns_ = 0;
  int64_t start_ns_ = 0;
  int64_t next_tick_ns_ = kNever;
  bool against_real_time_ = false;  // While it watches.
};

void StepRun::PrepareCrews() {
  for (const PlannedStressor& planned : step_.stressors) {
    result_.stressors.push_back(EmptyResult(planned, options_.mode));
    auto crew = std::make_unique<Crew>(planned, options_);
    result_.stressors.back().setup = crew->Prepare(cgroups_);
    if (!result_.stressors.back().setup.ok()) continue;
    slots_.push_back(result_.stressors.size() - 1);
    crews_.push_back(std::move(crew));
  }
}

bool StepRun::AnyRealTime() const {
  for (const PlannedStressor& planned : step_.stressors) {
    if (planned.def->real_time) return true;
    for (const PlacedWorker& placed : planned.placed) {
      if (placed.sched.has_value() &&
          (placed.sched->IsRealTime() ||
           placed.sched->policy == SchedPolicy::kDeadline)) {
        return true;
      }
    }
  }
  return false;
}

absl::Status StepRun::Start() {
  KTSTR_ASSIGN_OR_RETURN(run_area_, Mapping::CreateShared(sizeof(RunArea)));
  KTSTR_ASSIGN_OR_RETURN(news_, MakeEventFd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  KTSTR_RETURN_IF_ERROR(SpawnCrews());
  return AwaitGate();
}

absl::Status StepRun::SpawnCrews() {
  const TickClock clock =
      TickClock::Since(supervision_.first_reading, kClockSpanNs);
  RunArea& run = *static_cast<RunArea*>(run_area_.data());
  spawn_begin_ns_ = MonotonicNanos();
  for (const std::unique_ptr<Crew>& crew : crews_) {
    KTSTR_RETURN_IF_ERROR(crew->Spawn(clock, run, news_.get()));
  }
  return absl::OkStatus();
}

// Waits until every worker is at the gate.
absl::Status StepRun::AwaitGate() {
  RunArea& run = *static_cast<RunArea*>(run_area_.data());
  uint32_t workers = 0;
  for (const std::unique_ptr<Crew>& crew : crews_) workers += crew->workers();
  const int64_t timeout = kReadyTimeoutNs + workers * kReadyTimeoutPerWorkerNs;
  const int64_t deadline = MonotonicNanos() + timeout;
  // Acquire: what workers wrote before they came to the gate.
  while (run.ready.load(std::memory_order_acquire) < workers) {
    if (MonotonicNanos() >= deadline) {
      for (const std::unique_ptr<Crew>& crew : crews_) {
        const absl::optional<uint32_t> late = crew->AnyUnready();
        if (!late.has_value()) continue;
        return absl::DeadlineExceededError(
            absl::StrCat("worker ", *late, " of ", crew->planned().alias,
                         " did not come to the start barrier within ",
                         absl::FormatDuration(absl::Nanoseconds(timeout))));
      }
    }
    Wait(deadline);
    if (result_.interrupted_by != 0) {
      return absl::CancelledError("interrupted before the start");
    }
    for (const std::unique_ptr<Crew>& crew : crews_) {
      if (!crew->lost()) continue;
      return absl::AbortedError(absl::StrCat(
          crew->planned().alias,
          " lost a worker before the start: ", crew->DescribeLoss()));
    }
  }
  return absl::OkStatus();
}

void StepRun::OpenGate() {
  RunArea& run = *static_cast<RunArea*>(run_area_.data());
  int64_t workers = 0;
  for (const std::unique_ptr<Crew>& crew : crews_) workers += crew->workers();
  const double lead_ns =
      static_cast<double>(kStartLeadNs + workers * kStartLeadPerWorkerNs) /
      options_.cpu_share;
  for (const std::unique_ptr<Crew>& crew : crews_) crew->cgroups().Begin();
  const int64_t now = MonotonicNanos();
  spawn_ns_ = now - spawn_begin_ns_;
  start_ns_ = now + std::min(static_cast<int64_t>(lead_ns), kMaxStartLeadNs);
  run.start_ns.store(start_ns_, std::memory_order_relaxed);
  // Release: publishes the start time.
  run.gate.store(kGateOpen, std::memory_order_release);
  // The word is ours and good: it cannot fail.
  FutexWake(run.gate, std::numeric_limits<int>::max()).IgnoreError();
  if (supervision_.on_tick) {
    next_tick_ns_ = start_ns_ + absl::ToInt64Nanoseconds(supervision_.tick);
  }
}

void StepRun::Watch() {
  const int64_t deadline =
      start_ns_ + absl::ToInt64Nanoseconds(options_.duration);
  while (AnyRunning()) {
    const int64_t now = MonotonicNanos();
    if (now >= deadline) StopAll(StopReason::kDuration);
    StopEarly();
    if (now >= next_tick_ns_) ShowTick(now);
    int64_t next = std::min(TendCrews(now), next_tick_ns_);
    if (now < deadline) next = std::min(next, deadline);
    Wait(next);
    LetWorkersEnd();
  }
  StopEarly();  // For crews whose last worker was lost just now.
}

// Once they are to stop, a look at all workers after each one that ends would
// take the CPU from those that still have to: the more there are, the rarer.
void StepRun::LetWorkersEnd() {
  int64_t running = 0;
  for (const std::unique_ptr<Crew>& crew : crews_) {
    if (crew->stopping()) running += static_cast<int64_t>(crew->running());
  }
  if (running == 0) return;
  const struct timespec pause =
      ToTimespec(std::min(running * kEndPausePerProcessNs, kMaxEndPauseNs));
  // Cut short by a signal, it has been long enough.
  clock_nanosleep(CLOCK_MONOTONIC, /*flags=*/0, &pause, nullptr);
}

// Stops what has no reason to go on: everything after an interrupt, a crew
// that lost a worker because its partners may wait for it for ever.
void StepRun::StopEarly() {
  if (result_.interrupted_by != 0) StopAll(StopReason::kInterrupted);
  for (const std::unique_ptr<Crew>& crew : crews_) {
    if (crew->lost()) crew->RequestStop(StopReason::kWorkerLost);
  }
}

void StepRun::TakeInterrupts() {
  while (const int signo = supervision_.interrupts->Take()) {
    if (result_.interrupted_by == 0) {
      result_.interrupted_by = signo;
    } else {
      KillAll(WorkerEnd::kKilled);  // Asked twice: no more grace.
    }
  }
}

int64_t StepRun::TendCrews(int64_t now) {
  int64_t next = kNever;
  for (const std::unique_ptr<Crew>& crew : crews_) {
    next = std::min(next, crew->Tend(now));
  }
  return next;
}

void StepRun::Wait(int64_t until) {
  std::vector<struct pollfd> fds = {{supervision_.interrupts->fd(), POLLIN, 0},
                                    {news_.get(), POLLIN, 0},
                                    {watch_->log_fd(), POLLIN, 0}};
  const size_t own = fds.size();
  for (const std::unique_ptr<Crew>& crew : crews_) crew->AddPollFds(fds);
  const struct timespec timeout =
      ToTimespec(std::max<int64_t>(until - MonotonicNanos(), 0));
  const int ready = ppoll(fds.data(), fds.size(),
                          until == kNever ? nullptr : &timeout, nullptr);
  if (ready <= 0) return;  // The time is up, or EINTR: the caller looks again.
  if (fds[1].revents != 0) {
    uint64_t count;
    // Only to make it unreadable; EAGAIN would be as good.
    if (read(news_.get(), &count, sizeof(count)) < 0) count = 0;
  }
  if (fds[2].revents != 0) watch_->ReadLog();
  const struct pollfd* next = fds.data() + own;
  for (const std::unique_ptr<Crew>& crew : crews_) {
    next += crew->NoteEnds(next);
    if (!against_real_time_) crew->Reap();
  }
  if (fds[0].revents != 0) TakeInterrupts();
}

void StepRun::ShowTick(int64_t now) {
  next_tick_ns_ = now + absl::ToInt64Nanoseconds(supervision_.tick);
  LiveView view;
  view.elapsed_ns = now - start_ns_;
  for (const std::unique_ptr<Crew>& crew : crews_) {
    view.stressors.push_back(LiveOf(*crew));
  }
  supervision_.on_tick(view);
}

// Nothing ran: every process goes, and the reason stands with each stressor.
void StepRun::Abandon(const absl::Status& why) {
  KillAll(WorkerEnd::kKilled);
  while (AnyRunning()) Wait(kNever);
  for (size_t slot : slots_) result_.stressors[slot].setup = why;
}

StepResult StepRun::Collect() {
  for (size_t i = 0; i < crews_.size(); ++i) {
    StressorResult& result = result_.stressors[slots_[i]];
    const absl::Status setup = result.setup;
    result = CollectResult(*crews_[i], start_ns_);
    result.setup = setup;
    result.spawn_ns = spawn_ns_;
    if (start_ns_ == 0) continue;
    result.proof =
        JudgeProof(*crews_[i]->stressor(), result, crews_[i]->Cpus().Count());
  }
  FinishCgroups();
  return std::move(result_);
}

void StepRun::FinishCgroups() {
  for (size_t i = 0; i < crews_.size(); ++i) {
    result_.stressors[slots_[i]].cgroups = crews_[i]->cgroups().Finish();
  }
  const absl::Status removed = cgroups_.Remove();
  if (removed.ok()) return;
  // Of the folder that all were in: said with the first that has no trouble of
  // its own, which would be the reason.
  for (StressorResult& stressor : result_.stressors) {
    for (CgroupResult& cgroup : stressor.cgroups) {
      if (!cgroup.trouble.empty()) return;
      cgroup.trouble = std::string(removed.message());
      return;
    }
  }
}

bool StepRun::AnyRunning() const {
  return std::any_of(crews_.begin(), crews_.end(),
                     [](const auto& crew) { return crew->running() != 0; });
}

void StepRun::KillAll(WorkerEnd end) {
  for (const std::unique_ptr<Crew>& crew : crews_) crew->Kill(end);
}

void StepRun::StopAll(StopReason reason) {
  for (const std::unique_ptr<Crew>& crew : crews_) crew->RequestStop(reason);
}

StepResult StepRun::Run() {
  result_.started_unix_ns = absl::ToUnixNanos(absl::Now());
  RaiseFileLimit();
  KeepEndedChildren();
  PrepareCrews();
  if (crews_.empty()) return std::move(result_);
  const int64_t cpu_before = FamilyCpuNanos();
  watch_ = HostWatch::Start(options_.cpus);
  const absl::Status started = Start();
  if (started.ok()) {
    DropProgramPages();  // While it watches, it needs next to nothing.
    against_real_time_ = AnyRealTime();
    const WatchPriority priority(against_real_time_);
    OpenGate();
    Watch();
  } else {
    Abandon(started);
  }
  for (const std::unique_ptr<Crew>& crew : crews_) crew->Reap();
  StepResult result = Collect();
  result.host = watch_->Finish(FamilyCpuNanos() - cpu_before);
  return result;
}

}  // namespace

StepResult RunStep(const PlanStep& step, const RunOptions& options,
                   const Supervision& supervision) {
  return StepRun(step, options, supervision).Run();
}

}  // namespace ktstr
