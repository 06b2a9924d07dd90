// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_SEQUENCE_TALLY_H_
#define KTSTR_STRESSORS_SEQUENCE_TALLY_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/proc/own_usage.h"

namespace ktstr {

// What the kernel counted for a worker in its phases of one kind, in memory
// that it shares with the supervisor. The worker alone writes it, relaxed, and
// it is read after the worker's end.
struct Tally {
  std::atomic<int64_t> phases;
  std::atomic<int64_t> voluntary_switches;
  std::atomic<int64_t> cpu_ns;
  std::atomic<int64_t> bytes_written;
  std::atomic<int64_t> bytes_meant;  // To be written, as the worker says.

  // `ns` of CPU time were used between the two.
  void AddPhase(const OwnUsage& before, const OwnUsage& after, int64_t ns);
  void AddBytesMeant(int64_t bytes);
};

// The proofs of the kinds that are judged by a tally: CPU time was used and the
// CPU not given up, with `work`; it was given up for each sleep; what was meant
// to be written was written. The last is Unimplemented unless `counted`: the
// kernel counts what is written to the file system.
absl::StatusOr<std::string> VerifySpinning(const Tally& tally,
                                           absl::string_view work = "spinning");
absl::StatusOr<std::string> VerifySleeping(const Tally& tally);
absl::StatusOr<std::string> VerifyWriting(const Tally& tally, bool counted);

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_SEQUENCE_TALLY_H_
