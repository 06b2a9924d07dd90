// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/placement/placement_flags.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/user/user.h"
#include "ktstr/cgroup/cgroup_spec.h"
#include "ktstr/core/placement/affinity_spec.h"

// Help texts are for `ktstr --help` (cli/commands/help.cc), and
// ktstr/docs/placement.md has what they do not say.
ABSL_FLAG(std::string, affinity, "inherit",
          "each worker's CPUs among them: all, spread (a CPU each, far apart), "
          "pack (close together), one (the same), llc, node (of each group), "
          "smt_pair, cross_llc, cross_node (partners together or apart), "
          "random:K, or by role as in waker=0,wakee=llc:1");
ABSL_FLAG(std::string, sched, "",
          "their policy: normal, batch, idle, fifo:P, rr:P, ext or "
          "deadline:RUNTIME/DEADLINE/PERIOD; or by role as in "
          "waker=fifo:50,wakee=batch");
ABSL_FLAG(int32_t, nice, 0, "their nice value, -20 to 19");
ABSL_FLAG(std::string, uclamp, "", "their utilisation clamps, each 0 to 1024");
ABSL_FLAG(absl::Duration, slice, absl::ZeroDuration(),
          "the time slice of fair ones, 100us to 100ms (Linux 6.12)");
ABSL_FLAG(std::string, autogroup, "shared",
          "shared: all in the session of ktstr; own: a session, hence an "
          "autogroup, for each process, of this nice value");
ABSL_FLAG(std::string, core_cookie, "none",
          "core scheduling: who may share a core's siblings: each worker with "
          "nobody (worker), its group (group), all workers (all)");
ABSL_FLAG(std::string, mempolicy, "",
          "their memory: default, local, bind:NODES, preferred:NODE, "
          "preferred_many:NODES, interleave:NODES or weighted:NODES, with "
          "+static, +relative, +balancing");
ABSL_FLAG(std::string, user, "",
          "become this user, by name or number, before their work begins");
ABSL_FLAG(bool, allow_rt_everywhere, false,
          "real-time and deadline workers may take the last free CPU");
ABSL_FLAG(std::string, cgroup, "",
          "run them in this cgroup, by its folder or its name in "
          "/proc/PID/cgroup");
ABSL_FLAG(bool, cgroup_new, false,
          "run them in a new cgroup (in --cgroup, if that is given) with these "
          "controls:");
ABSL_FLAG(std::string, cgroup_cpu_weight, "", "1 to 10000; others have 100");
ABSL_FLAG(std::string, cgroup_cpu_max, "",
          "CPU time: 150% is one CPU and a half; or QUOTA/PERIOD in us");
ABSL_FLAG(bool, cgroup_idle, false, "SCHED_IDLE for the whole cgroup");
ABSL_FLAG(std::string, cgroup_cpuset, "", "its CPUs");
ABSL_FLAG(std::string, cgroup_mems, "", "its memory nodes");
ABSL_FLAG(std::string, cgroup_uclamp_min, "", "per cent");
ABSL_FLAG(std::string, cgroup_uclamp_max, "", "per cent");
ABSL_FLAG(std::string, cgroup_memory_max, "", "as in 64M");
ABSL_FLAG(std::string, cgroups, "",
          "run them in several new cgroups, as in "
          "a:weight=100:workers=4,b:weight=300:workers=4; other controls are "
          "weight=idle max cpus mems uclamp_min uclamp_max memory");

