// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/proc/host_counters.h"

#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/file.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

// The columns behind "cpuN". Guest time follows and is in user and nice too.
enum Column {
  kUser,
  kNice,
  kSystem,
  kIdle,
  kIowait,
  kIrq,
  kSoftirq,
  kSteal,
  kColumns,
};

// "cpu3 1 2 3 4 5 6 7 8 0 0" into `times`; false if it is not like that.
bool ParseLine(absl::string_view line, std::map<uint32_t, CpuTimes>& times) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(line, ' ', absl::SkipEmpty());
  uint32_t cpu;
  if (words.size() < 1 + kColumns ||
      !absl::SimpleAtoi(words[0].substr(sizeof("cpu") - 1), &cpu)) {
    return false;
  }
  const int64_t tick_ns = kNanosPerSecond / sysconf(_SC_CLK_TCK);
  std::array<int64_t, kColumns> ns;
  for (size_t i = 0; i < kColumns; ++i) {
    if (!absl::SimpleAtoi(words[1 + i], &ns[i])) return false;
    ns[i] *= tick_ns;
  }
  times[cpu] = {
      .busy_ns = ns[kUser] + ns[kNice] + ns[kSystem] + ns[kIrq] + ns[kSoftirq],
      .steal_ns = ns[kSteal],
      .idle_ns = ns[kIdle] + ns[kIowait]};
  return true;
}

}  // namespace

absl::StatusOr<std::map<uint32_t, CpuTimes>> ReadCpuTimes(
    const std::string& proc_root) {
  const std::string path = proc_root + "/stat";
  KTSTR_ASSIGN_OR_RETURN(const std::string content, ReadFile(path));
  std::map<uint32_t, CpuTimes> times;
  for (const absl::string_view line : absl::StrSplit(content, '\n')) {
    // "cpu " is their sum.
    if (!absl::StartsWith(line, "cpu") || absl::StartsWith(line, "cpu ")) {
      continue;
    }
    if (!ParseLine(line, times)) {
      return absl::DataLossError(absl::StrCat(path, ": '", line, "'"));
    }
  }
  if (times.empty()) {
    return absl::DataLossError(absl::StrCat(path, ": no line of a CPU"));
  }
  return times;
}

}  // namespace ktstr
