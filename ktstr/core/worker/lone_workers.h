// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Workers without a supervisor, for tests and benchmarks.
#ifndef KTSTR_CORE_WORKER_LONE_WORKERS_H_
#define KTSTR_CORE_WORKER_LONE_WORKERS_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ktstr/base/clock.h"
#include "ktstr/base/mapping.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/worker/run_area.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/core/worker/worker_record.h"
#include "ktstr/stats/histogram.h"

namespace ktstr {

// Two workers on zeroed shared memory, as the supervisor makes it, without
// gate, settings or processes. Their clock is CLOCK_MONOTONIC itself unless
// another is given. Each belongs to the thread that first uses it.
class LoneWorkers final {
 public:
  struct Options {
    std::vector<Metric> metrics = {};  // Besides kGap.
    uint64_t iterations = 0;
    uint32_t samples = 0;
    TickClock clock = {};
  };

  LoneWorkers() : LoneWorkers(Options()) {}
  explicit LoneWorkers(const Options& options)
      : metrics_{Metric::kGap},
        stop_(Mapping::CreateShared(sizeof(StopArea)).value()) {
    metrics_.insert(metrics_.end(), options.metrics.begin(),
                    options.metrics.end());
    setup_.iterations = options.iterations;
    setup_.clock = options.clock;
    setup_.layout = {metrics_.size(), options.samples};
    records_ =
        Mapping::CreateShared(2 * setup_.layout.BytesPerWorker()).value();
    setup_.stop = &stop();
    setup_.records = records_.data();
    setup_.metrics = metrics_;
  }

  // What worker `index` (0 or 1) is made of.
  WorkerSetup setup(uint32_t index = 0) const {
    WorkerSetup setup = setup_;
    setup.index = index;
    return setup;
  }
  std::atomic<uint32_t>& stop() {
    return static_cast<StopArea*>(stop_.data())->stop;
  }
  WorkerRecord& record(uint32_t index = 0) {
    return setup_.layout.Record(records_.data(), index);
  }
  // Of worker 0; `metric` must be one of its own.
  const Histogram& histogram(Metric metric) {
    return setup_.layout.HistogramOf(records_.data(), 0, SlotOf(metric));
  }
  std::vector<int64_t> samples(Metric metric) {
    return setup_.layout.ReservoirOf(records_.data(), 0, SlotOf(metric))
        .Samples();
  }

 private:
  size_t SlotOf(Metric metric) const {
    return static_cast<size_t>(
        std::find(metrics_.begin(), metrics_.end(), metric) - metrics_.begin());
  }

  std::vector<Metric> metrics_;
  Mapping stop_;
  Mapping records_;
  WorkerSetup setup_;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_LONE_WORKERS_H_
