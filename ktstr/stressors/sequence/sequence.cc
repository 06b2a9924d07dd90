// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/sequence/sequence.h"

#include <atomic>
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
#include "absl/types/span.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/proc/own_usage.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/alu/alu_chains.h"
#include "ktstr/base/work/alu/alu_width.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/work/yields.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stressors/sequence/block_writer.h"
#include "ktstr/stressors/sequence/phases.h"
#include "ktstr/stressors/sequence/tally.h"

namespace ktstr {
namespace {

// Workers that go through phases of different load, over and over: what the
// scheduler learned of a task in one phase is wrong in the next. All workers
// begin at the same time and drift apart.
class Sequence final : public Stressor {
 public:
  struct Params {
    PhaseList phases = {{{PhaseKind::kSpin, absl::Milliseconds(100)},
                         {PhaseKind::kSleep, absl::Milliseconds(50)},
                         {PhaseKind::kYield, absl::Milliseconds(20)},
                         {PhaseKind::kIo, absl::Milliseconds(20)}}};
  };
  // Of a worker.
  struct Shared {
    alignas(64) Tally tallies[kPhaseKinds];
    bool alu_is_right;  // What all steps of alu gave. Written at its end.
  };
  explicit Sequence(const Params& params) : params_(params) {}

  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_RETURN_IF_ERROR(yields_.Prepare(preparation));
    KTSTR_ASSIGN_OR_RETURN(shared_,
                           preparation.Share<Shared>(preparation.workers()));
    if (params_.phases.Has(PhaseKind::kAlu)) alu_width_ = AllowWidestAlu();
    if (!params_.phases.Has(PhaseKind::kIo)) return absl::OkStatus();
    for (uint32_t i = 0; i < preparation.workers(); ++i) {
      KTSTR_ASSIGN_OR_RETURN(Fd file, OpenUnnamedFile());
      files_.push_back(std::move(file));
    }
    KTSTR_ASSIGN_OR_RETURN(writes_are_counted_, TryToCountWrites());
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    Tools tools = {
        BlockWriter(files_.empty() ? -1 : files_[worker.index()].get(),
                    worker.seed()),
        AluChains(alu_width_, worker.seed())};
    while (worker.NextIteration()) {
      if (!RunPass(worker, tools)) break;
    }
    shared_[worker.index()].alu_is_right = tools.alu.IsRight();
    return absl::OkStatus();
  }

  // What is wrong comes before what cannot be told.
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    std::string numbers;
    absl::Status untold;
    for (size_t i = 0; i < kPhaseKinds; ++i) {
      const auto kind = static_cast<PhaseKind>(i);
      if (!params_.phases.Has(kind)) continue;
      const absl::StatusOr<std::string> proof = VerifyKind(group, kind);
      if (proof.ok()) {
        absl::StrAppend(&numbers, numbers.empty() ? "" : "; ", *proof);
        continue;
      }
      const absl::Status status(
          proof.status().code(),
          absl::StrCat(PhaseName(kind), ": ", proof.status().message()));
      if (!absl::IsUnimplemented(status)) return status;
      untold.Update(status);
    }
    if (!untold.ok()) return untold;
    return numbers;
  }

 private:
  static constexpr uint64_t kSpins = 1024;
  static constexpr uint64_t kAluSteps = 1024;

  // What a worker keeps over all passes.
  struct Tools {
    BlockWriter writer;
    AluChains alu;
  };

  // Whether the kernel counts what is written there: in memory it does not.
  static absl::StatusOr<bool> TryToCountWrites() {
    KTSTR_ASSIGN_OR_RETURN(const Fd file, OpenUnnamedFile());
    const int64_t before = ReadOwnUsage().bytes_written;
    KTSTR_RETURN_IF_ERROR(WriteAll(file.get(), "ktstr"));
    return ReadOwnUsage().bytes_written > before;
  }

  // Returns false on stop, as all that follow.
  bool RunPass(Worker& worker, Tools& tools) {
    for (const Phase& phase : params_.phases.phases) {
      if (phase.time <= absl::ZeroDuration()) continue;
      if (!RunPhase(worker, phase, tools)) return false;
    }
    return true;
  }

