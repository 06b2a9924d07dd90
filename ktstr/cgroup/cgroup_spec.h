// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What a cgroup is asked to be, as a value.
#ifndef KTSTR_CGROUP_CGROUP_SPEC_H_
#define KTSTR_CGROUP_CGROUP_SPEC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "ktstr/base/cpu_set.h"

namespace ktstr {

// So much CPU time in each period. The kernel takes quotas from 1 ms and
// periods from 1 ms to 1 s.
struct CpuMax {
  static constexpr int64_t kUnlimited = -1;
  int64_t quota_us = kUnlimited;
  int64_t period_us = 100'000;
};

// One cgroup's controls. What is not set stays what the kernel gives to a new
// cgroup, and is not written.
struct CgroupSpec {
  static constexpr int64_t kUnlimited = -1;

  std::string name;
  absl::optional<uint32_t> cpu_weight;  // 1..10000; the kernel's own is 100.
  bool cpu_idle = false;                // Instead of a weight.
  absl::optional<CpuMax> cpu_max;
  absl::optional<CpuSet> cpus;
  absl::optional<CpuSet> mems;        // Memory nodes.
  absl::optional<double> uclamp_min;  // Percent, 0..100, in hundredths.
  absl::optional<double> uclamp_max;
  absl::optional<int64_t> memory_max;  // Bytes, or kUnlimited.
  uint32_t workers = 0;                // How many live in it; 0: not said.
};

// Sets one of the controls from text:
//   weight=1..10000 | idle          max=50% | 50000/100000 (us) | max
//   cpus=0-3+8  mems=0+1            uclamp_min=20.5  uclamp_max=80
//   memory=64M | max (K, M, G: 1024 each)              workers=4
// max=150% is one CPU and a half. kInvalidArgument and kOutOfRange name the
// control, the text and what it can be.
absl::Status SetCgroupControl(absl::string_view control, absl::string_view text,
                              CgroupSpec& spec);

// "a:weight=100:workers=4,b:weight=300:workers=4". Names are words of letters,
// digits, _ and -, each once; a control stands once in a cgroup. At least one.
absl::StatusOr<std::vector<CgroupSpec>> ParseCgroups(absl::string_view text);

// What ParseCgroups() reads: "a:weight=100:workers=4,b:weight=300:workers=4".
std::string ToText(const std::vector<CgroupSpec>& specs);

// The weight that decides over shares of CPU: cpu_weight or 100. idle counts
// as 0.3, which is the kernel's own (3 of 1024).
double EffectiveWeight(const CgroupSpec& spec);

// One control as text for a file of a cgroup.
struct CgroupControl {
  std::string name;        // As for SetCgroupControl().
  std::string controller;  // "cpu"
  std::string file;        // "cpu.weight"
  std::string text;        // What is written to it.
  std::string read_file;   // What says what came of it; often the same file.
  std::string expected;    // What that says when all of it was done.
};

enum class CgroupVersion { kV1, kV2 };

// In the order in which they are to be written. v1 has the same controls under
// other names: cpu.shares (weight * 1024 / 100), cpu.cfs_period_us and
// cpu.cfs_quota_us, memory.limit_in_bytes.
std::vector<CgroupControl> ControlsOf(const CgroupSpec& spec,
                                      CgroupVersion version);

}  // namespace ktstr

#endif  // KTSTR_CGROUP_CGROUP_SPEC_H_
