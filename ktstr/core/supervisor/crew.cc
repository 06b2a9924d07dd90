// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/supervisor/crew.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "ktstr/base/check.h"
#include "ktstr/base/child.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/kick.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/placement/placement_options.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/supervisor/cgroups/step_cgroups.h"
#include "ktstr/core/worker/settings.h"
#include "ktstr/core/worker/worker_main.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {
namespace {

// A kick may fall between a worker's look at the stop word and its call, so
// kicks come again: soon at first, for the 20 ms in which all must have seen
// the stop, and then at a pace that leaves a thousand workers their CPUs.
constexpr int64_t kFirstKickNs = 1'000'000;
constexpr int64_t kMaxKickNs = 8'000'000;

// A supervisor that lives has ended real-time workers long before their limit.
constexpr absl::Duration kRealTimeReserve = absl::Seconds(2);

// Worker seeds far apart for neighbouring run seeds: the increment of
// splitmix64 (Steele, Lea, Flood 2014).
constexpr uint64_t kSeedStep = 0x9e3779b97f4a7c15;

// What no worker uses up unless its supervisor is gone or hangs.
int64_t RealTimeLimitNs(const RunOptions& options) {
  return absl::ToInt64Nanoseconds(options.duration + options.grace +
                                  kRealTimeReserve);
}

StopArea& StopOf(const Mapping& mapping) {
  return *static_cast<StopArea*>(mapping.data());
}

bool Ended(const WorkerRecord& record) {
  // Acquire: what the worker wrote before is to be read after.
  const WorkerPhase phase = record.phase.load(std::memory_order_acquire);
  return phase == WorkerPhase::kFinished || phase == WorkerPhase::kFailed;
}

}  // namespace

Crew::Crew(const PlannedStressor& planned, const RunOptions& options)
    : planned_(planned), options_(options) {
  metrics_.push_back(Metric::kGap);
  for (Metric metric : planned.def->metrics) metrics_.push_back(metric);
  KTSTR_CHECK(metrics_.size() <= kMaxMetricsPerWorker);
}

Crew::~Crew() = default;

absl::Status Crew::Prepare(StepCgroups& cgroups) {
  KTSTR_RETURN_IF_ERROR(planned_.placement);
  KTSTR_ASSIGN_OR_RETURN(MadeStressor made, planned_.def->Make(planned_.texts));
  stressor_ = std::move(made.stressor);
  preparation_ = std::make_unique<Preparation>(
      planned_.workers / planned_.group_size, planned_.workers, options_);
  KTSTR_RETURN_IF_ERROR(stressor_->Prepare(*preparation_));
  layout_ = {metrics_.size(), options_.samples};
  KTSTR_ASSIGN_OR_RETURN(
      records_,
      Mapping::CreateShared(layout_.BytesPerWorker() * planned_.workers));
  KTSTR_ASSIGN_OR_RETURN(stop_area_, Mapping::CreateShared(sizeof(StopArea)));
  KTSTR_ASSIGN_OR_RETURN(cgroups_, cgroups.MakeFor(planned_, options_.mode));
  processes_.reserve(planned_.workers);
  return absl::OkStatus();
}

WorkerPlace Crew::PlaceOf(uint32_t worker, const TickClock& clock, RunArea& run,
                          int news_fd) const {
  WorkerPlace place;
  place.stressor = stressor_.get();
  place.run = &run;
  place.setup.index = worker;
  place.setup.group = worker / planned_.group_size;
  place.setup.position = worker % planned_.group_size;
  place.setup.iterations = options_.iterations;
  place.setup.seed = options_.seed + kSeedStep * (worker + 1);
  place.setup.clock = clock;
  place.setup.stop = &StopOf(stop_area_).stop;
  place.setup.records = records_.data();
  place.setup.layout = layout_;
  place.setup.metrics = metrics_;
  place.settings = SettingsOf(worker);
  if (cgroups_.any()) {
    place.enter = [this, worker](WorkerRecord& record) {
      cgroups_.EnterWorker(worker, record);
    };
  }
  place.role = planned_.roles[place.setup.position];
  place.news_fd = news_fd;
  return place;
}

