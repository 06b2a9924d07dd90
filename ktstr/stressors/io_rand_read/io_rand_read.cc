// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/io_rand_read/io_rand_read.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/core/io/io_load.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Workers that read from random places of a file, one block at a time past the
// page cache: a short sleep in state D for each, and a wake-up out of the
// device's interrupt. A device that answers at once has no sleeps to offer; the
// proof then cannot be judged.
class IoRandRead final : public Stressor {
 public:
  using Params = IoParams;

  explicit IoRandRead(const Params& params) : load_(params, {.reads = 1}) {}

  absl::Status Prepare(Preparation& preparation) override {
    return load_.Prepare(preparation);
  }

  absl::Status Run(Worker& worker) override {
    IoWorker io(load_, worker);
    while (worker.NextIteration() && io.ReadRandom()) {
    }
    return io.status();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return load_.Verify(group);
  }

 private:
  IoLoad load_;
};

constexpr Metric kMetrics[] = {Metric::kReadTime};

}  // namespace

constinit const StressorDef kIoRandRead = DefineStressor<IoRandRead>({
    .name = "io_rand_read",
    .summary = "workers that read a file at random places",
    .kernel_path = "pread(2) with O_DIRECT: submit_bio, io_schedule, state D",
    .needs = "O_DIRECT, or io_direct=false",
    .proof =
        "the bytes that the kernel counted as read are at least those of all "
        "passes",
    .fields = kIoFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
