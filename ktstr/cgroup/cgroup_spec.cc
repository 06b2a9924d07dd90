// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cgroup/cgroup_spec.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/optional.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

constexpr uint32_t kMinWeight = 1;
constexpr uint32_t kMaxWeight = 10'000;
constexpr uint32_t kDefaultWeight = 100;
constexpr uint32_t kDefaultShares = 1024;  // v1's, of the same meaning.
constexpr double kIdleWeight = 0.3;        // WEIGHT_IDLEPRIO of NICE_0: 3/1024.
constexpr int64_t kMinQuotaUs = 1000;
constexpr int64_t kMinPeriodUs = 1000;
constexpr int64_t kMaxPeriodUs = 1'000'000;
// All the CPUs that there can be, in percent of one.
constexpr double kMaxPercent = 100.0 * CpuSet::kLimit;
constexpr int64_t kMaxQuotaUs = CpuSet::kLimit * kMaxPeriodUs;
constexpr uint32_t kMaxWorkers = 1'000'000;
constexpr size_t kMaxName = 32;

absl::Status Bad(absl::string_view control, absl::string_view text,
                 absl::string_view wanted) {
  return absl::InvalidArgumentError(absl::StrCat(
      "cgroup control ", control, "=", text, ": it is to be ", wanted));
}

absl::Status SetWeight(absl::string_view text, CgroupSpec& spec) {
  if (text == "idle") {
    spec.cpu_idle = true;
    return absl::OkStatus();
  }
  uint32_t weight = 0;
  if (!absl::SimpleAtoi(text, &weight) || weight < kMinWeight ||
      weight > kMaxWeight) {
    return Bad("weight", text, "1 to 10000, or idle");
  }
  spec.cpu_weight = weight;
  return absl::OkStatus();
}

// Finite and in range; SimpleAtod also takes "nan" and "inf".
bool ReadPercent(absl::string_view text, double max, double& percent) {
  return absl::SimpleAtod(text, &percent) && percent >= 0 && percent <= max;
}

absl::Status SetCpuMax(absl::string_view text, CgroupSpec& spec) {
  constexpr char kWanted[] =
      "a percentage of one CPU such as 50% (from 1%), QUOTA/PERIOD in us "
      "(quota from 1000, period 1000 to 1000000), or max";
  CpuMax max;
  absl::string_view number = text;
  if (absl::ConsumeSuffix(&number, "%")) {
    double percent = 0;
    if (!ReadPercent(number, kMaxPercent, percent)) {
      return Bad("max", text, kWanted);
    }
    max.quota_us =
        std::llround(percent / 100 * static_cast<double>(max.period_us));
  } else if (text != "max") {
    const std::vector<absl::string_view> parts =
        absl::StrSplit(text, absl::ByAnyChar("/ "));
    if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &max.quota_us) ||
        !absl::SimpleAtoi(parts[1], &max.period_us)) {
      return Bad("max", text, kWanted);
    }
  }
  const bool limited = text != "max";
  if ((limited && max.quota_us < kMinQuotaUs) || max.period_us < kMinPeriodUs ||
      max.period_us > kMaxPeriodUs || max.quota_us > kMaxQuotaUs) {
    return Bad("max", text, kWanted);
  }
  spec.cpu_max = max;
  return absl::OkStatus();
}

absl::Status SetList(absl::string_view control, absl::string_view text,
                     absl::optional<CpuSet>& list) {
  // A comma would begin the next cgroup.
  const absl::StatusOr<CpuSet> set =
      CpuSet::Parse(absl::StrReplaceAll(text, {{"+", ","}}));
  if (!set.ok()) {
    return Bad(
        control, text,
        absl::StrCat("a list such as 0-3+8 (", set.status().message(), ")"));
  }
  list = *set;
  return absl::OkStatus();
}

absl::Status SetClamp(absl::string_view control, absl::string_view text,
                      absl::optional<double>& clamp) {
  double percent = 0;
  if (!ReadPercent(text, 100, percent)) {
    return Bad(control, text, "a percentage, 0 to 100");
  }
  // The kernel keeps hundredths.
  clamp = std::round(percent * 100) / 100;
  return absl::OkStatus();
}

absl::Status SetMemory(absl::string_view text, CgroupSpec& spec) {
  if (text == "max") {
    spec.memory_max = CgroupSpec::kUnlimited;
    return absl::OkStatus();
  }
  absl::string_view number = text;
  int shift = 0;
  for (const auto& [unit, bits] :
       {std::pair("K", 10), std::pair("M", 20), std::pair("G", 30)}) {
    if (absl::ConsumeSuffix(&number, unit)) {
      shift = bits;
      break;
    }
  }
  int64_t bytes = 0;
  if (!absl::SimpleAtoi(number, &bytes) || bytes <= 0 ||
      bytes > std::numeric_limits<int64_t>::max() >> shift) {
    return Bad("memory", text, "bytes such as 64M, or max");
  }
  spec.memory_max = bytes << shift;
  return absl::OkStatus();
}

