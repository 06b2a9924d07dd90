// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/work/cache_area.h"

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "ktstr/base/memory/resident_bytes.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/cache_walk.h"
#include "ktstr/core/byte_size.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// The rest may have been swapped out.
constexpr double kMinResident = 0.9;

std::string Print(size_t bytes) {
  return AbslUnparseFlag(ByteSize{static_cast<int64_t>(bytes)});
}

}  // namespace

absl::Status CacheArea::Prepare(Preparation& preparation) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  room_ = (size_ + page - 1) / page * page;
  KTSTR_ASSIGN_OR_RETURN(
      areas_, preparation.Share<uint8_t>(preparation.workers() * room_));
  return absl::OkStatus();
}

absl::Span<uint8_t> CacheArea::AreaOf(uint32_t worker) const {
  return areas_.subspan(worker * room_, size_);
}

CacheWalk CacheArea::WalkOf(const Worker& worker) const {
  return CacheWalk(AreaOf(worker.index()), stride_);
}

absl::StatusOr<std::string> CacheArea::Verify(const GroupResult& group) const {
  const uint64_t steps = group.Iterations() * kStepsPerPass;
  const uint64_t enough = CacheWalk::StepsForAll(size_, stride_);
  if (steps < enough) {
    return absl::UnimplementedError(
        absl::StrFormat("%d steps do not lead through all of %s, %d do", steps,
                        Print(size_), enough));
  }
  const absl::Span<const uint8_t> area = AreaOf(group.group);
  KTSTR_ASSIGN_OR_RETURN(const size_t resident,
                         ResidentBytes(area.data(), area.size()));
  if (static_cast<double>(resident) <
      kMinResident * static_cast<double>(room_)) {
    return absl::FailedPreconditionError(
        absl::StrFormat("after %d steps only %s of %s has been touched", steps,
                        Print(resident), Print(room_)));
  }
  return absl::StrFormat(
      "all of %s touched, %.3g times", Print(size_),
      static_cast<double>(steps) / static_cast<double>(enough));
}

}  // namespace ktstr
