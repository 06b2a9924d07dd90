// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/churn/node_hops.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/rseq.h"
#include "ktstr/base/sched/own/saved_scheduling.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

// So that it computes on each node, however little.
constexpr uint64_t kSpinsOnNode = 256;

}  // namespace

std::vector<CpuSet> NodeHops::TargetsIn(const CpuSet& cpus) const {
  std::vector<CpuSet> targets;
  for (const CpuSet& node : nodes_) {
    CpuSet target = node.Intersect(cpus);
    if (!target.empty()) targets.push_back(std::move(target));
  }
  return targets;
}

absl::Status NodeHops::Prepare(Preparation& preparation,
                               const Topology& topology) {
  if (!topology.known()) {
    return absl::UnimplementedError(
        absl::StrCat("needs 2 nodes with CPUs: ", topology.unknown_reason()));
  }
  for (const Topology::Node& node : topology.nodes()) {
    if (!node.cpus.empty()) nodes_.push_back(node.cpus);
  }
  const size_t reachable = TargetsIn(preparation.cpus()).size();
  if (reachable < 2) {
    return absl::UnimplementedError(
        absl::StrCat("needs 2 nodes with CPUs that workers may run on; CPUs ",
                     preparation.cpus().ToString(), " are of ", reachable));
  }
  KTSTR_ASSIGN_OR_RETURN(books_,
                         preparation.Share<Books>(preparation.workers()));
  return absl::OkStatus();
}

absl::Status NodeHops::Run(Worker& worker, absl::Duration period) {
  KTSTR_ASSIGN_OR_RETURN(const SavedScheduling before, SavedScheduling::Save());
  const std::vector<CpuSet> targets = TargetsIn(before.cpus());
  if (targets.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("CPUs ", before.cpus().ToString(), " are of no node"));
  }
  Books& books = books_[worker.index()];
  books.nodes = targets.size();
  CpuSet mask = before.cpus();
  // Neighbours hop from different nodes. Bound to the first one already, so
  // that each pass is a hop for certain.
  size_t at = worker.index() % targets.size();
  KTSTR_RETURN_IF_ERROR(SetAffinity(0, targets[at]));
  for (bool first = true; worker.NextIteration(); first = false) {
    if (!first && !Stay(worker, period, targets[at], books)) break;
    at = (at + 1) % targets.size();
    Hop(worker, targets[at], mask, books);
  }
  return before.Restore();
}

bool NodeHops::Stay(Worker& worker, absl::Duration period, const CpuSet& target,
                    Books& books) {
  if (!worker.SleepFor(period)) return false;
  worker.Compute(kSpinsOnNode);
  if (!target.Contains(CurrentCpu())) ++books.drifts;
  return true;
}

void NodeHops::Hop(Worker& worker, const CpuSet& target, CpuSet& mask,
                   Books& books) {
  const absl::Status status = SetAffinity(0, target);
  if (!status.ok()) {
    worker.CountFailure("sched_setaffinity", ErrnoOf(status));
    return;
  }
  ++books.hops;
  if (!target.Contains(CurrentCpu())) ++books.strays;
  if (!ReadAffinity(0, mask).ok() || mask != target) ++books.masks;
}

absl::StatusOr<std::string> NodeHops::Verify(const GroupResult& group) const {
  const Books& books = books_[group.group];
  const WorkerResult& worker = group.workers[0];
  if (books.nodes == 1) {
    return absl::UnimplementedError(
        "may run on the CPUs of one node: nowhere to hop to");
  }
  if (books.strays + books.drifts + books.masks > 0 ||
      books.hops < worker.iterations) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%d passes with %d hops: %d did not reach the node, %d sleeps ended on "
        "another, %d masks were not kept",
        worker.iterations, books.hops, books.strays, books.drifts,
        books.masks));
  }
  if (books.hops == 0) {
    return absl::UnimplementedError("no hops are too few to tell");
  }
  const auto migrations = static_cast<uint64_t>(
      worker.counters.migrations_known ? worker.counters.migrations
                                       : int64_t(worker.migrations));
  if (migrations < books.hops) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%d hops, but the kernel migrated only %d times",
                        books.hops, migrations));
  }
  return absl::StrFormat("%d hops between %d nodes; %d migrations", books.hops,
                         books.nodes, migrations);
}

}  // namespace ktstr
