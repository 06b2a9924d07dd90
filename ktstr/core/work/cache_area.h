// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_WORK_CACHE_AREA_H_
#define KTSTR_CORE_WORK_CACHE_AREA_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/base/work/cache_walk.h"
#include "ktstr/core/byte_size.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// An area of memory for each worker, which its first touch puts on its node,
// to be walked through in passes, and the proof that all of it was touched.
//
// A member of the stressor, whose parameters `size` and `stride` are.
class CacheArea final {
 public:
  static constexpr uint64_t kStepsPerPass = 1024;
  // Bounds of both parameters.
  static constexpr int64_t kMinBytes = 1;
  static constexpr int64_t kMaxBytes = int64_t{1} << 30;

  CacheArea(ByteSize size, ByteSize stride)
      : size_(static_cast<size_t>(size.bytes)),
        stride_(static_cast<size_t>(stride.bytes)) {}

  absl::Status Prepare(Preparation& preparation);

  // The walk through the worker's own area, to be kept over all passes: of
  // each one is Walk(kStepsPerPass).
  CacheWalk WalkOf(const Worker& worker) const;

  // The kernel's word for the worker of a group of one: all pages of its area
  // are in memory, which they are not before they are touched. Unimplemented
  // where its passes do not lead through all of it.
  absl::StatusOr<std::string> Verify(const GroupResult& group) const;

 private:
  absl::Span<uint8_t> AreaOf(uint32_t worker) const;

  const size_t size_;
  const size_t stride_;
  size_t room_ = 0;  // size_ in whole pages.
  absl::Span<uint8_t> areas_;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_WORK_CACHE_AREA_H_
