// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The body of a stressor without a supervisor.
#ifndef KTSTR_TESTING_LONE_BODY_H_
#define KTSTR_TESTING_LONE_BODY_H_

#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/lone_workers.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {

// Runs `before`, then `iterations` passes of the body of `def`, whose groups
// are of one worker, then `after`, all in one thread of this process: to see
// whether a body leaves its thread as it was.
inline void RunBodyBetween(const StressorDef& def, uint64_t iterations,
                           absl::FunctionRef<void()> before,
                           absl::FunctionRef<void()> after) {
  const absl::StatusOr<MadeStressor> made = def.Make();
  ASSERT_THAT(made, IsOk());
  const CpuSet cpus = *GetAffinity(0);
  Preparation preparation(/*groups=*/1, /*workers=*/1, cpus);
  ASSERT_THAT(made->stressor->Prepare(preparation), IsOk());
  const LoneWorkers workers(
      {.metrics = std::vector<Metric>(def.metrics.begin(), def.metrics.end()),
       .iterations = iterations});
  std::thread thread([&] {
    before();
    Worker worker(workers.setup());
    EXPECT_THAT(made->stressor->Run(worker), IsOk());
    after();
  });
  thread.join();
}

}  // namespace ktstr

#endif  // KTSTR_TESTING_LONE_BODY_H_
