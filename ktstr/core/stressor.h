// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The interface that every stressor implements, and the constant row by which
// the table knows it.
#ifndef KTSTR_CORE_STRESSOR_H_
#define KTSTR_CORE_STRESSOR_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/user/user.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// What Prepare may know of the run, and the place for what workers share.
class Preparation final {
 public:
  // `options` are those of the run.
  Preparation(uint32_t groups, uint32_t workers, RunOptions options)
      : groups_(groups), workers_(workers), options_(std::move(options)) {}
  // Those of a run on `cpus` about which nothing else was said.
  Preparation(uint32_t groups, uint32_t workers, const CpuSet& cpus)
      : Preparation(groups, workers, OptionsFor(cpus)) {}

  uint32_t groups() const { return groups_; }
  uint32_t workers() const { return workers_; }
  const CpuSet& cpus() const { return options_.cpus; }  // Where they may run.
  WorkerMode mode() const { return options_.mode; }
  // Whom they become before they run their body, if that was asked for. What
  // the user may not, they cannot: see TryAs() and TrySched().
  const std::optional<UserIds>& user() const { return options_.placement.user; }
  // Where other programs are looked for.
  const std::string& program_path() const { return options_.program_path; }

  // The one CPU for workers that a stressor makes real-time by itself: the
  // highest that they may run on. Unimplemented if it is the only one of the
  // machine, which the rest needs, unless --allow_rt_everywhere.
  absl::StatusOr<uint32_t> CpuForRealTime() const {
    if (options_.placement.allow_rt_everywhere ||
        options_.machine_cpus.Count() > 1) {
      return cpus().Max();
    }
    return absl::UnimplementedError(
        "needs a second CPU beside real-time workers, or "
        "--allow_rt_everywhere");
  }

  // Returns `count` objects in memory that all workers share, zeroed, each
  // valid for as long as this object lives. Atomics and plain data only.
  template <typename T>
  absl::StatusOr<absl::Span<T>> Share(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    static_assert(std::is_standard_layout_v<T>);
    KTSTR_ASSIGN_OR_RETURN(Mapping mapping,
                           Mapping::CreateShared(count * sizeof(T)));
    mappings_.push_back(std::move(mapping));
    return absl::MakeSpan(static_cast<T*>(mappings_.back().data()), count);
  }

 private:
  static RunOptions OptionsFor(const CpuSet& cpus) {
    RunOptions options;
    options.cpus = cpus;
    options.machine_cpus = cpus;
    return options;
  }

  const uint32_t groups_;
  const uint32_t workers_;
  const RunOptions options_;
  std::vector<Mapping> mappings_;
};

// A load that makes the scheduler do one named thing. Params are fixed at
// construction; members change in the constructor and Prepare only, so that
// the same object serves forked workers, which get copies, and threads, which
// share it.
class Stressor {
 public:
  virtual ~Stressor() = default;

  // The smallest number of workers that talk to each other.
  virtual uint32_t GroupSize() const { return 1; }

  // What the worker at `position` of a group does, as a word. Statistics are
  // kept apart by role.
  virtual absl::string_view Role(uint32_t /*position*/) const {
    return "worker";
  }

  // Runs once in the supervisor, before any worker. The only place that may
  // answer "this host cannot run it": Unimplemented, with the missing thing
  // by name. Everything shared between workers is made here.
  virtual absl::Status Prepare(Preparation& /*preparation*/) {
    return absl::OkStatus();
  }

  // Runs in each worker, until NextIteration or an Await says stop. An error
  // fails the run and is quoted in the report.
  virtual absl::Status Run(Worker& worker) = 0;

  // Runs in the supervisor for each group after its last worker ended: did
  // the kernel do what this stressor claims? Returns a line with the numbers
  // if so; Unimplemented where this run cannot tell; any other error if not.
  virtual absl::StatusOr<std::string> Verify(
      const GroupResult& group) const = 0;
};

// A stressor with the values that its parameters have.
struct MadeStressor {
  std::unique_ptr<Stressor> stressor;
  std::vector<ParamValue> params;
};

// The row of the table; constant, one for each stressor.
struct StressorDef {
  const char* name = "";     // snake_case; the one spelling used everywhere.
  const char* summary = "";  // One line, for `ktstr list`.
  const char* kernel_path = "";  // What of the kernel it exercises.
  const char* needs = "";        // Of the host; "" if nothing.
  const char* proof = "";        // What Verify holds the run to.
  absl::Span<const FieldDef> fields = {};
  absl::Span<const Metric> metrics = {};  // Besides kGap.
  // How often the default number of workers covers the allowed CPUs: 1, or
  // more where a worker alone on its CPU exercises nothing.
  uint32_t workers_per_cpu = 1;
  // Its own bodies take real-time or deadline policies: the supervisor guards
  // the run as if --sched had asked for them.
  bool real_time = false;
  // Its bodies change their own policy, nice value, CPUs or cgroup: where and
  // as what they were to run holds for their beginning only.
  bool own_place = false;
  absl::StatusOr<MadeStressor> (*make)(
      const StressorDef& def, absl::Span<const ParamText> texts) = nullptr;

  absl::StatusOr<MadeStressor> Make(
      absl::Span<const ParamText> texts = {}) const {
    return make(*this, texts);
  }
};

// Completes `def` with the way to make an S, whose nested Params the fields
// of `def` describe.
template <typename S>
constexpr StressorDef DefineStressor(StressorDef def) {
  def.make =
      [](const StressorDef& self,
         absl::Span<const ParamText> texts) -> absl::StatusOr<MadeStressor> {
    const typename S::Params defaults;
    typename S::Params params;
    KTSTR_RETURN_IF_ERROR(SetParams(self.fields, texts, &defaults, &params));
    return MadeStressor{std::make_unique<S>(params),
                        PrintParams(self.fields, &params, &defaults)};
  };
  return def;
}

}  // namespace ktstr

#endif  // KTSTR_CORE_STRESSOR_H_
