// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/ipc_variance/ipc_variance.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "ktstr/base/perf/ipc_counter.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/alu/alu_chains.h"
#include "ktstr/base/work/alu/alu_width.h"
#include "ktstr/base/work/random.h"
#include "ktstr/core/byte_size.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stressors/ipc_variance/line_cycle.h"
#include "ktstr/stressors/ipc_variance/part.h"
#include "ktstr/topology/cache_size.h"

namespace ktstr {
namespace {

// Workers that now use every cycle of their CPU and then wait for memory in
// most of them: schedulers and governors that watch what a task did last are
// wrong half of the time. Means nothing if the memory fits into the caches that
// a worker has for itself.
class IpcVariance final : public Stressor {
 public:
  struct Params {
    uint64_t hot_iters = 100000;
    uint64_t cold_iters = 1024;
    uint64_t period_iters = 64;
    ByteSize region = {0};
  };
  // Of a worker, read after it ended.
  struct Books {
    Part hot;
    Part cold;
    uint64_t periods;  // Whole ones.
    bool right;        // The chains are where their steps lead.
    int pmu_error;     // errno; 0 if there is IPC.
  };
  explicit IpcVariance(const Params& params) : params_(params) {}

  absl::Status Prepare(Preparation& preparation) override {
    l2_bytes_ = ReadL2Bytes(preparation.cpus());
    if (l2_bytes_ == 0) l2_bytes_ = kAssumedL2Bytes;
    const int64_t bytes =
        params_.region.bytes != 0 ? params_.region.bytes : 4 * l2_bytes_;
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    pages_ = (static_cast<size_t>(bytes) + page - 1) / page;
    region_ = pages_ * page;
    KTSTR_ASSIGN_OR_RETURN(books_,
                           preparation.Share<Books>(preparation.workers()));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    KTSTR_ASSIGN_OR_RETURN(LineCycle lines, LineCycle::Create(region_));
    const absl::StatusOr<IpcCounter> counter = IpcCounter::Create();
    Books& books = books_[worker.index()];
    books.pmu_error = ErrnoOf(counter.status());
    Body body = {AluChains(AluWidth::kScalar, worker.seed()), worker, books,
                 counter.ok() ? &*counter : nullptr, lines};
    Random random(worker.seed());
    // Ends early on stop, and so does what comes after it.
    lines.Fill(random, [&worker] { return worker.Look(); });
    while (worker.NextIteration()) {
      if (!RunPass(body)) break;
    }
    books.hot.operations = body.chains.steps();
    books.cold.operations = lines.touches();
    books.right = body.chains.IsRight();
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override;

 private:
  // Most of those that do not tell have less.
  static constexpr int64_t kAssumedL2Bytes = 1 << 20;
  // Between two looks at stop.
  static constexpr uint64_t kStepsPerLook = 4096;
  static constexpr uint64_t kTouchesPerLook = 1024;
  static constexpr uint64_t kEnoughPeriods = 20;
  // Some microseconds, against which a look at a slow clock is little.
  static constexpr uint64_t kEnoughSteps = 1024;
  static constexpr uint64_t kEnoughTouches = 256;

  // What a worker works with.
  struct Body {
    AluChains chains;
    Worker& worker;
    Books& books;
    const IpcCounter* counter;  // May be null.
    LineCycle& lines;

    IpcCounter::Counts Count() const {
      return counter == nullptr ? IpcCounter::Counts{} : counter->Read();
    }
  };

  // Calls `work` for pieces of `operations`. Returns the time that it took, -1
  // on stop.
  template <typename Work>
  static int64_t RunPart(Body& body, Part& part, uint64_t operations,
                         uint64_t per_look, Work work) {
    const IpcCounter::Counts before = body.Count();
    const int64_t begin = body.worker.Now();
    for (uint64_t left = operations; left != 0;) {
      const uint64_t now = std::min(left, per_look);
      work(now);
      left -= now;
      if (!body.worker.Look()) return -1;
    }
    const int64_t ns = body.worker.Now() - begin;
    part.Note(ns, before, body.Count());
    return ns;
  }

  // Returns false on stop.
  bool RunPass(Body& body) const {
    int64_t hot_ns = 0;
    int64_t cold_ns = 0;
    for (uint64_t period = 0; period < params_.period_iters; ++period) {
      const int64_t hot =
          RunPart(body, body.books.hot, params_.hot_iters, kStepsPerLook,
                  [&body](uint64_t steps) { body.chains.Step(steps); });
      if (hot < 0) return false;
      const int64_t cold =
          RunPart(body, body.books.cold, params_.cold_iters, kTouchesPerLook,
                  [&body](uint64_t touches) { body.lines.Touch(touches); });
      if (cold < 0) return false;
      hot_ns += hot;
      cold_ns += cold;
      ++body.books.periods;
    }
    body.worker.Record(Metric::kHotCost, hot_ns);
    body.worker.Record(Metric::kColdCost, cold_ns);
    body.worker.Record(Metric::kIterationCost, hot_ns + cold_ns);
    return true;
  }

  const Params params_;
  int64_t l2_bytes_ = 0;
  size_t region_ = 0;  // In whole pages.
  size_t pages_ = 0;
  absl::Span<Books> books_;  // By worker.
};

absl::StatusOr<std::string> IpcVariance::Verify(
    const GroupResult& group) const {
  KTSTR_RETURN_IF_ERROR(group.RequireUsage());
  const WorkerResult& worker = group.workers[0];
  const Books& books = books_[group.group];
  const uint64_t periods = worker.iterations * params_.period_iters;
  if (!books.right || books.periods < periods ||
      books.hot.operations < books.periods * params_.hot_iters ||
      books.cold.operations < books.periods * params_.cold_iters) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%d periods were to be, and there were %d, with %d steps (%s) and %d "
        "touches",
        periods, books.periods, books.hot.operations,
        books.right ? "right" : "wrong", books.cold.operations));
  }
  if (books.periods < kEnoughPeriods) {
    return absl::UnimplementedError(
        absl::StrFormat("%d periods are too few to tell", books.periods));
  }
  const int64_t faults =
      worker.counters.minor_faults + worker.counters.major_faults;
  const std::string region =
      AbslUnparseFlag(ByteSize{static_cast<int64_t>(region_)});
  if (faults < static_cast<int64_t>(pages_)) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s are %d pages, but the kernel saw only %d faults",
                        region, pages_, faults));
  }
  if (static_cast<int64_t>(region_) <= l2_bytes_) {
    return absl::UnimplementedError(absl::StrCat(
        region, " fit into a core's own cache: nothing has to be cold"));
  }
  if (params_.hot_iters < kEnoughSteps || params_.cold_iters < kEnoughTouches) {
    return absl::UnimplementedError(
        absl::StrFormat("parts of %d steps and of %d touches are too short to "
                        "be timed",
                        params_.hot_iters, params_.cold_iters));
  }
  KTSTR_ASSIGN_OR_RETURN(const std::string costs,
                         CompareCosts(books.hot, params_.hot_iters, books.cold,
                                      params_.cold_iters));
  return absl::StrFormat(
      "%s; %s; %.3g times through %s", costs,
      PrintIpc(books.hot, books.cold, books.pmu_error),
      static_cast<double>(books.cold.operations * LineCycle::kLineBytes) /
          static_cast<double>(region_),
      region);
}

constexpr FieldDef kFields[] = {
    Field<&IpcVariance::Params::hot_iters>(
        "hot_iters", "steps of four multiplications in a period", 1, 1 << 30),
    Field<&IpcVariance::Params::cold_iters>(
        "cold_iters", "lines that it touches in a period", 1, 1 << 30),
    Field<&IpcVariance::Params::period_iters>("period_iters",
                                              "periods of a pass", 1, 1 << 24),
    Field<&IpcVariance::Params::region>(
        "region", "memory of each worker; 0 is four times the L2 cache", 0,
        int64_t{1} << 30),
};
constexpr Metric kMetrics[] = {Metric::kIterationCost, Metric::kHotCost,
                               Metric::kColdCost};

}  // namespace

constinit const StressorDef kIpcVariance = DefineStressor<IpcVariance>({
    .name = "ipc_variance",
    .summary = "workers that multiply, then wait for memory",
    .kernel_path = "tick preemption and load tracking (PELT) of tasks whose "
                   "use of the CPU changes, cpufreq",
    .needs = "",
    .proof = "all of the memory was faulted in, and a touch of it takes longer "
             "than a step of multiplications",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
