// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Scheduling policies as values and as text.
#ifndef KTSTR_BASE_SCHED_SCHED_SPEC_H_
#define KTSTR_BASE_SCHED_SCHED_SPEC_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace ktstr {

// The numbers are the kernel's.
enum class SchedPolicy : uint32_t {
  kNormal = 0,
  kFifo = 1,
  kRr = 2,
  kBatch = 3,
  kIdle = 5,
  kDeadline = 6,
  kExt = 7,
};

// A policy and what belongs to it; see sched(7). A value: equal means the same
// for the kernel.
struct SchedSpec {
  // Range of `priority`, of which 99 is the most urgent.
  static constexpr int kMinPriority = 1;
  static constexpr int kMaxPriority = 99;
  // What the kernel takes for a deadline task's least runtime (DL_SCALE).
  static constexpr int64_t kMinRuntimeNs = 1024;

  // Reads
  //   normal | batch | idle | ext
  //   fifo:P | rr:P                      P is 1 .. 99
  //   deadline:RUNTIME/DEADLINE/PERIOD   such as deadline:2ms/10ms/10ms, whole
  //                                      ns with 1024ns <= RUNTIME <=
  //                                      DEADLINE <= PERIOD
  // with durations as absl::ParseDuration reads them. kInvalidArgument or
  // kOutOfRange with one line that says what was given, what it takes, and the
  // nearest name of an unknown policy. Periods are also bounded by the sysctls
  // kernel.sched_deadline_period_{min,max}_us (100 us and 4.2 s), which are of
  // the host that the text is for, hence the kernel's to refuse.
  static absl::StatusOr<SchedSpec> Parse(absl::string_view text);

  // What Parse() reads.
  std::string ToText() const;

  // Normal and batch, and ext, which is fair while no sched_ext scheduler runs:
  // policies for which sched_setattr(2) takes nice and slice.
  bool IsFair() const;
  // Fifo and rr: policies with a priority.
  bool IsRealTime() const;

  friend bool operator==(const SchedSpec&, const SchedSpec&) = default;

  SchedPolicy policy = SchedPolicy::kNormal;
  int priority = 0;        // Of fifo and rr, otherwise 0.
  int64_t runtime_ns = 0;  // These of deadline, otherwise 0.
  int64_t deadline_ns = 0;
  int64_t period_ns = 0;
};

// Which role has which policy.
struct RoleSched {
  // What roles have that are not in `roles`; nullopt: nothing is asked of them.
  absl::optional<SchedSpec> others;
  // In the order of the text; each role once. That a stressor has these roles
  // is for the caller to check.
  std::vector<std::pair<std::string, SchedSpec>> roles;

  // Null for a role of which nothing is asked.
  const SchedSpec* For(absl::string_view role) const;
  std::string ToText() const;

  friend bool operator==(const RoleSched&, const RoleSched&) = default;
};

// Reads "waker=fifo:50,wakee=normal"; a bare policy is for all other roles, so
// that "batch" is for everyone. Roles are words of a-z, 0-9 and '_'. Refused
// (kInvalidArgument) are an empty text and a role, or the others, given twice.
absl::StatusOr<RoleSched> ParseRoleSched(absl::string_view text);

}  // namespace ktstr

#endif  // KTSTR_BASE_SCHED_SCHED_SPEC_H_