// It points to the plan and the options, which outlive the workers.
WorkerSettings Crew::SettingsOf(uint32_t worker) const {
  WorkerSettings settings;
  settings.placement = &options_.placement;
  settings.timer_slack_ns = absl::ToInt64Nanoseconds(options_.timer_slack);
  settings.cookie_from = CookieSourceOf(worker);
  settings.parent = getpid();
  if (planned_.def->real_time) settings.rt_limit_ns = RealTimeLimitNs(options_);
  if (planned_.placed.empty()) {
    if (options_.cpus_given) settings.cpus = &options_.cpus;
    return settings;
  }
  const PlacedWorker& placed = planned_.placed[worker];
  if (placed.cpus.has_value()) settings.cpus = &*placed.cpus;
  if (!placed.sched.has_value()) return settings;
  settings.sched = &*placed.sched;
  if (placed.sched->IsRealTime()) {
    settings.rt_limit_ns = RealTimeLimitNs(options_);
  }
  return settings;
}

// Whose cookie `worker` takes; null: it makes its own, if any.
const WorkerRecord* Crew::CookieSourceOf(uint32_t worker) const {
  uint32_t source = worker;
  switch (options_.placement.core_cookie) {
    case CookieSharing::kNone:
    case CookieSharing::kWorker:
      break;
    case CookieSharing::kGroup:
      source -= worker % planned_.group_size;
      break;
    case CookieSharing::kAll:
      source = 0;
      break;
  }
  return source == worker ? nullptr : &record(source);
}

absl::Status Crew::Spawn(const TickClock& clock, RunArea& run, int news_fd) {
  std::vector<WorkerPlace> places;
  for (uint32_t i = 0; i < planned_.workers; ++i) {
    places.push_back(PlaceOf(i, clock, run, news_fd));
  }
  const size_t per_process =
      options_.mode == WorkerMode::kThread ? places.size() : 1;
  for (size_t first = 0; first < places.size(); first += per_process) {
    const absl::Status status =
        SpawnProcess(absl::MakeConstSpan(places).subspan(first, per_process));
    if (status.ok()) continue;
    return absl::Status(status.code(),
                        absl::StrCat("worker ", first, " of ", places.size(),
                                     ": ", status.message()));
  }
  return absl::OkStatus();
}

absl::Status Crew::SpawnProcess(absl::Span<const WorkerPlace> places) {
  const pid_t supervisor = getpid();
  const bool threads = options_.mode == WorkerMode::kThread;
  const uint32_t first = places[0].setup.index;
  KTSTR_ASSIGN_OR_RETURN(Child child, cgroups_.Spawn(first, [&]() -> int {
    if (!BecomeWorkerProcess(supervisor)) return 1;
    if (threads) return LiveThreads(places);
    LiveWorker(places[0]);
    return 0;
  }));
  processes_.push_back({std::move(child), first,
                        static_cast<uint32_t>(places.size()), absl::nullopt, 0,
                        absl::nullopt, "", absl::nullopt});
  return absl::OkStatus();
}

void Crew::RequestStop(StopReason reason) {
  if (stopping()) return;
  stop_reason_ = reason;
  cgroups_.Stop();
  stop_requested_ns_ = MonotonicNanos();
  StopArea& area = StopOf(stop_area_);
  area.stop_ns.store(stop_requested_ns_, std::memory_order_relaxed);
  // Release: publishes the time.
  area.stop.store(1, std::memory_order_release);
  kick_interval_ns_ = kFirstKickNs;
  next_kick_ns_ = stop_requested_ns_;
}

int64_t Crew::Tend(int64_t now) {
  constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  if (!stopping() || running() == 0) return kNever;
  const int64_t late =
      stop_requested_ns_ + absl::ToInt64Nanoseconds(options_.grace);
  if (now >= late) {
    Kill(WorkerEnd::kTimedOut);
    return kNever;
  }
  if (now >= next_kick_ns_) {
    KickUnfinished();
    next_kick_ns_ = now + kick_interval_ns_;
    kick_interval_ns_ = std::min(2 * kick_interval_ns_, kMaxKickNs);
  }
  return std::min(next_kick_ns_, late);
}

void Crew::KickUnfinished() {
  for (const WorkerProcess& process : processes_) {
    if (process.end.has_value()) continue;
    for (uint32_t i = process.first; i < process.first + process.count; ++i) {
      if (Ended(record(i))) continue;
      const pid_t tid = record(i).tid.load(std::memory_order_relaxed);
      // ESRCH: it is just ending. The process is not reaped, so that its id
      // cannot be another's.
      if (tid != 0) Kick(process.child.pid(), tid).IgnoreError();
    }
  }
}

