// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What stressors share that read and write a file, with their proof.
#ifndef KTSTR_CORE_IO_IO_LOAD_H_
#define KTSTR_CORE_IO_IO_LOAD_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/io/io_file.h"
#include "ktstr/base/proc/own_usage.h"
#include "ktstr/base/work/random.h"
#include "ktstr/core/byte_size.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

struct IoParams {
  std::string io_path = {};
  std::string io_dir = {};
  ByteSize io_size = {16 << 20};
  bool io_direct = true;
  bool io_allow_block_device = false;
};

// The rows of IoParams.
inline constexpr FieldDef kIoFields[] = {
    TextField<&IoParams::io_path>(
        "io_path",
        "file or block device in place of a temporary file; stressors that "
        "write overwrite what is there",
        "a path"),
    TextField<&IoParams::io_dir>(
        "io_dir",
        "where the temporary file is made; empty: /var/tmp, or /tmp where that "
        "cannot be used",
        "a folder"),
    Field<&IoParams::io_size>("io_size", "bytes of the file that are used", 512,
                              int64_t{1} << 40),
    TextField<&IoParams::io_direct>(
        "io_direct", "go past the page cache (O_DIRECT)", "true, false"),
    TextField<&IoParams::io_allow_block_device>("io_allow_block_device",
                                                "io_path may be a block device",
                                                "true, false"),
};

// A file that all workers use, each writing only to a stripe of its own, and
// the proof that the kernel read and wrote it for them.
//
// A member of the stressor, whose groups are of one worker.
class IoLoad final {
 public:
  // Between two flushes of a worker.
  static constexpr uint64_t kWritesPerFlush = 16;

  // What each iteration does.
  struct Pass {
    uint64_t writes = 0;
    uint64_t reads = 0;
  };

  IoLoad(const IoParams& params, const Pass& pass)
      : params_(params), pass_(pass) {}

  // Unimplemented where the kernel would not count the I/O of a temporary file
  // in the usual places.
  absl::Status Prepare(Preparation& preparation);

  // Holds the bytes that the kernel counted for a worker to its iterations; for
  // all workers together without direct I/O, where a page is written once,
  // whoever changed it. Unimplemented where the kernel does not count those of
  // the file, or hardly any call waited for a device.
  absl::StatusOr<std::string> Verify(const GroupResult& group) const;

 private:
  friend class IoWorker;

  // OK if the kernel counts the I/O of the file.
  absl::Status CheckCounted() const;

  // The least number of blocks that this many of a worker's passes write.
  uint64_t BlocksWritten(uint64_t passes) const;

  // Of a worker, which alone writes it: what the kernel counted meanwhile.
  struct Count {
    alignas(64) std::atomic<int64_t> bytes_read;
    std::atomic<int64_t> bytes_written;
    std::atomic<int64_t> sleeps;
  };

  const IoParams params_;
  const Pass pass_;
  IoFile file_;
  uint64_t stripe_ = 0;  // In blocks.
  absl::Span<char> buffers_;
  absl::Span<Count> counts_;
};

// The calls of one worker, to be kept over all passes. Those that wait return
// false on stop and on errors, of which status() tells.
class IoWorker final {
 public:
  // Both outlive it.
  IoWorker(const IoLoad& load, Worker& worker);
  // Tells the load what the kernel counted for the calling thread.
  ~IoWorker();
  IoWorker(const IoWorker&) = delete;
  IoWorker& operator=(const IoWorker&) = delete;

  // Writes the next block of the worker's stripe. Records write_time.
  bool WriteNext();
  // Reads a random block of the whole file. Records read_time.
  bool ReadRandom();
  // Has the device keep what was written. Records flush_time.
  bool Flush();

  // An error that is none of a system call: a part of a block, or a wrong one.
  const absl::Status& status() const { return status_; }

 private:
  // Times `call`, which returns `size` if all is well.
  template <typename Call>
  bool Time(absl::string_view name, Metric metric, size_t size, Call call);

  const IoLoad& load_;
  Worker& worker_;
  const OwnUsage before_;
  Random random_;
  char* const out_;
  char* const in_;
  uint64_t writes_ = 0;
  absl::Status status_;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_IO_IO_LOAD_H_
