// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/priority_inversion/inversion.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/sched/own/saved_scheduling.h"
#include "ktstr/base/sched/own/sched_sight.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/sched/try_sched.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stats/snapshot.h"

namespace ktstr {
namespace {

constexpr SchedSpec kSpecs[] = {
    {.policy = SchedPolicy::kFifo, .priority = 70},
    {.policy = SchedPolicy::kFifo, .priority = 50},
    {.policy = SchedPolicy::kFifo, .priority = 30},
};

// A burst of medium is so many holds long, and of so many pieces at least.
constexpr uint64_t kHoldsPerBurst = 4;
constexpr uint64_t kSpinsPerPiece = 256;
constexpr uint64_t kLeastPieces = 16;
// Of low, before each pass.
constexpr absl::Duration kPause = absl::Microseconds(200);

// How often high has to find the lock taken.
constexpr uint64_t kFewTaken = 20;

void NoteLeast(int64_t& least_ns, int64_t ns) {
  if (least_ns == 0 || ns < least_ns) least_ns = ns;
}

}  // namespace

struct Inversion::Self {
  Worker& worker;
  Shared& group;
  Books& books;
  const uint32_t tid;
  uint32_t round = 0;  // The last one seen.
  bool through = false;

  void NoteTimeSince(int64_t begin) {
    if (worker.Stopping()) return;  // Not all of it.
    NoteLeast(books.least_ns, worker.Now() - begin);
  }
};

absl::Status Inversion::Prepare(Preparation& preparation) {
  KTSTR_ASSIGN_OR_RETURN(cpu_, preparation.CpuForRealTime());
  const absl::Status allowed = TrySched(kSpecs[kHigh], preparation.user());
  if (!allowed.ok()) return absl::UnimplementedError(allowed.message());
  if (params_.lock == Lock::kPi) KTSTR_RETURN_IF_ERROR(PiLock::TryHere());
  KTSTR_ASSIGN_OR_RETURN(groups_,
                         preparation.Share<Shared>(preparation.groups()));
  KTSTR_ASSIGN_OR_RETURN(books_,
                         preparation.Share<Books>(preparation.workers()));
  KTSTR_ASSIGN_OR_RETURN(arrived_, preparation.Share<Arrivals>(1));
  return absl::OkStatus();
}

absl::Status Inversion::Run(Worker& worker) {
  KTSTR_ASSIGN_OR_RETURN(const SavedScheduling before, SavedScheduling::Save());
  const RoleIndex role = RoleOf(worker.position());
  KTSTR_RETURN_IF_ERROR(SetAffinity(0, CpuSet({cpu_})));
  KTSTR_RETURN_IF_ERROR(SetSched(0, kSpecs[role]));
  if (arrived_[0].Meet(worker, static_cast<uint32_t>(books_.size()))) {
    Books& books = books_[worker.index()];
    Self self = {.worker = worker,
                 .group = groups_[worker.group()],
                 .books = books,
                 .tid = static_cast<uint32_t>(gettid())};
    books.seen.begin = LookAtOwnSched();
    role == kHigh ? High(self) : role == kMedium ? Medium(self) : Low(self);
    books.seen.end = LookAtOwnSched();
  }
  return before.Restore();
}

void Inversion::High(Self& self) const {
  while (GoesOn(self) && AwaitRound(self)) {
    self.worker.Compute(params_.work_iters);
    // Relaxed, both: medium runs on the same CPU.
    const uint64_t burnt = self.group.burnt.load(std::memory_order_relaxed);
    bool was_taken = false;
    if (!Acquire(self, was_taken)) break;
    if (was_taken) {
      ++self.books.taken;
      self.books.inverted +=
          burnt != self.group.burnt.load(std::memory_order_relaxed) ? 1 : 0;
    }
    Hold(self);
  }
}

void Inversion::Medium(Self& self) const {
  const uint64_t pieces = std::max(
      kLeastPieces, kHoldsPerBurst * params_.hold_iters / kSpinsPerPiece);
  while (GoesOn(self) && AwaitRound(self)) {
    const int64_t begin = self.worker.Now();
    for (uint64_t i = 0; i < pieces && !self.worker.Stopping(); ++i) {
      self.worker.Compute(kSpinsPerPiece);
      self.group.burnt.fetch_add(1, std::memory_order_relaxed);
    }
    self.NoteTimeSince(begin);
  }
}

void Inversion::Low(Self& self) const {
  while (GoesOn(self) && self.worker.SleepFor(kPause)) {
    self.worker.Compute(params_.work_iters);
    bool was_taken = false;
    if (!Acquire(self, was_taken)) break;
    // Relaxed: the word orders nothing.
    self.group.rounds.fetch_add(1, std::memory_order_relaxed);
    self.worker.WakeWord(self.group.rounds, std::numeric_limits<int>::max());
    Hold(self);
  }
}

// The last one to reach its bound wakes those who wait for a round.
bool Inversion::GoesOn(Self& self) const {
  std::atomic<uint32_t>& rounds = self.group.rounds;
  return self.group.bound.GoesOn(self.worker, GroupSize(), self.through, [&] {
    rounds.fetch_add(1, std::memory_order_release);
    self.worker.WakeWord(rounds, std::numeric_limits<int>::max());
  });
}

// Returns false if none comes any more.
bool Inversion::AwaitRound(Self& self) const {
  const bool came =
      self.worker.AwaitWord(self.group.rounds, [&self](uint32_t round) {
        if (round == self.round) return false;
        self.round = round;
        return true;
      });
  return came && !self.group.bound.ReachedBy(GroupSize());
}

// Returns false on stop: the lock is not held then.
bool Inversion::Acquire(Self& self, bool& was_taken) const {
  Shared& group = self.group;
  const bool is_pi = params_.lock == Lock::kPi;
  const int64_t begin = self.worker.Now();
  was_taken =
      !(is_pi ? group.pi.TryAcquire(self.tid) : group.plain.TryAcquire());
  if (was_taken &&
      !(is_pi ? group.pi.Await(self.worker) : group.plain.Await(self.worker))) {
    return false;
  }
  self.worker.Record(Metric::kAcquireTime, self.worker.Now() - begin);
  return true;
}

// Ends with the release, on stop too.
void Inversion::Hold(Self& self) const {
  const int64_t begin = self.worker.Now();
  self.worker.Compute(params_.hold_iters);
  self.NoteTimeSince(begin);
  if (params_.lock == Lock::kPi) {
    self.group.pi.Release(self.worker, self.tid);
  } else {
    self.group.plain.Release(self.worker);
  }
}

absl::StatusOr<std::string> Inversion::Verify(const GroupResult& group) const {
  KTSTR_RETURN_IF_ERROR(group.RequireUsage());
  KTSTR_RETURN_IF_ERROR(group.RequirePasses());
  KTSTR_RETURN_IF_ERROR(CheckPolicies(group));
  return Judge(group);
}

absl::Status Inversion::CheckPolicies(const GroupResult& group) const {
  for (uint32_t position = 0; position < GroupSize(); ++position) {
    const SchedSights& seen = books_[group.group * GroupSize() + position].seen;
    const SchedSpec& spec = kSpecs[RoleOf(position)];
    if (seen.Are(spec, cpu_)) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(Role(position), " was to be ", spec.ToText(), " on CPU ",
                     cpu_, ", and was ", seen.ToText()));
  }
  return absl::OkStatus();
}

