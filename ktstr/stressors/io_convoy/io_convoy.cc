// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/io_convoy/io_convoy.h"

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

// Workers that write in sequence, read at random and now and then flush, all of
// one file past the page cache: sleeps of very different length in state D, in
// which those that read queue up behind those that flush.
class IoConvoy final : public Stressor {
 public:
  using Params = IoParams;

  explicit IoConvoy(const Params& params)
      : load_(params, {.writes = 1, .reads = 1}) {}

  absl::Status Prepare(Preparation& preparation) override {
    return load_.Prepare(preparation);
  }

  absl::Status Run(Worker& worker) override {
    IoWorker io(load_, worker);
    for (uint64_t pass = 1; worker.NextIteration(); ++pass) {
      if (!io.WriteNext() || !io.ReadRandom()) break;
      if (pass % IoLoad::kWritesPerFlush == 0 && !io.Flush()) break;
    }
    return io.status();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return load_.Verify(group);
  }

 private:
  IoLoad load_;
};

constexpr Metric kMetrics[] = {Metric::kWriteTime, Metric::kReadTime,
                               Metric::kFlushTime};

}  // namespace

constinit const StressorDef kIoConvoy = DefineStressor<IoConvoy>({
    .name = "io_convoy",
    .summary = "workers that write, read and flush one file at once",
    .kernel_path =
        "pwrite(2), pread(2) with O_DIRECT, fdatasync(2): submit_bio, "
        "io_schedule, state D",
    .needs = "O_DIRECT, or io_direct=false",
    .proof =
        "the bytes that the kernel counted as read and as written are at least "
        "those of all passes",
    .fields = kIoFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
