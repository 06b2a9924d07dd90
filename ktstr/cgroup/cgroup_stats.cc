// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cgroup/cgroup_stats.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "ktstr/base/file.h"

namespace ktstr {
namespace {

constexpr int64_t kNsPerUs = 1000;

// Lines of "KEY VALUE"; empty if the file cannot be read.
std::map<std::string, int64_t> ReadKeyed(const std::string& path) {
  std::map<std::string, int64_t> values;
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return values;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(line, absl::MaxSplits(' ', 1));
    int64_t value = 0;
    if (absl::SimpleAtoi(pair.second, &value)) {
      values[std::string(pair.first)] = value;
    }
  }
  return values;
}

bool ReadNumber(const std::string& path, int64_t& value) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  return text.ok() && absl::SimpleAtoi(*text, &value);
}

void AddCpuStat(const std::string& folder, CgroupStats& stats) {
  std::map<std::string, int64_t> values = ReadKeyed(folder + "/cpu.stat");
  if (!stats.usage_known && values.count("usage_usec") != 0) {
    stats.usage_known = true;
    stats.usage_ns = values["usage_usec"] * kNsPerUs;
    stats.user_ns = values["user_usec"] * kNsPerUs;
    stats.system_ns = values["system_usec"] * kNsPerUs;
  }
  if (!stats.bandwidth_known && values.count("nr_periods") != 0) {
    stats.bandwidth_known = true;
    stats.periods = values["nr_periods"];
    stats.throttled_periods = values["nr_throttled"];
    // v2 says us, v1 ns; the other one is 0.
    stats.throttled_ns =
        values["throttled_usec"] * kNsPerUs + values["throttled_time"];
  }
}

void AddCpuAcct(const std::string& folder, CgroupStats& stats) {
  if (stats.usage_known) return;
  stats.usage_known =
      ReadNumber(folder + "/cpuacct.usage", stats.usage_ns) &&
      ReadNumber(folder + "/cpuacct.usage_user", stats.user_ns) &&
      ReadNumber(folder + "/cpuacct.usage_sys", stats.system_ns);
}

// The number behind "total=" in the line that begins with `kind`:
// "some avg10=0.00 avg60=0.00 avg300=0.00 total=123", in us.
bool ReadTotal(absl::string_view text, absl::string_view kind, int64_t& ns) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    if (words.front() != kind) continue;
    absl::string_view total = words.back();
    int64_t us = 0;
    if (!absl::ConsumePrefix(&total, "total=") ||
        !absl::SimpleAtoi(total, &us)) {
      return false;
    }
    ns = us * kNsPerUs;
    return true;
  }
  return false;
}

void AddPressure(const std::string& folder, CgroupStats& stats) {
  if (stats.pressure_known) return;
  // There but not readable (EOPNOTSUPP) if pressure is switched off.
  const absl::StatusOr<std::string> text = ReadFile(folder + "/cpu.pressure");
  if (!text.ok()) return;
  stats.pressure_known = ReadTotal(*text, "some", stats.some_stalled_ns);
  // Not told before Linux 5.13; 0 then.
  ReadTotal(*text, "full", stats.full_stalled_ns);
}

}  // namespace

CgroupStats operator-(const CgroupStats& later, const CgroupStats& earlier) {
  CgroupStats delta;
  delta.usage_known = later.usage_known && earlier.usage_known;
  if (delta.usage_known) {
    delta.usage_ns = later.usage_ns - earlier.usage_ns;
    delta.user_ns = later.user_ns - earlier.user_ns;
    delta.system_ns = later.system_ns - earlier.system_ns;
  }
  delta.bandwidth_known = later.bandwidth_known && earlier.bandwidth_known;
  if (delta.bandwidth_known) {
    delta.periods = later.periods - earlier.periods;
    delta.throttled_periods =
        later.throttled_periods - earlier.throttled_periods;
    delta.throttled_ns = later.throttled_ns - earlier.throttled_ns;
  }
  delta.pressure_known = later.pressure_known && earlier.pressure_known;
  if (delta.pressure_known) {
    delta.some_stalled_ns = later.some_stalled_ns - earlier.some_stalled_ns;
    delta.full_stalled_ns = later.full_stalled_ns - earlier.full_stalled_ns;
  }
  return delta;
}

void AddStatsOf(const std::string& folder, CgroupStats& stats) {
  AddCpuAcct(folder, stats);
  AddCpuStat(folder, stats);
  AddPressure(folder, stats);
}

}  // namespace ktstr
