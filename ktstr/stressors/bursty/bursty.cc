// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/bursty/bursty.h"

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/work/bursts.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Workers that compute for some time slices, then sleep for longer: CPUs that
// become idle pull work from those that do not, and each timer finds a CPU that
// others may have taken meanwhile. With fewer workers than CPUs there is nobody
// to pull.
class Bursty final : public Stressor {
 public:
  struct Params {
    absl::Duration burst = absl::Milliseconds(50);
    absl::Duration sleep = absl::Milliseconds(100);
  };
  explicit Bursty(const Params& params) : params_(params) {}

  absl::Status Run(Worker& worker) override {
    while (worker.NextIteration()) {
      if (!SpinFor(worker, params_.burst)) break;
      if (!worker.SleepFor(params_.sleep)) break;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return VerifyBursts(group, params_.burst);
  }

 private:
  const Params params_;
};

constexpr FieldDef kFields[] = {
    Field<&Bursty::Params::burst>("burst", "wall time of each burst",
                                  std::chrono::seconds(0),
                                  std::chrono::hours(1)),
    // Shorter ones are over before the worker has left its CPU.
    Field<&Bursty::Params::sleep>("sleep", "sleep after each burst",
                                  std::chrono::microseconds(50),
                                  std::chrono::hours(1)),
};
constexpr Metric kMetrics[] = {Metric::kSleepOvershoot};

}  // namespace

constinit const StressorDef kBursty = DefineStressor<Bursty>({
    .name = "bursty",
    .summary = "workers that compute for a while, then sleep for a while",
    .kernel_path = "hrtimer wake-up, newly idle balance, tick preemption",
    .needs = "",
    .proof = "a voluntary switch for each sleep, and in the bursts the worker "
             "had a CPU or waited for one",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