void Crew::Kill(WorkerEnd end) {
  for (WorkerProcess& process : processes_) {
    if (process.end.has_value() || process.killed_as.has_value()) continue;
    process.state_when_killed = StateOf(process);
    process.killed_as = end;
    // ESRCH cannot be: it is not reaped yet.
    process.child.Signal(SIGKILL).IgnoreError();
  }
}

// The state of what a process is killed for: its first worker that goes on.
std::string Crew::StateOf(const WorkerProcess& process) const {
  const pid_t pid = process.child.pid();
  for (uint32_t i = process.first; i < process.first + process.count; ++i) {
    const pid_t tid = record(i).tid.load(std::memory_order_relaxed);
    if (tid != 0 && !Ended(record(i))) {
      return std::string(1, ReadTaskState(pid, tid));
    }
  }
  return std::string(1, ReadTaskState(pid, pid));
}

// Of a process that ended and is not reaped. Of a worker that was one of its
// threads nothing is left to read.
void Crew::ReadLastCounters(WorkerProcess& process) const {
  const pid_t pid = process.child.pid();
  const WorkerRecord& first = record(process.first);
  if (Ended(first) || first.tid.load(std::memory_order_relaxed) != pid) return;
  process.last_counters = ReadCountersOf(pid, pid);
}

bool Crew::Finished(const WorkerProcess& process) const {
  for (uint32_t i = process.first; i < process.first + process.count; ++i) {
    const WorkerPhase phase = record(i).phase.load(std::memory_order_acquire);
    if (phase != WorkerPhase::kFinished) return false;
  }
  return true;
}

void Crew::AddPollFds(std::vector<struct pollfd>& fds) const {
  for (const WorkerProcess& process : processes_) {
    if (process.end.has_value()) continue;
    fds.push_back({process.child.pidfd(), POLLIN, 0});
  }
}

size_t Crew::NoteEnds(const struct pollfd* fds) {
  size_t taken = 0;
  for (WorkerProcess& process : processes_) {
    if (process.end.has_value()) continue;
    if ((fds[taken++].revents & POLLIN) == 0) continue;
    ReadLastCounters(process);
    absl::StatusOr<absl::optional<ChildEnd>> end = process.child.End();
    KTSTR_CHECK(end.ok());  // It is our child, and only we reap.
    if (end->has_value()) {
      process.end = *end;
      process.ended_ns = MonotonicNanos();
    }
  }
  return taken;
}

void Crew::Reap() {
  for (WorkerProcess& process : processes_) {
    if (process.end.has_value()) process.child.TryReap().status().IgnoreError();
  }
}

size_t Crew::running() const {
  const auto count =
      std::count_if(processes_.begin(), processes_.end(),
                    [](const WorkerProcess& p) { return !p.end.has_value(); });
  return static_cast<size_t>(count);
}

bool Crew::lost() const {
  for (uint32_t i = 0; i < workers(); ++i) {
    const WorkerPhase phase = record(i).phase.load(std::memory_order_acquire);
    if (phase == WorkerPhase::kFailed) return true;
  }
  return std::any_of(
      processes_.begin(), processes_.end(), [this](const WorkerProcess& p) {
        return p.end.has_value() && (!Finished(p) || p.end->value != 0);
      });
}

std::string Crew::DescribeLoss() const {
  for (uint32_t i = 0; i < workers(); ++i) {
    if (record(i).phase.load(std::memory_order_acquire) ==
        WorkerPhase::kFailed) {
      return absl::StrCat("worker ", i, ": ", record(i).failure.view());
    }
  }
  for (const WorkerProcess& process : processes_) {
    if (!process.end.has_value()) continue;
    if (process.end->value == 0 && Finished(process)) continue;
    return absl::StrCat(
        process.count > 1 ? "the process of worker " : "worker ", process.first,
        " ", DescribeEnd(*process.end));
  }
  return "no worker";
}

CpuSet Crew::Cpus() const {
  if (planned_.placed.empty()) return options_.cpus;
  CpuSet cpus;
  for (const PlacedWorker& placed : planned_.placed) {
    cpus = cpus.Union(placed.cpus.value_or(options_.cpus));
  }
  return cpus;
}

absl::optional<uint32_t> Crew::AnyUnready() const {
  for (uint32_t i = 0; i < planned_.workers; ++i) {
    const WorkerPhase phase = record(i).phase.load(std::memory_order_acquire);
    if (phase == WorkerPhase::kUnborn) return i;
  }
  return absl::nullopt;
}

}  // namespace ktstr
