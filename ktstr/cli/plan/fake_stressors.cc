// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/plan/fake_stressors.h"

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/topology/fake_sysfs.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

class Spin final : public Stressor {
 public:
  struct Params {};
  explicit Spin(const Params&) {}
  absl::Status Run(Worker&) override { return absl::OkStatus(); }
  absl::StatusOr<std::string> Verify(const GroupResult&) const override {
    return "spun";
  }
};

class Wake final : public Stressor {
 public:
  enum class How { kPipe, kFutex };
  struct Params {
    int depth = 2;
    How how = How::kPipe;
    absl::Duration period = absl::Milliseconds(1);
  };
  explicit Wake(const Params&) {}
  uint32_t GroupSize() const override { return 2; }
  absl::string_view Role(uint32_t position) const override {
    return position == 0 ? "waker" : "sleeper";
  }
  absl::Status Run(Worker&) override { return absl::OkStatus(); }
  absl::StatusOr<std::string> Verify(const GroupResult&) const override {
    return "woken";
  }
};

constexpr const char* kHow[] = {"pipe", "futex"};

constexpr FieldDef kWakeFields[] = {
    Field<&Wake::Params::depth>("depth", "how many in a row", 1, 64),
    EnumField<&Wake::Params::how>("how", "what wakes", kHow),
    Field<&Wake::Params::period>("period", "time between two wake-ups",
                                 std::chrono::microseconds(1),
                                 std::chrono::hours(1)),
};

constexpr Metric kWakeMetrics[] = {Metric::kWakeLatencyLocal,
                                   Metric::kWakeLatencyRemote};

constexpr StressorDef kSpin = DefineStressor<Spin>({
    .name = "spin",
    .summary = "workers that burn their CPU",
    .kernel_path = "update_curr(), nothing else",
    .needs = "",
    .proof = "on-CPU time",
    .fields = {},
    .metrics = {},
});

constexpr StressorDef kWake = DefineStressor<Wake>({
    .name = "wake",
    .summary = "one worker wakes another, again and again, until both are "
               "exhausted, and then they stop",
    .kernel_path = "try_to_wake_up(), select_task_rq_fair()",
    .needs = "pipes",
    .proof = "two switches for each wake-up",
    .fields = kWakeFields,
    .metrics = kWakeMetrics,
    .workers_per_cpu = 2,
});

constexpr const StressorDef* kTable[] = {&kSpin, &kWake};

}  // namespace

StressorTable FakeStressors() { return kTable; }

RunMachine FakeMachine() {
  FakeSysfs sysfs({.cores_per_llc = 4});
  sysfs.TakeOffline(3);
  return {.topology = *Topology::Read(sysfs.root()), .allowed = {0, 1}};
}

}  // namespace ktstr
