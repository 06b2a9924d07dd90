// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/io_sync_write/io_sync_write.h"

#include <cstdint>
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

// Workers that change some pages of a file and wait until a disk has them, as
// databases and loggers do: write-back, the device's flush, and sleeps in state
// D that no signal ends. The writes are of the page cache, unless io_direct is
// set, so that the flush has all the work to do. On a file in memory it means
// nothing, and is not counted.
class IoSyncWrite final : public Stressor {
 public:
  struct Params : IoParams {
    Params() { io_direct = false; }
  };

  explicit IoSyncWrite(const Params& params)
      : load_(params, {.writes = IoLoad::kWritesPerFlush}) {}

  absl::Status Prepare(Preparation& preparation) override {
    return load_.Prepare(preparation);
  }

  absl::Status Run(Worker& worker) override {
    IoWorker io(load_, worker);
    while (worker.NextIteration()) {
      for (uint64_t i = 0; i < IoLoad::kWritesPerFlush; ++i) {
        if (!io.WriteNext()) return io.status();
      }
      if (!io.Flush()) break;
    }
    return io.status();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return load_.Verify(group);
  }

 private:
  IoLoad load_;
};

constexpr Metric kMetrics[] = {Metric::kWriteTime, Metric::kFlushTime};

}  // namespace

constinit const StressorDef kIoSyncWrite = DefineStressor<IoSyncWrite>({
    .name = "io_sync_write",
    .summary = "workers that write a file and wait for the disk",
    .kernel_path = "pwrite(2), fdatasync(2): write-back, io_schedule, state D",
    .needs = "a file system on a disk",
    .proof =
        "the bytes that the kernel counted as written are at least those of "
        "all passes",
    .fields = kIoFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
