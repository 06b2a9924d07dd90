// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/smt_sibling_spin/sibling_spin.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/rseq.h"
#include "ktstr/base/sched/own/saved_scheduling.h"
#include "ktstr/base/sched/own/sched_sight.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stats/snapshot.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

// The baseline of a worker: so many passes, or as many as begin in that time.
constexpr uint64_t kSoloPasses = 64;
constexpr int64_t kSoloNanos = 10'000'000;

constexpr uint64_t kEnoughPasses = 20;

// The medians of both workers, in us.
double MedianOfBoth(const GroupResult& group, Metric metric) {
  double sum = 0;
  for (const WorkerResult& worker : group.workers) {
    const HistogramSnapshot* const costs = worker.Find(metric);
    if (costs != nullptr) sum += static_cast<double>(costs->Percentile(50));
  }
  return sum / 2 / 1000;
}

}  // namespace

absl::Status SiblingSpin::Prepare(Preparation& preparation) {
  KTSTR_ASSIGN_OR_RETURN(const Topology topology, Topology::Read(sysfs_root_));
  KTSTR_ASSIGN_OR_RETURN(pairs_,
                         FindSiblingPairs(topology, preparation.cpus()));
  KTSTR_ASSIGN_OR_RETURN(shared_,
                         preparation.Share<Shared>(preparation.groups()));
  KTSTR_ASSIGN_OR_RETURN(books_,
                         preparation.Share<Books>(preparation.workers()));
  return absl::OkStatus();
}

absl::Status SiblingSpin::Run(Worker& worker) {
  KTSTR_ASSIGN_OR_RETURN(const SavedScheduling before, SavedScheduling::Save());
  const CpuSet target({PairOf(worker.group())[worker.position()]});
  KTSTR_RETURN_IF_ERROR(SetAffinity(0, target));
  Books& books = books_[worker.index()];
  books.seen.begin = LookAtOwnSched();
  if (TakeTurnAlone(worker)) SpinTogether(worker);
  books.seen.end = LookAtOwnSched();
  const absl::StatusOr<CpuSet> cpus = GetAffinity(0);
  books.pinned = cpus.ok() && *cpus == target;
  return before.Restore();
}

// One after the other, in the order of positions. All of it is before the first
// iteration, which counts passes beside a sibling only.
bool SiblingSpin::TakeTurnAlone(Worker& worker) {
  Shared& shared = shared_[worker.group()];
  const uint32_t turn = worker.position();
  if (!shared.pinned.Meet(worker, GroupSize())) return false;
  if (!worker.AwaitWord(shared.solos,
                        [turn](uint32_t solos) { return solos == turn; })) {
    return false;
  }
  if (!SpinAlone(worker, books_[worker.index()])) return false;
  shared.solos.store(turn + 1, std::memory_order_release);
  worker.WakeWord(shared.solos, 1);
  return worker.AwaitWord(
      shared.solos, [this](uint32_t solos) { return solos == GroupSize(); });
}

bool SiblingSpin::SpinAlone(Worker& worker, Books& books) const {
  const int64_t end = worker.Now() + kSoloNanos;
  while (books.solo < kSoloPasses && worker.Now() < end) {
    const int64_t begin = worker.Now();
    worker.Compute(params_.spin_iters);
    const int64_t cost = worker.Now() - begin;
    if (!worker.Look()) return false;
    worker.Record(Metric::kSoloCost, cost);
    ++books.solo;
  }
  return true;
}

void SiblingSpin::SpinTogether(Worker& worker) {
  Books& books = books_[worker.index()];
  // Of a pair, the one beside it has the index that differs in the lowest bit.
  const std::atomic<uint64_t>& sibling = books_[worker.index() ^ 1].passes;
  const uint32_t cpu = PairOf(worker.group())[worker.position()];
  bool through = false;
  while (shared_[worker.group()].bound.GoesOn(worker, GroupSize(), through,
                                              [] {})) {
    // Relaxed: a number to look at.
    const uint64_t before = sibling.load(std::memory_order_relaxed);
    const int64_t begin = worker.Now();
    worker.Compute(params_.spin_iters);
    const int64_t cost = worker.Now() - begin;
    if (worker.Stopping()) break;
    books.passes.fetch_add(1, std::memory_order_relaxed);
    if (CurrentCpu() != cpu) ++books.strays;
    if (through) continue;  // Only there for its sibling.
    worker.Record(Metric::kIterationCost, cost);
    if (sibling.load(std::memory_order_relaxed) != before) ++books.beside;
  }
}

absl::Status SiblingSpin::CheckStayed(uint32_t group) const {
  const SiblingPair& pair = PairOf(group);
  for (uint32_t position = 0; position < GroupSize(); ++position) {
    const Books& books = books_[group * GroupSize() + position];
    const uint32_t cpu = pair[position];
    if (books.pinned && books.seen.AreOn(cpu) && books.strays == 0) continue;
    return absl::FailedPreconditionError(absl::StrFormat(
        "worker %d of the pair was to stay on CPU %d, and was %s, elsewhere "
        "after %d passes",
        position, cpu, books.seen.ToText(), books.strays));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> SiblingSpin::Verify(
    const GroupResult& group) const {
  KTSTR_RETURN_IF_ERROR(CheckStayed(group.group));
  const Books& first = books_[group.workers[0].index];
  const Books& second = books_[group.workers[1].index];
  const uint64_t passes = group.Iterations();
  if (first.solo == 0 || second.solo == 0 || passes < kEnoughPasses) {
    return absl::UnimplementedError(
        absl::StrFormat("%d and %d passes alone, %d beside each other are too "
                        "few to tell",
                        first.solo, second.solo, passes));
  }
  const uint64_t beside = first.beside + second.beside;
  if (beside == 0) {
    return absl::UnimplementedError(absl::StrFormat(
        "in none of %d passes the sibling got on: others use its CPU", passes));
  }
  const double together = MedianOfBoth(group, Metric::kIterationCost);
  const double alone = MedianOfBoth(group, Metric::kSoloCost);
  std::string line = absl::StrFormat(
      "on CPUs %d and %d a pass takes %.2f times what it takes alone (%.1fus, "
      "%.1fus); in %.0f%% of them the sibling got on",
      PairOf(group.group)[0], PairOf(group.group)[1],
      alone > 0 ? together / alone : 0, together, alone,
      100.0 * static_cast<double>(beside) / static_cast<double>(passes));
  const uint64_t groups = group.all_workers.size() / GroupSize();
  if (groups > pairs_.size()) {
    absl::StrAppend(&line, "; ", groups, " groups share ", pairs_.size(),
                    pairs_.size() == 1 ? " pair" : " pairs", " of siblings");
  }
  return line;
}

}  // namespace ktstr
