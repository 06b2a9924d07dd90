// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_HOST_ABILITIES_ATTEMPTS_H_
#define KTSTR_CORE_HOST_ABILITIES_ATTEMPTS_H_

#include <array>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/child.h"
#include "ktstr/base/mapping.h"
#include "ktstr/cgroup/hierarchy.h"

namespace ktstr {

// What can be tried on a process of one's own.
enum class Attempt {
  kAffinity,  // To set the one that it has.
  kBatch,     // These policies.
  kIdle,
  kExt,
  kRealTime,      // Fifo; the kernel asks the same of rr.
  kDeadline,      // With 1 % of one CPU.
  kNice,          // -20.
  kUclamp,        // Asked, not tried: the first clamp that is set costs all
                  // wake-ups of the machine until it is booted again.
  kSlice,         // A slice that is read back.
  kTimerSlack,    // One that is read back.
  kCoreCookie,    // Asked, not tried: the first cookie has the whole machine
                  // change to core scheduling.
  kMemoryPolicy,  // bind to the nodes that it may have.
  kWeighted,      // weighted_interleave over them.
  kPages,         // On which node a page is.
  kUser,          // To become nobody.
  kBirth,         // In a cgroup of v2 by clone3: its own.
  kCount,
};

// How each of them ended: OK, or why not, with what to change.
struct Attempts {
  std::array<absl::Status, static_cast<size_t>(Attempt::kCount)> outcomes;
  int priority = 99;      // The highest that fifo got; 0: none.
  int lowest_nice = -20;  // That was got.

  const absl::Status& operator[](Attempt attempt) const {
    return outcomes[static_cast<size_t>(attempt)];
  }
  absl::Status& operator[](Attempt attempt) {
    return outcomes[static_cast<size_t>(attempt)];
  }
};

// Tries all of it in one child; nothing of the caller or of the machine
// changes. The child lives for about a third of a millisecond, for a few
// microseconds of which it is fifo and deadline. One that is not waited for is
// killed.
class Trial final {
 public:
  // The caller has one thread only. `cgroups` are those of the caller.
  static Trial Start(const absl::StatusOr<CgroupHierarchy>& cgroups);

  // Waits for the end.
  Attempts Finish() &&;

 private:
  Trial() = default;

  absl::StatusOr<Mapping> memory_ = absl::UnavailableError("not mapped");
  absl::StatusOr<Child> child_ = absl::UnavailableError("not started");
  absl::Status birth_;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_HOST_ABILITIES_ATTEMPTS_H_
