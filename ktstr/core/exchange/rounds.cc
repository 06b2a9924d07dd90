// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/exchange/rounds.h"

#include <atomic>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/types/optional.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// What the receivers of a group have to show, in sum.
struct Tally {
  uint64_t passes = 0;
  uint64_t samples = 0;  // Wake-ups that met them asleep,
  uint64_t ready = 0;    // or awake,
  uint64_t missed = 0;   // or not at all.
  uint64_t spurious = 0;
  uint64_t sleeps = 0;  // As the kernel counts them.

  uint64_t Accounted() const { return samples + ready + missed; }
};

Tally& operator+=(Tally& tally, const WorkerResult& receiver) {
  tally.passes += receiver.iterations;
  tally.samples += receiver.wakes_received;
  tally.ready += receiver.wakes_ready;
  tally.missed += receiver.wakes_missed;
  tally.spurious += receiver.wakes_spurious;
  tally.sleeps += static_cast<uint64_t>(receiver.counters.voluntary_switches);
  return tally;
}

double Ratio(uint64_t part, uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

absl::Status Rounds::Prepare(Preparation& preparation) {
  receivers_ = preparation.workers() / preparation.groups() - 1;
  KTSTR_ASSIGN_OR_RETURN(groups_,
                         preparation.Share<Shared>(preparation.groups()));
  return absl::OkStatus();
}

void Rounds::Announce(Worker& worker, uint64_t round) {
  Shared& group = groups_[worker.group()];
  worker.StampWake(group.stamps[round % kStamps], round);
  // Release: the stamp comes before the round that it belongs to.
  group.round.store(static_cast<uint32_t>(round), std::memory_order_release);
  group.woken += static_cast<uint64_t>(
      worker.WakeWord(group.round, std::numeric_limits<int>::max()));
}

bool Rounds::AnyoneWaits(Worker& worker) const {
  // Relaxed: the number orders nothing.
  return !worker.Stopping() && groups_[worker.group()].left.load(
                                   std::memory_order_relaxed) != receivers_;
}

uint64_t Rounds::SkipMissed(Worker& worker, uint64_t seen) {
  // Relaxed: what these rounds published is of no interest any more.
  const uint32_t last =
      groups_[worker.group()].round.load(std::memory_order_relaxed);
  const uint32_t missed = last - static_cast<uint32_t>(seen);
  if (missed != 0) worker.CountMissedWakes(missed);
  return seen + missed;
}

absl::optional<uint64_t> Rounds::AwaitNext(Worker& worker, uint64_t seen) {
  Shared& group = groups_[worker.group()];
  uint32_t came = 0;
  if (!worker.AwaitWord(group.round, [seen, &came](uint32_t last) {
        came = last - static_cast<uint32_t>(seen);
        return came != 0;
      })) {
    return absl::nullopt;
  }
  worker.MatchWake(group.stamps[(seen + 1) % kStamps], seen + 1);
  if (came > 1) worker.CountMissedWakes(came - 1);
  return seen + came;
}

void Rounds::Leave(Worker& worker, uint64_t seen) {
  if (worker.Stopping()) SkipMissed(worker, seen);
  // Relaxed, as where it is read.
  groups_[worker.group()].left.fetch_add(1, std::memory_order_relaxed);
}

absl::StatusOr<std::string> Rounds::Verify(const GroupResult& group,
                                           uint64_t sleeps_per_pass) const {
  // Less than one where the next round comes before a receiver has gone to
  // sleep, or the kernel wakes it before it has switched.
  constexpr double kMinWokenPerPass = 0.2;
  constexpr double kMinSleepsPerWoken = 0.5;
  constexpr uint64_t kFewPasses = 20;

  KTSTR_RETURN_IF_ERROR(group.RequireUsage());
  const uint64_t rounds = group.workers[0].wakes_sent;
  Tally all;
  for (const WorkerResult& receiver : group.workers.subspan(1)) {
    Tally own;
    own += receiver;
    if (own.Accounted() > rounds) {
      return absl::FailedPreconditionError(
          absl::StrFormat("a receiver counts %d rounds of %d that were sent",
                          own.Accounted(), rounds));
    }
    all += receiver;
  }
  if (rounds != 0 && all.passes < kFewPasses) {
    return absl::UnimplementedError(
        absl::StrFormat("%d passes are too few to tell", all.passes));
  }
  const uint64_t woken = groups_[group.group].woken;
  const uint64_t expected_sleeps = woken + sleeps_per_pass * all.passes;
  const std::string numbers = absl::StrFormat(
      "%d rounds to %d receivers, who waited %d times: the kernel woke %d "
      "sleepers, %d saw it in time, %d rounds were missed; %d sleeps",
      rounds, receivers_, all.passes, woken, all.samples, all.missed,
      all.sleeps);
  // Each sleeper that the kernel woke took note of it, but for a last one that
  // saw the stop instead.
  const bool agree = all.samples <= woken &&
                     woken <= all.Accounted() + all.spurious + 2 * receivers_;
  // Also false for no pass at all (0 / 0).
  if (agree && Ratio(woken, all.passes) >= kMinWokenPerPass &&
      Ratio(all.sleeps, expected_sleeps) >= kMinSleepsPerWoken) {
    return numbers;
  }
  return absl::FailedPreconditionError(numbers);
}

}  // namespace ktstr
