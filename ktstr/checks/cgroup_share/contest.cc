// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/cgroup_share/contest.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/checks/check_line.h"

namespace ktstr {
namespace {

// A worker that waited for more of its time was not always there to compete.
constexpr double kMostWaiting = 0.02;
// The same of all that the kernel did not count as running or wanting to.
constexpr double kMostAway = 0.1;
// One that ended earlier, and not by the stop, left the CPU to the others.
constexpr double kLeastOfRun = 0.95;
// Below it are idle cgroups, which get what nobody else wants.
constexpr double kLeastWeight = 1;

using Settings = google::protobuf::RepeatedPtrField<proto::Setting>;

absl::Status CannotTell(absl::string_view who, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(who, " ", why));
}

const proto::Setting* Find(absl::string_view name, const Settings& settings) {
  for (const proto::Setting& setting : settings) {
    if (absl::string_view(setting.name()) == name) return &setting;
  }
  return nullptr;
}

absl::Status RequireRun(const proto::Options& options,
                        const proto::Stressor& stressor) {
  if (stressor.cgroups_size() < 2) {
    return absl::FailedPreconditionError("there are no two cgroups");
  }
  if (stressor.own_place()) {
    return absl::FailedPreconditionError(
        "its workers change their own policy, CPUs or cgroup; run a stressor "
        "that does not, such as spin_wait");
  }
  if (options.together()) {
    return absl::FailedPreconditionError(
        "other stressors ran at the same time; leave out --together");
  }
  for (const proto::NameValue& asked : options.placement()) {
    if (asked.name() == "core_cookie" && asked.value() != "none") {
      return absl::FailedPreconditionError(
          "core scheduling keeps CPUs idle; leave out --core_cookie");
    }
  }
  return absl::OkStatus();
}

absl::Status RequireShare(const proto::Cgroup& cgroup) {
  const std::string who = absl::StrCat("cgroup ", cgroup.name());
  if (!cgroup.has_cpu()) {
    return CannotTell(who,
                      "has no share of CPU of its own: the controller cpu is "
                      "not there ('ktstr describe host' says why)");
  }
  const proto::Setting* weight = Find("weight", cgroup.settings());
  if (weight != nullptr && !weight->applied()) {
    return CannotTell(who, "did not get its weight (see applied)");
  }
  if (!(cgroup.weight() >= kLeastWeight)) {
    return CannotTell(who, "is idle by weight, which promises no share");
  }
  if (!cgroup.has_usage_ns()) {
    return CannotTell(who, "used an unknown amount of CPU time");
  }
  if (cgroup.throttled_periods() > 0) {
    return CannotTell(
        who,
        absl::StrCat("was throttled in ", cgroup.throttled_periods(), " of ",
                     Counted(cgroup.periods(), "period"), "; leave out max="));
  }
  return absl::OkStatus();
}

// What the kernel did not count as running or wanting to run; 0 if it does not
// tell. A guest's time that was stolen is in neither.
double Away(const proto::Worker& worker, const proto::HostDisturbance& host) {
  const proto::Counters& counters = worker.counters();
  if (!counters.has_on_cpu_ns() || !counters.has_run_delay_ns()) return 0;
  return static_cast<double>(worker.run_ns()) -
         static_cast<double>(counters.on_cpu_ns()) -
         static_cast<double>(counters.run_delay_ns()) -
         static_cast<double>(host.steal_ns());
}

// `end_ns`: when the last worker of all ended.
absl::Status RequireAlwaysThere(const proto::Worker& worker, int64_t end_ns,
                                const proto::HostDisturbance& host) {
  const std::string who = WorkerLabel(worker);
  if (worker.end() != proto::Worker::FINISHED) {
    return CannotTell(who, "did not finish");
  }
  const auto run_ns = static_cast<double>(worker.run_ns());
  if (!worker.has_stop_latency_ns() &&
      static_cast<double>(worker.begin_at_ns()) + run_ns <
          kLeastOfRun * static_cast<double>(end_ns)) {
    return CannotTell(who,
                      "ended before the others; bound the run by "
                      "--duration only");
  }
  const double waited =
      std::max(static_cast<double>(worker.waiting_ns()) / run_ns - kMostWaiting,
               Away(worker, host) / run_ns - kMostAway);
  if (run_ns <= 0 || waited > 0) {
    return CannotTell(who,
                      "did not want a CPU all the time; run a stressor that "
                      "never waits, such as spin_wait");
  }
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> OnlyCpu(const proto::Worker& worker) {
  const proto::Setting* affinity = Find("affinity", worker.settings());
  if (affinity != nullptr && affinity->applied()) {
    const absl::StatusOr<CpuSet> cpus = CpuSet::Parse(affinity->got());
    if (cpus.ok() && cpus->Count() == 1) return cpus->First();
  }
  return CannotTell(WorkerLabel(worker),
                    "is not pinned to one CPU; add --affinity=spread");
}

// How it is scheduled: "normal nice 0", as far as that was asked for.
absl::StatusOr<std::string> FairPolicy(const proto::Worker& worker) {
  std::string policy = "normal";
  const proto::Setting* asked = Find("policy", worker.settings());
  if (asked != nullptr) policy = asked->got();
  if (policy != "normal" && policy != "batch") {
    return CannotTell(
        WorkerLabel(worker),
        absl::StrCat("is of policy ", policy.empty() ? "unknown" : policy,
                     "; weights are for normal and batch"));
  }
  const proto::Setting* nice = Find("nice", worker.settings());
  if (nice != nullptr) absl::StrAppend(&policy, " nice ", nice->got());
  return policy;
}

absl::Status RequireOnePolicy(const proto::Stressor& stressor) {
  std::string common;
  for (const proto::Worker& worker : stressor.workers()) {
    KTSTR_ASSIGN_OR_RETURN(const std::string policy, FairPolicy(worker));
    if (common.empty()) common = policy;
    if (policy != common) {
      return CannotTell(WorkerLabel(worker),
                        absl::StrCat("is ", policy, " and others are ", common,
                                     ": weights are for workers that are "
                                     "alike"));
    }
  }
  return absl::OkStatus();
}

int64_t EndOfLast(const proto::Stressor& stressor) {
  int64_t end_ns = 0;
  for (const proto::Worker& worker : stressor.workers()) {
    end_ns = std::max(end_ns, worker.begin_at_ns() + worker.run_ns());
  }
  return end_ns;
}

// Puts each worker into its cgroup, `index` by name.
absl::Status AddWorkers(const proto::Stressor& stressor,
                        const std::map<std::string, size_t>& index,
                        Contest& contest) {
  const int64_t end_ns = EndOfLast(stressor);
  bool known = true;
  for (const proto::Worker& worker : stressor.workers()) {
    const auto it = index.find(worker.cgroup());
    const proto::Setting* entered = Find("cgroup", worker.settings());
    if (it == index.end() || (entered != nullptr && !entered->applied())) {
      return CannotTell(WorkerLabel(worker), "is in none of the cgroups");
    }
    KTSTR_RETURN_IF_ERROR(RequireAlwaysThere(worker, end_ns, stressor.host()));
    KTSTR_ASSIGN_OR_RETURN(const uint32_t cpu, OnlyCpu(worker));
    ++contest.contenders[it->second].cpus[cpu];
    known &= worker.counters().has_on_cpu_ns();
    contest.cpu_ns[cpu] += static_cast<double>(worker.counters().on_cpu_ns());
  }
  if (!known) contest.cpu_ns.clear();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Contest> FairContest(const proto::Options& options,
                                    const proto::Stressor& stressor) {
  KTSTR_RETURN_IF_ERROR(RequireRun(options, stressor));
  Contest contest;
  std::map<std::string, size_t> index;
  for (const proto::Cgroup& cgroup : stressor.cgroups()) {
    KTSTR_RETURN_IF_ERROR(RequireShare(cgroup));
    index.emplace(cgroup.name(), contest.contenders.size());
    contest.contenders.push_back({.weight = cgroup.weight()});
  }
  KTSTR_RETURN_IF_ERROR(AddWorkers(stressor, index, contest));
  KTSTR_RETURN_IF_ERROR(RequireOnePolicy(stressor));
  for (const auto& [name, i] : index) {
    if (contest.contenders[i].cpus.empty()) {
      return CannotTell(absl::StrCat("cgroup ", name), "has no worker");
    }
  }
  if (!Compete(contest.contenders)) {
    return absl::FailedPreconditionError(
        "no two cgroups meet on a CPU; raise --workers");
  }
  return contest;
}

}  // namespace ktstr
