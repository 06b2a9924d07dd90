// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/io/io_load.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/io/io_file.h"
#include "ktstr/base/proc/own_usage.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Each worker has one to write from and one to read into.
constexpr size_t kBuffers = 2;

// What the user can do about a file that cannot be used.
absl::Status WithRemedy(const absl::Status& status) {
  absl::string_view remedy;
  if (absl::IsUnimplemented(status)) {
    remedy = "; name a folder on a disk with io_dir, or set io_direct=false";
  } else if (absl::IsFailedPrecondition(status)) {
    remedy = " without io_allow_block_device=true";
  } else {
    return status;
  }
  return absl::Status(status.code(), absl::StrCat(status.message(), remedy));
}

}  // namespace

absl::Status IoLoad::Prepare(Preparation& preparation) {
  absl::StatusOr<IoFile> file =
      IoFile::Open({.path = params_.io_path,
                    .folder = params_.io_dir,
                    .bytes = static_cast<uint64_t>(params_.io_size.bytes),
                    .direct = params_.io_direct,
                    .writes = pass_.writes != 0,
                    .allow_block_device = params_.io_allow_block_device});
  if (!file.ok()) return WithRemedy(file.status());
  file_ = *std::move(file);
  // Who named a place wants to see how it does, proved or not.
  if (params_.io_path.empty() && params_.io_dir.empty()) {
    KTSTR_RETURN_IF_ERROR(CheckCounted());
  }
  stripe_ = file_.blocks() / preparation.workers();
  if (stripe_ == 0) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "io_size=%s is too small: %d blocks of %d bytes for %d workers",
        AbslUnparseFlag(params_.io_size), file_.blocks(), file_.block_bytes(),
        preparation.workers()));
  }
  KTSTR_ASSIGN_OR_RETURN(
      buffers_, preparation.Share<char>(size_t{preparation.workers()} *
                                        kBuffers * file_.block_bytes()));
  KTSTR_ASSIGN_OR_RETURN(counts_,
                         preparation.Share<Count>(preparation.workers()));
  return absl::OkStatus();
}

absl::Status IoLoad::CheckCounted() const {
  if ((pass_.reads == 0 || file_.counts_reads()) &&
      (pass_.writes == 0 || file_.counts_writes())) {
    return absl::OkStatus();
  }
  return absl::UnimplementedError(
      "the kernel counts no I/O of this file: it is in memory, or not on a "
      "disk of this machine; name a folder on one with io_dir");
}

uint64_t IoLoad::BlocksWritten(uint64_t passes) const {
  const uint64_t writes = passes * pass_.writes;
  if (params_.io_direct) return writes;
  // A page that is changed once more before its flush is written once.
  return writes / kWritesPerFlush * std::min(kWritesPerFlush, stripe_);
}

absl::StatusOr<std::string> IoLoad::Verify(const GroupResult& group) const {
  uint64_t passes = 0, blocks = 0;
  int64_t read = 0, written = 0, sleeps = 0;
  for (const WorkerResult& worker :
       params_.io_direct ? group.workers : group.all_workers) {
    passes += worker.iterations;
    blocks += BlocksWritten(worker.iterations);
    // Relaxed: one writer, read after its end.
    const Count& count = counts_[worker.index];
    read += count.bytes_read.load(std::memory_order_relaxed);
    written += count.bytes_written.load(std::memory_order_relaxed);
    sleeps += count.sleeps.load(std::memory_order_relaxed);
  }
  if (passes == 0) return absl::UnimplementedError("no pass was finished");
  KTSTR_RETURN_IF_ERROR(CheckCounted());
  const auto block = static_cast<int64_t>(file_.block_bytes());
  const int64_t to_read = static_cast<int64_t>(passes * pass_.reads) * block;
  const int64_t to_write = static_cast<int64_t>(blocks) * block;
  std::string line = absl::StrFormat(
      "%d bytes read and %d written by the kernel's count, %d sleeps, in %d "
      "passes",
      read, written, sleeps, passes);
  // Without direct I/O another worker may have read the page just before.
  if (read < (params_.io_direct ? to_read : std::min<int64_t>(to_read, 1)) ||
      written < to_write) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%s, which are at least %d and %d", line, to_read, to_write));
  }
  if (read < to_read / 2) {
    return absl::UnimplementedError(
        absl::StrCat(line, ": most reads were of the page cache"));
  }
  if (static_cast<uint64_t>(sleeps) < passes / 2) {
    return absl::UnimplementedError(
        absl::StrCat(line, ": the device answers at once"));
  }
  return line;
}

IoWorker::IoWorker(const IoLoad& load, Worker& worker)
    : load_(load),
      worker_(worker),
      before_(ReadOwnUsage()),
      // Seeds of workers may be a step of the generator apart, which would have
      // each read what another has just read.
      random_(Random(worker.seed()).Next()),
      out_(&load.buffers_[size_t{worker.index()} * kBuffers *
                          load.file_.block_bytes()]),
      in_(out_ + load.file_.block_bytes()) {
  for (size_t at = 0; at < load.file_.block_bytes(); at += sizeof(uint64_t)) {
    const uint64_t word = random_.Next();
    std::memcpy(out_ + at, &word, sizeof(word));
  }
}

IoWorker::~IoWorker() {
  const OwnUsage after = ReadOwnUsage();
  IoLoad::Count& count = load_.counts_[worker_.index()];
  count.bytes_read.store(after.bytes_read - before_.bytes_read,
                         std::memory_order_relaxed);
  count.bytes_written.store(after.bytes_written - before_.bytes_written,
                            std::memory_order_relaxed);
  count.sleeps.store(after.voluntary_switches - before_.voluntary_switches,
                     std::memory_order_relaxed);
}

bool IoWorker::WriteNext() {
  const IoFile& file = load_.file_;
  const uint64_t block =
      worker_.index() * load_.stripe_ + writes_ % load_.stripe_;
  ++writes_;
  IoFile::Stamp(block, out_);
  // No two writes are of the same data.
  std::memcpy(out_ + sizeof(uint64_t), &writes_, sizeof(writes_));
  return Time("pwrite", Metric::kWriteTime, file.block_bytes(),
              [&] { return file.Write(block, out_); });
}

bool IoWorker::ReadRandom() {
  const IoFile& file = load_.file_;
  const uint64_t block = random_.Below(file.blocks());
  if (!file.direct()) file.Forget(block);
  std::memset(in_, 0, sizeof(uint64_t));
  if (!Time("pread", Metric::kReadTime, file.block_bytes(),
            [&] { return file.Read(block, in_); })) {
    return false;
  }
  if (!file.stamped() || IoFile::HasStamp(block, in_)) return true;
  status_ = absl::DataLossError(
      absl::StrCat("pread: block ", block, " is not what was written there"));
  return false;
}

bool IoWorker::Flush() {
  return Time("fdatasync", Metric::kFlushTime, 0,
              [this] { return load_.file_.Flush(); });
}

template <typename Call>
bool IoWorker::Time(absl::string_view name, Metric metric, size_t size,
                    Call call) {
  const int64_t begin = worker_.Now();
  const long result = worker_.AwaitCall(name, call);
  const int64_t end = worker_.Now();
  if (result < 0) return false;
  if (static_cast<size_t>(result) != size) {
    status_ = absl::DataLossError(
        absl::StrFormat("%s: %d of %d bytes", name, result, size));
    return false;
  }
  worker_.Record(metric, end - begin);
  return true;
}

}  // namespace ktstr
