// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/abilities/sched_abilities.h"

#include <unistd.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/file.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/cgroup/hierarchy.h"

namespace ktstr {
namespace {

// What the cpuset cgroup allows, and the file that says so.
struct Cpuset {
  std::string file;
  CpuSet cpus;
};

bool ReadCpuset(const std::string& file, Cpuset& cpuset) {
  const absl::StatusOr<std::string> text = ReadFileTrimmed(file);
  if (!text.ok()) return false;
  absl::StatusOr<CpuSet> cpus = CpuSet::Parse(*text);
  if (!cpus.ok()) return false;
  cpuset = {file, *std::move(cpus)};
  return true;
}

// The own cgroup of v2 or the next above that has `file`; "" if none has.
std::string NearestWith(const CgroupMount& v2, absl::string_view file) {
  std::string folder = v2.own_folder;
  while (folder.size() >= v2.folder.size() && !folder.empty()) {
    std::string path = absl::StrCat(folder, "/", file);
    if (access(path.c_str(), F_OK) == 0) return path;
    folder.resize(folder.rfind('/'));
  }
  return "";
}

// No file: there is none.
Cpuset FindCpuset(const absl::StatusOr<CgroupHierarchy>& cgroups) {
  Cpuset cpuset;
  if (!cgroups.ok()) return cpuset;
  if (const CgroupMount* v1 = cgroups->V1Of("cpuset"); v1 != nullptr) {
    if (v1->own_folder.empty()) return cpuset;
    if (!ReadCpuset(v1->own_folder + "/cpuset.effective_cpus", cpuset)) {
      ReadCpuset(v1->own_folder + "/cpuset.cpus", cpuset);
    }
    return cpuset;
  }
  const CgroupMount* v2 = cgroups->v2();
  if (v2 == nullptr) return cpuset;
  ReadCpuset(NearestWith(*v2, "cpuset.cpus.effective"), cpuset);
  return cpuset;
}

// Who keeps `lost` from us, which are online.
std::string WhoKeeps(const CpuSet& lost, const Cpuset& cpuset) {
  constexpr absl::string_view kTaskset =
      "the affinity that ktstr was started with (taskset)";
  if (cpuset.file.empty()) {
    return absl::StrCat(kTaskset, ", or a cpuset that cannot be read");
  }
  std::string allows =
      absl::StrCat(cpuset.file, " allows ", cpuset.cpus.ToString());
  if (cpuset.cpus.Intersect(lost).empty()) return allows;
  return absl::StrCat(kTaskset, "; ", allows);
}

Ability Affinity(const Findings& found) {
  const std::optional<CpuSet>& allowed = found.own.cpus;
  std::string text = "unknown CPUs";
  if (allowed.has_value()) {
    text = absl::StrCat("CPUs ", allowed->ToString());
    const bool known = found.host.topology.has_value();
    const CpuSet online = known ? found.host.topology->online() : *allowed;
    const CpuSet lost = online.Difference(*allowed);
    if (!lost.empty()) {
      absl::StrAppend(&text, " of ", online.ToString(),
                      " online: ", WhoKeeps(lost, FindCpuset(found.cgroups)));
    } else if (known) {
      absl::StrAppend(&text, ", all that are online");
    }
  }
  return MakeAbility("affinity", found.attempts[Attempt::kAffinity],
                     std::move(text));
}

// How much of each CPU real-time and deadline threads leave to others.
std::string RealTimeShare(const HostContext& host) {
  const std::string runtime =
      ValueOf(host.sysctls, "kernel.sched_rt_runtime_us");
  double runtime_us = 0;
  double period_us = 0;
  if (!absl::SimpleAtod(runtime, &runtime_us) ||
      !absl::SimpleAtod(ValueOf(host.sysctls, "kernel.sched_rt_period_us"),
                        &period_us) ||
      period_us <= 0) {
    return "kernel.sched_rt_runtime_us is not known";
  }
  if (runtime_us < 0) {
    return "nothing limits them: kernel.sched_rt_runtime_us=-1";
  }
  return absl::StrFormat(
      "up to %.3g%% of the time: kernel.sched_rt_runtime_us=%s",
      100 * runtime_us / period_us, runtime);
}

// With RT_GROUP_SCHED, new cgroups of v1 have no real-time run time.
bool V1CgroupsForbid(const Findings& found) {
  if (!found.cgroups.ok()) return false;
  const CgroupMount* v1 = found.cgroups->V1Of("cpu");
  return v1 != nullptr &&
         access((v1->own_folder + "/cpu.rt_runtime_us").c_str(), F_OK) == 0;
}

Ability RealTime(const Findings& found) {
  const int priority = found.attempts.priority;
  std::string text = absl::StrCat("priorities 1 .. ", priority);
  if (priority < SchedSpec::kMaxPriority) {
    absl::StrAppend(&text, " (RLIMIT_RTPRIO; more needs CAP_SYS_NICE)");
  }
  absl::StrAppend(&text, ", ", RealTimeShare(found.host));
  if (V1CgroupsForbid(found)) {
    absl::StrAppend(&text,
                    "; not in new v1 cgroups, whose cpu.rt_runtime_us is 0");
  }
  return MakeAbility("fifo, rr", found.attempts[Attempt::kRealTime],
                     std::move(text));
}

Ability Deadline(const Findings& found) {
  return MakeAbility(
      "deadline", found.attempts[Attempt::kDeadline],
      absl::StrCat("all of them together ", RealTimeShare(found.host),
                   "; only with all CPUs of the root domain as affinity"));
}

Ability Ext(const Findings& found) {
  const std::string& state = found.host.sched_ext;
  const absl::Status& status = found.attempts[Attempt::kExt];
  if (status.ok() && !absl::StartsWith(state, "enabled")) {
    return {"ext", false,
            absl::StrCat("taken, but means normal: sched_ext is ",
                         state.empty() ? "of unknown state" : state,
                         "; load a scheduler, as --scheduler does")};
  }
  return MakeAbility("ext", status, absl::StrCat("sched_ext is ", state));
}

Ability Nice(const Findings& found) {
  const int lowest = found.attempts.lowest_nice;
  const absl::Status& status = found.attempts[Attempt::kNice];
  std::string text = absl::StrCat(lowest, " .. 19");
  if (!status.ok()) absl::StrAppend(&text, "; ", status.message());
  return {"nice", status.ok() || lowest < 0, std::move(text)};
}

// Whether the own cgroup has a share of CPU of its own, which the root has not.
bool HasCpuShare(const absl::StatusOr<CgroupHierarchy>& cgroups) {
  if (!cgroups.ok()) return false;
  if (const CgroupMount* v1 = cgroups->V1Of("cpu"); v1 != nullptr) {
    return v1->own != "/";
  }
  const CgroupMount* v2 = cgroups->v2();
  return v2 != nullptr && !NearestWith(*v2, "cpu.weight").empty();
}

Ability Autogroups(const Findings& found) {
  constexpr char kName[] = "autogroup";
  const std::optional<bool> on = found.host.autogroup;
  if (!on.has_value()) return {kName, false, "no CONFIG_SCHED_AUTOGROUP"};
  if (!*on) {
    return {kName, false,
            "off: sysctl kernel.sched_autogroup_enabled=1 switches it on"};
  }
  if (HasCpuShare(found.cgroups)) {
    return {kName, false,
            absl::StrCat("without effect in the cgroup ", found.host.cgroup,
                         ", which has the controller cpu; be in the root, or "
                         "use cgroups and their weights")};
  }
  return {kName, true, "each session is a group of its own"};
}

}  // namespace

void AddSchedAbilities(const Findings& found, std::vector<Ability>& abilities) {
  const Attempts& attempts = found.attempts;
  absl::Status fair = attempts[Attempt::kBatch];
  fair.Update(attempts[Attempt::kIdle]);
  abilities.push_back(Affinity(found));
  abilities.push_back(MakeAbility("batch, idle", fair, "for everybody"));
  abilities.push_back(RealTime(found));
  abilities.push_back(Deadline(found));
  abilities.push_back(Ext(found));
  abilities.push_back(Nice(found));
  abilities.push_back(
      MakeAbility("uclamp", attempts[Attempt::kUclamp], "0 .. 1024"));
  abilities.push_back(MakeAbility("fair slice", attempts[Attempt::kSlice],
                                  "100us .. 100ms, for normal and batch"));
  abilities.push_back(
      MakeAbility("timer slack", attempts[Attempt::kTimerSlack], "from 1ns"));
  abilities.push_back(Autogroups(found));
  abilities.push_back(MakeAbility("core scheduling",
                                  attempts[Attempt::kCoreCookie],
                                  "CONFIG_SCHED_CORE and SMT are there"));
}

}  // namespace ktstr
