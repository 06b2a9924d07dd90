// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/alu_hot/alu_hot.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/alu/alu_chains.h"
#include "ktstr/base/work/alu/alu_width.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Workers that keep the multipliers of their CPU busy and touch no memory, in
// registers as wide as it has: what a preemption costs besides is the saving of
// those, and CPUs that lower their frequency for wide ones slow down whoever
// runs next. With fewer workers than CPUs nothing is ever preempted.
class AluHot final : public Stressor {
 public:
  enum class Width { kWidest, kScalar, kVec128, kVec256, kVec512, kAmx };
  struct Params {
    Width width = Width::kWidest;
    uint64_t steps = 1024;
  };
  // Of a worker, read after it ended.
  struct Books {
    uint64_t steps;
    bool right;  // What came out is what so many steps give.
  };
  explicit AluHot(const Params& params) : params_(params) {}

  absl::Status Prepare(Preparation& preparation) override {
    if (params_.width == Width::kWidest) {
      width_ = AllowWidestAlu();
    } else {
      // Those of AluWidth follow in its order.
      width_ = static_cast<AluWidth>(static_cast<int>(params_.width) - 1);
      KTSTR_RETURN_IF_ERROR(AllowAluWidth(width_));
    }
    KTSTR_ASSIGN_OR_RETURN(books_,
                           preparation.Share<Books>(preparation.workers()));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    AluChains chains(width_, worker.seed());
    while (worker.NextIteration()) {
      const int64_t begin = worker.Now();
      if (!Step(worker, chains)) break;
      worker.Record(Metric::kIterationCost, worker.Now() - begin);
    }
    books_[worker.index()] = {chains.steps(), chains.IsRight()};
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    KTSTR_RETURN_IF_ERROR(group.RequireUsage());
    const WorkerResult& worker = group.workers[0];
    const Books& books = books_[group.group];
    if (!books.right || books.steps < worker.iterations * params_.steps) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "%d passes are not the %d steps of %s that it booked, %s",
          worker.iterations, books.steps, AluWidthName(width_),
          books.right ? "which are too few" : "whose result is wrong"));
    }
    const TaskCounters& used = worker.counters;
    if (used.voluntary_switches > kMaxVoluntary) {
      return absl::FailedPreconditionError(
          absl::StrFormat("it gave up the CPU %d times, and never has to",
                          used.voluntary_switches));
    }
    if (books.steps == 0) {
      return absl::UnimplementedError("not a single step was taken");
    }
    return absl::StrFormat(
        "%s: the result of %d steps is right; %d voluntary and %d involuntary "
        "switches",
        AluWidthName(width_), books.steps, used.voluntary_switches,
        used.involuntary_switches);
  }

 private:
  // Between two looks at stop.
  static constexpr uint64_t kStepsPerLook = 4096;
  // A page of the program that must be read first, a lock of the address space
  // that other threads hold: blocks that are not the body's.
  static constexpr int64_t kMaxVoluntary = 8;

  // One pass. Returns false on stop.
  bool Step(Worker& worker, AluChains& chains) const {
    for (uint64_t left = params_.steps; left != 0;) {
      if (worker.Stopping()) return false;
      const uint64_t steps = std::min(left, kStepsPerLook);
      chains.Step(steps);
      left -= steps;
    }
    return true;
  }

  const Params params_;
  AluWidth width_ = AluWidth::kScalar;
  absl::Span<Books> books_;  // By worker.
};

constexpr const char* kWidths[] = {"widest", "scalar", "vec128",
                                   "vec256", "vec512", "amx"};
constexpr FieldDef kFields[] = {
    EnumField<&AluHot::Params::width>(
        "width", "registers that it multiplies in", kWidths),
    Field<&AluHot::Params::steps>(
        "steps", "multiplications of each of the four chains in a pass", 1,
        1 << 24),
};
constexpr Metric kMetrics[] = {Metric::kIterationCost};

}  // namespace

constinit const StressorDef kAluHot = DefineStressor<AluHot>({
    .name = "alu_hot",
    .summary = "workers that multiply in the widest registers",
    .kernel_path = "tick preemption and load balancing of tasks with a large "
                   "register state (XSAVE)",
    .needs = "a CPU with the width, if one is asked for",
    .proof = "what comes out is what all the multiplications give, and no "
             "worker switched of its own will",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