  bool RunPhase(Worker& worker, const Phase& phase, Tools& tools) {
    Tally& tally =
        shared_[worker.index()].tallies[static_cast<size_t>(phase.kind)];
    const OwnUsage before = ReadOwnUsage();
    const int64_t begin_ns = OwnCpuNanos();
    const bool ended = Perform(worker, phase, tools, tally);
    // A sleep that stop forestalled needed no switch.
    if (!ended && phase.kind == PhaseKind::kSleep) return false;
    tally.AddPhase(before, ReadOwnUsage(), OwnCpuNanos() - begin_ns);
    return ended;
  }

  bool Perform(Worker& worker, const Phase& phase, Tools& tools, Tally& tally) {
    if (phase.kind == PhaseKind::kSleep) return worker.SleepFor(phase.time);
    const int64_t end = worker.Now() + absl::ToInt64Nanoseconds(phase.time);
    while (worker.Now() < end) {
      if (phase.kind == PhaseKind::kSpin) {
        SpinOnce(worker);
      } else if (phase.kind == PhaseKind::kAlu) {
        tools.alu.Step(kAluSteps);
      } else if (phase.kind == PhaseKind::kYield) {
        worker.Compute(1);
        yields_.Yield(worker);
      } else if (!WriteOnce(worker, tools.writer, tally)) {
        return false;
      }
      if (!worker.Look()) return false;
    }
    return true;
  }

  static void SpinOnce(Worker& worker) {
    const int64_t begin = worker.Now();
    worker.Compute(kSpins);
    worker.Record(Metric::kIterationCost, worker.Now() - begin);
  }

  // A write that failed ends the worker, as an fdatasync does that failed.
  static bool WriteOnce(Worker& worker, BlockWriter& writer, Tally& tally) {
    if (worker.AwaitCall("pwrite", [&] { return writer.Write(); }) < 0) {
      return false;
    }
    tally.AddBytesMeant(writer.block_bytes());
    const int64_t begin = worker.Now();
    if (worker.AwaitCall("fdatasync", [&] { return writer.Flush(); }) < 0) {
      return false;
    }
    worker.Record(Metric::kFlushTime, worker.Now() - begin);
    return true;
  }

  absl::StatusOr<std::string> VerifyKind(const GroupResult& group,
                                         PhaseKind kind) const {
    const Tally& tally =
        shared_[group.group].tallies[static_cast<size_t>(kind)];
    if (tally.phases.load(std::memory_order_relaxed) == 0) {
      if (group.Iterations() == 0) {
        return absl::UnimplementedError("the run ended before it");
      }
      return absl::FailedPreconditionError(absl::StrFormat(
          "%d passes, and no such phase in them", group.Iterations()));
    }
    switch (kind) {
      case PhaseKind::kSpin:
        return VerifySpinning(tally);
      case PhaseKind::kSleep:
        return VerifySleeping(tally);
      case PhaseKind::kYield:
        // The others may be in another phase.
        return yields_.Verify(group, Yields::Company::kByChance);
      case PhaseKind::kIo:
        return VerifyWriting(tally, writes_are_counted_);
      case PhaseKind::kAlu:
        if (!shared_[group.group].alu_is_right) {
          return absl::FailedPreconditionError("its result is wrong");
        }
        return VerifySpinning(
            tally, absl::StrCat("multiplying in ", AluWidthName(alu_width_)));
    }
    return absl::InternalError("no such phase");
  }

  const Params params_;
  Yields yields_;
  absl::Span<Shared> shared_;
  std::vector<Fd> files_;  // By worker.
  bool writes_are_counted_ = false;
  AluWidth alu_width_ = AluWidth::kScalar;
};

constexpr FieldDef kFields[] = {
    TextField<&Sequence::Params::phases>(
        "phases", "what a pass goes through, and for how long each",
        "KIND:TIME,... of spin, sleep, yield, io, alu"),
};
constexpr Metric kMetrics[] = {
    Metric::kIterationCost,  // Of 1024 rounds of spin.
    Metric::kSleepOvershoot,
    Metric::kYieldTime,
    Metric::kFlushTime,
};

}  // namespace

constinit const StressorDef kSequence = DefineStressor<Sequence>({
    .name = "sequence",
    .summary = "workers that go through phases of different load",
    .kernel_path = "load tracking and placement of tasks that change: tick, "
                   "hrtimers, sched_yield(2), fdatasync(2)",
    .needs = "",
    .proof = "in the phases of each kind: CPU time, and no CPU given up (spin, "
             "alu), a switch for each (sleep), yields that switch, bytes "
             "written (io)",
    .fields = kFields,
    .metrics = kMetrics,
    .workers_per_cpu = 2,
});

}  // namespace ktstr
