// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/testing/run_stressor.h"

#include <unistd.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "ktstr/base/check.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/file.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/supervisor/interrupts.h"
#include "ktstr/core/supervisor/supervisor.h"

namespace ktstr {

RunOptions BoundedBy(uint64_t iterations) {
  RunOptions options;
  options.iterations = iterations;
  options.duration = absl::Seconds(60);
  options.cpus = *GetAffinity(0);
  options.machine_cpus = options.cpus;
  return options;
}

StressorResult RunStressor(
    const StressorDef& def, const std::vector<ParamText>& params,
    const RunOptions& options,
    const std::function<void(const LiveView&)>& on_tick) {
  const Selection selection = {def.name, &def};
  const absl::StatusOr<Plan> plan = MakePlan(options, {selection}, params);
  if (!plan.ok()) {
    ADD_FAILURE() << plan.status();
    return {};
  }
  absl::StatusOr<Interrupts> interrupts = Interrupts::Create();
  KTSTR_CHECK(interrupts.ok());
  Supervision supervision;
  supervision.interrupts = &*interrupts;
  supervision.on_tick = on_tick;
  supervision.tick = absl::Milliseconds(1);
  StepResult step = RunStep(plan->steps[0], plan->options, supervision);
  return std::move(step.stressors[0]);
}

std::vector<pid_t> ChildrenOfThisProcess() {
  const absl::StatusOr<std::string> text =
      ReadFile(absl::StrCat("/proc/self/task/", gettid(), "/children"));
  KTSTR_CHECK(text.ok());
  std::vector<pid_t> children;
  for (absl::string_view word : absl::StrSplit(*text, ' ', absl::SkipEmpty())) {
    pid_t pid;
    KTSTR_CHECK(absl::SimpleAtoi(word, &pid));
    children.push_back(pid);
  }
  return children;
}

absl::Status OnlySpin(Worker& worker) {
  while (worker.NextIteration()) worker.Compute(16);
  return absl::OkStatus();
}

}  // namespace ktstr