absl::Status SetWorkers(absl::string_view text, CgroupSpec& spec) {
  if (!absl::SimpleAtoi(text, &spec.workers) || spec.workers == 0 ||
      spec.workers > kMaxWorkers) {
    return Bad("workers", text, "a number from 1");
  }
  return absl::OkStatus();
}

absl::Status CheckName(absl::string_view name) {
  const bool word =
      !name.empty() && name.size() <= kMaxName &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' ||
               c == '-';
      });
  // Two files of v1 that every cgroup has are words.
  if (word && name != "tasks" && name != "notify_on_release") {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", name, "' is no name for a cgroup: 1 to ", kMaxName,
                   " letters, digits, _ or -"));
}

absl::StatusOr<CgroupSpec> ParseCgroup(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  CgroupSpec spec;
  spec.name = std::string(parts[0]);
  KTSTR_RETURN_IF_ERROR(CheckName(spec.name));
  std::vector<absl::string_view> seen;
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(parts[i], absl::MaxSplits('=', 1));
    if (std::find(seen.begin(), seen.end(), pair.first) != seen.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "cgroup ", spec.name, ": control ", pair.first, " stands twice"));
    }
    seen.push_back(pair.first);
    KTSTR_RETURN_IF_ERROR(SetCgroupControl(pair.first, pair.second, spec));
  }
  return spec;
}

// As QUOTA/PERIOD; there is no text for no limit in a period of its own.
std::string CpuMaxText(const CpuMax& max) {
  return max.quota_us == CpuMax::kUnlimited
             ? "max"
             : absl::StrCat(max.quota_us, "/", max.period_us);
}

// In the largest unit that holds all of it.
std::string MemoryText(int64_t bytes) {
  if (bytes == CgroupSpec::kUnlimited) return "max";
  constexpr absl::string_view kUnits[] = {"", "K", "M", "G"};
  size_t unit = 0;
  for (; unit + 1 < std::size(kUnits) && bytes % 1024 == 0; ++unit) {
    bytes /= 1024;
  }
  return absl::StrCat(bytes, kUnits[unit]);
}

std::string ToText(const CgroupSpec& spec) {
  std::string text = spec.name;
  const auto add = [&text](absl::string_view control, absl::string_view value) {
    absl::StrAppend(&text, ":", control, "=", value);
  };
  const auto add_list = [&add](absl::string_view control, const CpuSet& set) {
    add(control, absl::StrReplaceAll(set.ToString(), {{",", "+"}}));
  };
  if (spec.cpu_idle) {
    add("weight", "idle");
  } else if (spec.cpu_weight) {
    add("weight", absl::StrCat(*spec.cpu_weight));
  }
  if (spec.cpu_max) add("max", CpuMaxText(*spec.cpu_max));
  if (spec.cpus) add_list("cpus", *spec.cpus);
  if (spec.mems) add_list("mems", *spec.mems);
  if (spec.uclamp_min) add("uclamp_min", absl::StrCat(*spec.uclamp_min));
  if (spec.uclamp_max) add("uclamp_max", absl::StrCat(*spec.uclamp_max));
  if (spec.memory_max) add("memory", MemoryText(*spec.memory_max));
  if (spec.workers != 0) add("workers", absl::StrCat(spec.workers));
  return text;
}

// As the kernel prints a clamp that was set to it: the full one is "max".
std::string ClampText(double percent) {
  return percent >= 100 ? "max" : absl::StrFormat("%.2f", percent);
}

// Limits are kept in pages, rounded down.
int64_t InWholePages(int64_t bytes) {
  const int64_t page = sysconf(_SC_PAGESIZE);
  return bytes / page * page;
}

// Collects controls whose file also tells what came of them.
class ControlList {
 public:
  explicit ControlList(std::vector<CgroupControl>& controls)
      : controls_(controls) {}

  void Add(absl::string_view name, absl::string_view file, std::string text,
           const absl::optional<std::string>& expected = absl::nullopt,
           absl::string_view read_file = "") {
    CgroupControl control;
    control.name = std::string(name);
    control.controller = std::string(file.substr(0, file.find('.')));
    control.file = std::string(file);
    control.read_file = std::string(read_file.empty() ? file : read_file);
    control.expected = expected.value_or(text);
    control.text = std::move(text);
    controls_.push_back(std::move(control));
  }

 private:
  std::vector<CgroupControl>& controls_;
};

