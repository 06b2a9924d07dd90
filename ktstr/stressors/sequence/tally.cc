// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/sequence/tally.h"

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/proc/own_usage.h"
#include "ktstr/core/work/bursts.h"

namespace ktstr {
namespace {

// Of a page of the program that must be read first, and the like.
constexpr int64_t kMaxVoluntaryInSpin = 8;
constexpr double kMinWritten = 0.9;

int64_t Get(const std::atomic<int64_t>& counter) {
  return counter.load(std::memory_order_relaxed);
}

void Add(std::atomic<int64_t>& counter, int64_t amount) {
  counter.store(Get(counter) + amount, std::memory_order_relaxed);
}

}  // namespace

void Tally::AddPhase(const OwnUsage& before, const OwnUsage& after,
                     int64_t ns) {
  Add(phases, 1);
  Add(voluntary_switches, after.voluntary_switches - before.voluntary_switches);
  Add(cpu_ns, ns);
  Add(bytes_written, after.bytes_written - before.bytes_written);
}

void Tally::AddBytesMeant(int64_t bytes) { Add(bytes_meant, bytes); }

absl::StatusOr<std::string> VerifySpinning(const Tally& tally,
                                           absl::string_view work) {
  const int64_t cpu_ns = Get(tally.cpu_ns);
  const int64_t switches = Get(tally.voluntary_switches);
  const std::string cpu_time = absl::FormatDuration(
      absl::Trunc(absl::Nanoseconds(cpu_ns), absl::Microseconds(1)));
  if (cpu_ns <= 0 || switches > kMaxVoluntaryInSpin) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%s of CPU time, and the CPU given up %d times", cpu_time, switches));
  }
  return absl::StrFormat("%s of %s", cpu_time, work);
}

absl::StatusOr<std::string> VerifySleeping(const Tally& tally) {
  return VerifySleeps(Get(tally.phases), Get(tally.voluntary_switches));
}

absl::StatusOr<std::string> VerifyWriting(const Tally& tally, bool counted) {
  if (!counted) {
    return absl::UnimplementedError(
        "the kernel counts no writes to the file, as in a file system that is "
        "in memory");
  }
  const int64_t meant = Get(tally.bytes_meant);
  const int64_t written = Get(tally.bytes_written);
  if (written <= 0 ||
      static_cast<double>(written) < kMinWritten * static_cast<double>(meant)) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%d bytes to be written, the kernel counted %d", meant, written));
  }
  return absl::StrFormat("%d bytes written and flushed", written);
}

}  // namespace ktstr
