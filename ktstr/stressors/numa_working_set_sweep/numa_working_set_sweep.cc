// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/numa_working_set_sweep/numa_working_set_sweep.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/base/memory/node_pages.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/byte_size.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stressors/numa_working_set_sweep/node_list.h"
#include "ktstr/stressors/numa_working_set_sweep/swept_region.h"

namespace ktstr {
namespace {

// Workers whose memory goes from node to node while they stay: page after page
// is isolated, copied and mapped again, and all CPUs flush what they knew of
// it. It tells of the cost of moves, not of access from afar, which caches hide
// where `region` is smaller than they are.
class NumaWorkingSetSweep final : public Stressor {
 public:
  struct Params {
    ByteSize region = {4 << 20};
    absl::Duration period = absl::Milliseconds(100);
    NodeList nodes;
  };
  explicit NumaWorkingSetSweep(const Params& params) : params_(params) {}

  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_RETURN_IF_ERROR(LookAtHost());
    KTSTR_ASSIGN_OR_RETURN(
        books_, preparation.Share<SweepBooks>(preparation.workers()));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    KTSTR_ASSIGN_OR_RETURN(const NodeSet nodes, Targets());
    const std::vector<uint32_t> targets = nodes.cpus();
    SweepBooks& books = books_[worker.index()];
    books.nodes = targets.size();
    if (targets.empty()) return None(nodes);
    KTSTR_ASSIGN_OR_RETURN(
        SweptRegion region,
        SweptRegion::Create(static_cast<size_t>(params_.region.bytes),
                            worker.seed()));
    // Neighbours begin on different nodes.
    size_t at = worker.index();
    for (bool first = true; worker.NextIteration(); first = false, ++at) {
      if (!first && !worker.SleepFor(params_.period)) break;
      if (!region.Sweep(worker, targets[at % targets.size()], books)) break;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return JudgeSweeps(books_[group.group], group.Iterations());
  }

 private:
  static absl::Status None(const NodeSet& nodes) {
    return absl::UnimplementedError(
        absl::StrCat("needs 2 nodes with memory; it may use that of node ",
                     nodes.empty() ? "none" : nodes.ToString()));
  }

  // The nodes that the caller may move memory to, of those asked for.
  absl::StatusOr<NodeSet> Targets() const {
    KTSTR_ASSIGN_OR_RETURN(const MemoryNodes there, GetMemoryNodes());
    const NodeSet usable = there.with_memory.empty()
                               ? there.allowed
                               : there.allowed.Intersect(there.with_memory);
    const NodeSet& asked = params_.nodes.nodes;
    return asked.empty() ? usable : usable.Intersect(asked);
  }

  absl::Status LookAtHost() const {
    const absl::StatusOr<NodeSet> targets = Targets();
    // No CONFIG_NUMA, or a filter that forbids to ask.
    if (!targets.ok()) {
      return absl::UnimplementedError(targets.status().message());
    }
    const NodeSet missing = params_.nodes.nodes.Difference(*targets);
    if (!missing.empty()) {
      return absl::UnimplementedError(absl::StrCat(
          "nodes=", AbslUnparseFlag(params_.nodes), ": node ",
          missing.ToString(),
          " does not exist, has no memory or is not in the cpuset's mems"));
    }
    return targets->Count() < 2 ? None(*targets) : TryToMove(targets->First());
  }

  // What the kernel, or a filter before it, refuses a single page it refuses to
  // all.
  static absl::Status TryToMove(uint32_t node) {
    KTSTR_ASSIGN_OR_RETURN(const Mapping page, Mapping::CreatePrivate(1));
    absl::Status status = MovePagesTo(node, page.data(), page.size());
    if (status.ok()) status = CountPagesOn(node, page.data(), 1).status();
    return status.ok() ? status : absl::UnimplementedError(status.message());
  }

  const Params params_;
  absl::Span<SweepBooks> books_;
};

constexpr FieldDef kFields[] = {
    Field<&NumaWorkingSetSweep::Params::region>(
        "region", "memory of each worker", 1, int64_t{64} << 30),
    Field<&NumaWorkingSetSweep::Params::period>("period", "sleep between moves",
                                                std::chrono::microseconds(50),
                                                std::chrono::hours(1)),
    TextField<&NumaWorkingSetSweep::Params::nodes>(
        "nodes", "nodes to move it to in turn",
        "all, or 2 nodes and more: 0-1"),
};
constexpr Metric kMetrics[] = {Metric::kMoveTime, Metric::kSleepOvershoot};

}  // namespace

constinit const StressorDef kNumaWorkingSetSweep =
    DefineStressor<NumaWorkingSetSweep>({
        .name = "numa_working_set_sweep",
        .summary = "workers that move their memory from node to node",
        .kernel_path = "mbind(2): do_migrate_pages, TLB flushes",
        .needs = "2 nodes with memory",
        .proof = "after each move move_pages(2) finds every page of the region "
                 "on the target, and each page holds what was written to it",
        .fields = kFields,
        .metrics = kMetrics,
    });

}  // namespace ktstr
