// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/page_fault_churn/page_fault_churn.h"

#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/random.h"
#include "ktstr/core/byte_size.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Workers that fault pages in and give them back: long stretches in the kernel
// that the tick interrupts, and, with --mode=thread, TLB shootdowns and a lock
// of the address space that all of them want.
class PageFaultChurn final : public Stressor {
 public:
  struct Params {
    ByteSize region = {4 << 20};
    uint64_t touches = 256;
    uint64_t spin_iters = 64;
  };
  // Of a worker, which alone writes it.
  struct Shared {
    alignas(64) std::atomic<uint64_t> pages;  // That a touch found empty.
  };
  explicit PageFaultChurn(const Params& params) : params_(params) {}

  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_ASSIGN_OR_RETURN(shared_,
                           preparation.Share<Shared>(preparation.workers()));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    KTSTR_ASSIGN_OR_RETURN(
        const Mapping region,
        Mapping::CreatePrivate(static_cast<size_t>(params_.region.bytes)));
    Random random(worker.seed());
    std::atomic<uint64_t>& pages = shared_[worker.index()].pages;
    while (worker.NextIteration()) {
      const int64_t begin = worker.Now();
      const uint64_t touched = Touch(worker, region, random);
      KTSTR_RETURN_IF_ERROR(region.DropPages());
      worker.Compute(params_.spin_iters);
      worker.Record(Metric::kIterationCost, worker.Now() - begin);
      // Relaxed: one writer, read after its end.
      pages.store(pages.load(std::memory_order_relaxed) + touched,
                  std::memory_order_relaxed);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    KTSTR_RETURN_IF_ERROR(group.RequireUsage());
    const uint64_t pages =
        shared_[group.group].pages.load(std::memory_order_relaxed);
    const int64_t faults = group.workers[0].counters.minor_faults;
    const uint64_t passes = group.Iterations();
    if (pages == 0 || pages < passes) {
      return absl::FailedPreconditionError(
          absl::StrFormat("%d passes touched only %d pages", passes, pages));
    }
    if (static_cast<double>(faults) <
        kMinFaultsPerPage * static_cast<double>(pages)) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "%d pages touched, but only %d minor faults", pages, faults));
    }
    return absl::StrFormat("%d minor faults for %d pages touched", faults,
                           pages);
  }

 private:
  // A kernel that maps several pages for one fault, asked not to or not, is not
  // what this stressor is about.
  static constexpr double kMinFaultsPerPage = 0.9;
  static constexpr uint64_t kTouchesPerLook = 64;  // About 30 us.

  // Returns how many of the pages were not there before their touch.
  uint64_t Touch(Worker& worker, const Mapping& region, Random& random) const {
    const auto page_size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    char* const bytes = static_cast<char*>(region.data());
    const uint64_t pages = region.size() / page_size;
    uint64_t empty = 0;
    for (uint64_t i = 0; i < params_.touches; ++i) {
      if (i % kTouchesPerLook == 0 && !worker.Look()) break;
      std::atomic_ref<char> page(bytes[random.Below(pages) * page_size]);
      // One instruction that writes: a read before would be a fault of its own,
      // for the page of zeroes. Relaxed: the memory is the worker's.
      if (page.exchange(1, std::memory_order_relaxed) == 0) ++empty;
    }
    return empty;
  }

  const Params params_;
  absl::Span<Shared> shared_;
};

constexpr FieldDef kFields[] = {
    Field<&PageFaultChurn::Params::region>("region", "memory of each worker", 1,
                                           int64_t{64} << 30),
    // What is dropped at once takes a few ms.
    Field<&PageFaultChurn::Params::touches>(
        "touches", "random pages to write to before all are dropped", 1,
        1 << 15),
    Field<&PageFaultChurn::Params::spin_iters>(
        "spin_iters", "rounds of spinning after each drop", 0, 1 << 24),
};
constexpr Metric kMetrics[] = {Metric::kIterationCost};

}  // namespace

constinit const StressorDef kPageFaultChurn = DefineStressor<PageFaultChurn>({
    .name = "page_fault_churn",
    .summary = "workers that fault in random pages and drop them again",
    .kernel_path = "handle_mm_fault of anonymous memory, madvise(2): "
                   "zap_page_range, TLB flushes",
    .needs = "",
    .proof = "a minor fault for each page that was touched after a drop",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
