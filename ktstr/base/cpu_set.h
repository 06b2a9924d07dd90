// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_CPU_SET_H_
#define KTSTR_BASE_CPU_SET_H_

#include <sys/types.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// A set of CPU numbers, of any size; a value. Unlike cpu_set_t it does not end
// at CPU 1023.
class CpuSet final {
 public:
  // Numbers from here on are mistakes (Linux stops at 8192 today), and memory
  // is not to depend on a typing error.
  static constexpr uint32_t kLimit = 1 << 16;

  // Reads the kernel's list format: "0-3,8", "10-14:2" (every second of them)
  // and "0-31:2/4" (two of every four). White space is allowed at the end only,
  // where the files of /sys have a newline. kInvalidArgument, with the list and
  // the reason in the message, for anything else, also for an empty list: a
  // caller for whom no CPU is a good answer (a memory-only node's cpulist)
  // looks for that first. kOutOfRange from kLimit on.
  static absl::StatusOr<CpuSet> Parse(absl::string_view cpulist);

  CpuSet() = default;
  CpuSet(std::initializer_list<uint32_t> cpus);

  // In the kernel's format without strides: "0-3,8". "" if empty.
  std::string ToString() const;

  // `cpu` is less than kLimit (checked).
  void Add(uint32_t cpu);
  void Remove(uint32_t cpu);
  bool Contains(uint32_t cpu) const;

  uint32_t Count() const;
  bool empty() const { return words_.empty(); }
  // The lowest and the highest number; the set is not empty (checked).
  uint32_t First() const;
  uint32_t Max() const;
  // All numbers, ascending.
  std::vector<uint32_t> cpus() const;

  CpuSet Intersect(const CpuSet& other) const;
  CpuSet Union(const CpuSet& other) const;
  // What is here and not in `other`.
  CpuSet Difference(const CpuSet& other) const;

  friend bool operator==(const CpuSet& a, const CpuSet& b) {
    return a.words_ == b.words_;
  }
  friend bool operator!=(const CpuSet& a, const CpuSet& b) { return !(a == b); }

 private:
  friend absl::Status ReadAffinity(pid_t tid, CpuSet& set);
  friend absl::Status SetAffinity(pid_t tid, const CpuSet& cpus);

  // Drops empty words at the end, so that equal sets have equal words.
  void Normalize();

  // Bit c % 64 of word c / 64, which is the kernel's own layout.
  std::vector<uint64_t> words_;
};

// The CPUs that thread `tid` may run on; 0 is the caller.
absl::StatusOr<CpuSet> GetAffinity(pid_t tid = 0);

// The same into `set`, whose memory is used again: for loops that must not
// allocate.
absl::Status ReadAffinity(pid_t tid, CpuSet& set);

// sched_setaffinity(2). An empty set, or one without any CPU that exists and
// that the cpuset cgroup allows, is EINVAL. The kernel silently leaves out CPUs
// of a partly possible set: read back with GetAffinity() what was applied.
absl::Status SetAffinity(pid_t tid, const CpuSet& cpus);

}  // namespace ktstr

#endif  // KTSTR_BASE_CPU_SET_H_