void AddCpuMax(const CpuMax& max, bool v2, ControlList& list) {
  const bool limited = max.quota_us != CpuMax::kUnlimited;
  if (v2) {
    list.Add("max", "cpu.max",
             absl::StrCat(limited ? absl::StrCat(max.quota_us) : "max", " ",
                          max.period_us));
    return;
  }
  list.Add("max", "cpu.cfs_period_us", absl::StrCat(max.period_us));
  list.Add("max", "cpu.cfs_quota_us", absl::StrCat(max.quota_us));
}

void AddMemoryMax(int64_t bytes, bool v2, ControlList& list) {
  const bool limited = bytes != CgroupSpec::kUnlimited;
  const std::string text =
      limited ? absl::StrCat(bytes) : std::string(v2 ? "max" : "-1");
  // v1 says how many bytes there can be instead of that there is no limit.
  const int64_t kept =
      InWholePages(limited ? bytes : std::numeric_limits<int64_t>::max());
  list.Add("memory", v2 ? "memory.max" : "memory.limit_in_bytes", text,
           v2 && !limited ? text : absl::StrCat(kept));
}

}  // namespace

absl::Status SetCgroupControl(absl::string_view control, absl::string_view text,
                              CgroupSpec& spec) {
  if (control == "weight") return SetWeight(text, spec);
  if (control == "max") return SetCpuMax(text, spec);
  if (control == "cpus") return SetList(control, text, spec.cpus);
  if (control == "mems") return SetList(control, text, spec.mems);
  if (control == "uclamp_min") return SetClamp(control, text, spec.uclamp_min);
  if (control == "uclamp_max") return SetClamp(control, text, spec.uclamp_max);
  if (control == "memory") return SetMemory(text, spec);
  if (control == "workers") return SetWorkers(text, spec);
  return absl::InvalidArgumentError(absl::StrCat(
      "'", control,
      "' is no control of a cgroup; there are weight, max, cpus, mems, "
      "uclamp_min, uclamp_max, memory and workers, each with =VALUE"));
}

absl::StatusOr<std::vector<CgroupSpec>> ParseCgroups(absl::string_view text) {
  std::vector<CgroupSpec> specs;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    KTSTR_ASSIGN_OR_RETURN(CgroupSpec spec, ParseCgroup(part));
    for (const CgroupSpec& other : specs) {
      if (other.name == spec.name) {
        return absl::InvalidArgumentError(
            absl::StrCat("cgroup ", spec.name, " stands twice"));
      }
    }
    specs.push_back(std::move(spec));
  }
  return specs;
}

std::string ToText(const std::vector<CgroupSpec>& specs) {
  return absl::StrJoin(specs, ",",
                       [](std::string* out, const CgroupSpec& spec) {
                         absl::StrAppend(out, ToText(spec));
                       });
}

double EffectiveWeight(const CgroupSpec& spec) {
  return spec.cpu_idle ? kIdleWeight : spec.cpu_weight.value_or(kDefaultWeight);
}

std::vector<CgroupControl> ControlsOf(const CgroupSpec& spec,
                                      CgroupVersion version) {
  const bool v2 = version == CgroupVersion::kV2;
  std::vector<CgroupControl> controls;
  ControlList list(controls);
  if (spec.cpu_idle) {
    list.Add("weight", "cpu.idle", "1");
  } else if (spec.cpu_weight && v2) {
    list.Add("weight", "cpu.weight", absl::StrCat(*spec.cpu_weight));
  } else if (spec.cpu_weight) {
    list.Add("weight", "cpu.shares",
             absl::StrCat(*spec.cpu_weight * kDefaultShares / kDefaultWeight));
  }
  if (spec.cpu_max) AddCpuMax(*spec.cpu_max, v2, list);
  // The maximum first: a minimum above it would be cut.
  if (spec.uclamp_max) {
    list.Add("uclamp_max", "cpu.uclamp.max",
             absl::StrFormat("%.2f", *spec.uclamp_max),
             ClampText(*spec.uclamp_max));
  }
  if (spec.uclamp_min) {
    list.Add("uclamp_min", "cpu.uclamp.min",
             absl::StrFormat("%.2f", *spec.uclamp_min),
             ClampText(*spec.uclamp_min));
  }
  // What is asked for may be kept and yet not be had; the effective one counts.
  if (spec.cpus) {
    list.Add("cpus", "cpuset.cpus", spec.cpus->ToString(), absl::nullopt,
             v2 ? "cpuset.cpus.effective" : "cpuset.effective_cpus");
  }
  if (spec.mems) {
    list.Add("mems", "cpuset.mems", spec.mems->ToString(), absl::nullopt,
             v2 ? "cpuset.mems.effective" : "cpuset.effective_mems");
  }
  if (spec.memory_max) AddMemoryMax(*spec.memory_max, v2, list);
  return controls;
}

}  // namespace ktstr
