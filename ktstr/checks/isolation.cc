// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/isolation.h"

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/checks/check_line.h"

namespace ktstr {
namespace {

constexpr absl::string_view kName = "isolation";

using Settings = google::protobuf::RepeatedPtrField<proto::Setting>;

// The CPUs that the kernel said to be in effect by setting `name`; "" if it is
// not there, was not applied, or is longer than its record and cut.
std::string CpusBy(absl::string_view name, const Settings& settings) {
  for (const proto::Setting& setting : settings) {
    if (absl::string_view(setting.name()) != name || !setting.applied()) {
      continue;
    }
    return absl::EndsWith(setting.got(), "...") ? "" : setting.got();
  }
  return "";
}

// An error if some of `used` is not in the list `cpus`, which is `whose`.
absl::Status CheckInside(const CpuSet& used, absl::string_view whose,
                         const std::string& cpus) {
  if (cpus.empty()) return absl::OkStatus();
  KTSTR_ASSIGN_OR_RETURN(const CpuSet set, CpuSet::Parse(cpus));
  const CpuSet outside = used.Difference(set);
  if (outside.empty()) return absl::OkStatus();
  return absl::OutOfRangeError(
      absl::StrCat("was on CPU ", outside.ToString(), ", ", whose, " ", cpus));
}

// By name of the cgroup.
std::map<std::string, std::string> Cpusets(const proto::Stressor& stressor) {
  std::map<std::string, std::string> cpusets;
  for (const proto::Cgroup& cgroup : stressor.cgroups()) {
    cpusets[cgroup.name()] = CpusBy("cpus", cgroup.settings());
  }
  return cpusets;
}

}  // namespace

proto::Check CheckIsolation(const proto::Options& options,
                            const proto::Stressor& stressor) {
  if (!CpuSet::Parse(options.cpus()).ok()) {
    return CheckLine(kName, proto::FAIL,
                     "the report does not say which CPUs were allowed");
  }
  std::map<std::string, std::string> cpusets = Cpusets(stressor);
  CpuSet all;
  for (const proto::Worker& worker : stressor.workers()) {
    if (worker.cpus_used().empty()) continue;  // It never got to a CPU.
    const absl::StatusOr<CpuSet> used = CpuSet::Parse(worker.cpus_used());
    absl::Status inside = used.status();
    const auto check = [&](absl::string_view whose, const std::string& cpus) {
      if (inside.ok()) inside = CheckInside(*used, whose, cpus);
    };
    check("allowed are", options.cpus());
    check("its affinity is", CpusBy("affinity", worker.settings()));
    check(absl::StrCat("the cpuset of cgroup ", worker.cgroup(), " is"),
          cpusets[worker.cgroup()]);
    if (!inside.ok()) {
      return CheckLine(
          kName, proto::FAIL,
          absl::StrCat(WorkerLabel(worker), " ", inside.message()));
    }
    all = all.Union(*used);
  }
  if (all.empty()) {
    return CheckLine(kName, proto::SKIP, "no worker told where it ran");
  }
  return CheckLine(
      kName, proto::PASS,
      absl::StrCat("CPUs used: ", all.ToString(), " of ", options.cpus()));
}

}  // namespace ktstr