// All that counts is whether medium ran while high waited, not for how long:
// that holds on a machine that takes time away too.
absl::StatusOr<std::string> Inversion::Judge(const GroupResult& group) const {
  uint64_t taken = 0;
  uint64_t inverted = 0;
  uint64_t slept = 0;
  int64_t worst_ns = 0;
  int64_t least_ns[3] = {};  // By role.
  for (uint32_t position = 0; position < GroupSize(); ++position) {
    const Books& books = books_[group.group * GroupSize() + position];
    const RoleIndex role = RoleOf(position);
    if (books.least_ns != 0) NoteLeast(least_ns[role], books.least_ns);
    if (role != kHigh) continue;
    const WorkerResult& high = group.workers[position];
    taken += books.taken;
    inverted += books.inverted;
    slept += static_cast<uint64_t>(high.counters.voluntary_switches);
    const HistogramSnapshot* const waits = high.Find(Metric::kAcquireTime);
    if (waits != nullptr) worst_ns = std::max(worst_ns, waits->max());
  }
  if (taken < kFewTaken) {
    return absl::UnimplementedError(absl::StrFormat(
        "high found the lock taken %d times, too few to tell", taken));
  }
  const std::string numbers = absl::StrFormat(
      "high found the lock taken %d times, and medium ran before high had it "
      "%d times; worst wait %d us, a hold takes %d us, a burst of medium %d us",
      taken, inverted, worst_ns / 1000, least_ns[kHigh] / 1000,
      least_ns[kMedium] / 1000);
  if (slept < taken) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s; but high slept only %d times", numbers, slept));
  }
  // Almost always or never, but for a page that a worker waited for.
  if (Inherits() ? inverted <= taken / 20 : inverted >= taken / 2) {
    return absl::StrCat(Inherits() ? "pi: " : "plain: ", numbers);
  }
  return absl::FailedPreconditionError(absl::StrCat(
      Inherits() ? "a lock that inherits" : "a plain lock", ", but ", numbers));
}

}  // namespace ktstr