namespace ktstr {
namespace {

// kernel/sched/syscalls.c: what a fair task's slice is clamped to.
constexpr absl::Duration kShortestSlice = absl::Microseconds(100);
constexpr absl::Duration kLongestSlice = absl::Milliseconds(100);
constexpr int kMaxClamp = 1024;  // SCHED_CAPACITY_SCALE.
constexpr int kMinNice = -20;
constexpr int kMaxNice = 19;

// A flag that makes one control of the cgroup of --cgroup_new.
struct ControlFlag {
  absl::string_view flag;
  absl::string_view control;  // For SetCgroupControl().
  const absl::Flag<std::string>* value;
};

absl::Status Bad(absl::string_view flag, absl::string_view text,
                 absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", text, ": ", why));
}

bool Given(const CommandLine& line, const std::string& flag) {
  return line.given_flags.count(flag) != 0;
}

// What `parse` makes of a flag's text, with the flag before its error.
template <typename T>
absl::StatusOr<T> Parsed(absl::string_view flag, const std::string& text,
                         absl::StatusOr<T> parsed) {
  if (parsed.ok()) return parsed;
  return Bad(flag, text, parsed.status().message());
}

absl::StatusOr<ClampRange> ReadUclamp(absl::string_view text) {
  constexpr absl::string_view kWanted =
      "it is MIN:MAX, each 0 to 1024, as in 200:800";
  ClampRange range;
  const size_t colon = text.find(':');
  if (colon == absl::string_view::npos ||
      !absl::SimpleAtoi(text.substr(0, colon), &range.min) ||
      !absl::SimpleAtoi(text.substr(colon + 1), &range.max) || range.min < 0 ||
      range.max > kMaxClamp) {
    return Bad("uclamp", text, kWanted);
  }
  if (range.min > range.max) {
    return Bad("uclamp", text, "the first is not to be above the second");
  }
  return range;
}

absl::StatusOr<int> ReadNice(absl::string_view flag, absl::string_view text,
                             absl::string_view number) {
  int nice = 0;
  if (absl::SimpleAtoi(number, &nice) && nice >= kMinNice && nice <= kMaxNice) {
    return nice;
  }
  return Bad(flag, text,
             absl::StrCat("a nice value is ", kMinNice, " to ", kMaxNice));
}

absl::StatusOr<AutogroupOptions> ReadAutogroup(absl::string_view text) {
  AutogroupOptions autogroup;
  if (text == "shared") return autogroup;
  absl::string_view rest = text;
  if (!absl::ConsumePrefix(&rest, "own")) {
    return Bad("autogroup", text, "it is shared, own or own:NICE");
  }
  autogroup.own = true;
  if (rest.empty()) return autogroup;
  if (!absl::ConsumePrefix(&rest, ":")) {
    return Bad("autogroup", text, "it is shared, own or own:NICE");
  }
  KTSTR_ASSIGN_OR_RETURN(autogroup.nice, ReadNice("autogroup", text, rest));
  return autogroup;
}

absl::StatusOr<CookieSharing> ReadCookie(absl::string_view text) {
  // By enumerator.
  constexpr absl::string_view kNames[] = {"none", "worker", "group", "all"};
  const auto* const found = absl::c_find(kNames, text);
  if (found != std::end(kNames)) {
    return static_cast<CookieSharing>(found - std::begin(kNames));
  }
  return Bad("core_cookie", text,
             absl::StrCat("it is one of ", absl::StrJoin(kNames, ", "),
                          DidYouMean(text, kNames)));
}

absl::StatusOr<int64_t> ReadSlice(absl::Duration slice) {
  if (slice >= kShortestSlice && slice <= kLongestSlice) {
    return absl::ToInt64Nanoseconds(slice);
  }
  return Bad("slice", absl::FormatDuration(slice),
             absl::StrCat("it is ", absl::FormatDuration(kShortestSlice),
                          " to ", absl::FormatDuration(kLongestSlice)));
}

absl::Status ReadScheduling(const CommandLine& line,
                            PlacementOptions& placement) {
  const std::string affinity = absl::GetFlag(FLAGS_affinity);
  KTSTR_ASSIGN_OR_RETURN(placement.affinity,
                         Parsed("affinity", affinity, ParseAffinity(affinity)));
  if (Given(line, "sched")) {
    const std::string text = absl::GetFlag(FLAGS_sched);
    KTSTR_ASSIGN_OR_RETURN(placement.sched,
                           Parsed("sched", text, ParseRoleSched(text)));
  }
  if (Given(line, "nice")) {
    const std::string text = absl::StrCat(absl::GetFlag(FLAGS_nice));
    KTSTR_ASSIGN_OR_RETURN(placement.nice, ReadNice("nice", text, text));
  }
  if (Given(line, "uclamp")) {
    KTSTR_ASSIGN_OR_RETURN(placement.uclamp,
                           ReadUclamp(absl::GetFlag(FLAGS_uclamp)));
  }
  if (Given(line, "slice")) {
    KTSTR_ASSIGN_OR_RETURN(placement.slice_ns,
                           ReadSlice(absl::GetFlag(FLAGS_slice)));
  }
  KTSTR_ASSIGN_OR_RETURN(placement.autogroup,
                         ReadAutogroup(absl::GetFlag(FLAGS_autogroup)));
  KTSTR_ASSIGN_OR_RETURN(placement.core_cookie,
                         ReadCookie(absl::GetFlag(FLAGS_core_cookie)));
  placement.allow_rt_everywhere = absl::GetFlag(FLAGS_allow_rt_everywhere);
  return absl::OkStatus();
}

// The one of --cgroup_new.
absl::StatusOr<CgroupSpec> ReadNewCgroup(const CommandLine& line) {
  const ControlFlag flags[] = {
      {"cgroup_cpu_weight", "weight", &FLAGS_cgroup_cpu_weight},
      {"cgroup_cpu_max", "max", &FLAGS_cgroup_cpu_max},
      {"cgroup_cpuset", "cpus", &FLAGS_cgroup_cpuset},
      {"cgroup_mems", "mems", &FLAGS_cgroup_mems},
      {"cgroup_uclamp_min", "uclamp_min", &FLAGS_cgroup_uclamp_min},
      {"cgroup_uclamp_max", "uclamp_max", &FLAGS_cgroup_uclamp_max},
      {"cgroup_memory_max", "memory", &FLAGS_cgroup_memory_max},
  };
  CgroupSpec spec;
  spec.name = "new";
  if (absl::GetFlag(FLAGS_cgroup_idle)) spec.cpu_idle = true;
  for (const ControlFlag& flag : flags) {
    if (!Given(line, std::string(flag.flag))) continue;
    const std::string text = absl::GetFlag(*flag.value);
    if (flag.control == "weight" && spec.cpu_idle) {
      return Bad(flag.flag, text, "it excludes --cgroup_idle");
    }
    // A list may have its commas here, where nothing else uses them.
    const absl::Status set = SetCgroupControl(
        flag.control, absl::StrReplaceAll(text, {{",", "+"}}), spec);
    if (!set.ok()) return Bad(flag.flag, text, set.message());
  }
  return spec;
}

absl::Status CheckCgroupFlags(const CommandLine& line, bool make_one) {
  if (Given(line, "cgroups") && make_one) {
    return absl::InvalidArgumentError(
        "--cgroups and --cgroup_new exclude each other: --cgroups makes "
        "cgroups with the controls that it names");
  }
  for (const std::string& flag : line.given_flags) {
    if (!make_one && absl::StartsWith(flag, "cgroup_") &&
        flag != "cgroup_new") {
      return absl::InvalidArgumentError(
          absl::StrCat("--", flag, " is for a new cgroup; add --cgroup_new"));
    }
  }
  if (Given(line, "cgroup") && absl::GetFlag(FLAGS_cgroup).empty()) {
    return absl::InvalidArgumentError(
        "--cgroup is empty; it takes a cgroup that exists");
  }
  return absl::OkStatus();
}

absl::Status ReadCgroups(const CommandLine& line, PlacementOptions& placement) {
  const bool make_one = absl::GetFlag(FLAGS_cgroup_new);
  KTSTR_RETURN_IF_ERROR(CheckCgroupFlags(line, make_one));
  placement.cgroup = absl::GetFlag(FLAGS_cgroup);
  if (make_one) {
    KTSTR_ASSIGN_OR_RETURN(CgroupSpec spec, ReadNewCgroup(line));
    placement.cgroups.push_back(std::move(spec));
  }
  if (!Given(line, "cgroups")) return absl::OkStatus();
  const std::string text = absl::GetFlag(FLAGS_cgroups);
  KTSTR_ASSIGN_OR_RETURN(placement.cgroups,
                         Parsed("cgroups", text, ParseCgroups(text)));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PlacementOptions> ReadPlacement(const CommandLine& line) {
  PlacementOptions placement;
  KTSTR_RETURN_IF_ERROR(ReadScheduling(line, placement));
  if (Given(line, "mempolicy")) {
    const std::string text = absl::GetFlag(FLAGS_mempolicy);
    KTSTR_ASSIGN_OR_RETURN(
        placement.memory, Parsed("mempolicy", text, MemoryPolicy::Parse(text)));
  }
  if (Given(line, "user")) {
    const std::string text = absl::GetFlag(FLAGS_user);
    KTSTR_ASSIGN_OR_RETURN(placement.user,
                           Parsed("user", text, ParseUser(text)));
  }
  KTSTR_RETURN_IF_ERROR(ReadCgroups(line, placement));
  return placement;
}

}  // namespace ktstr
