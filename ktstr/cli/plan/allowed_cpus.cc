// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/plan/allowed_cpus.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/file.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

// Empty where there is no such file.
CpuSet ReadList(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFileTrimmed(path);
  if (!text.ok()) return CpuSet();
  return CpuSet::Parse(*text).value_or(CpuSet());
}

// "CPU 3 ONE", "CPUs 3-4 MANY".
std::string Cpus(const CpuSet& cpus, absl::string_view one,
                 absl::string_view many) {
  const bool single = cpus.Count() == 1;
  return absl::StrCat(single ? "CPU " : "CPUs ", cpus.ToString(), " ",
                      single ? one : many);
}

absl::Status CheckHost(const CpuSet& wanted, const HostCpus& host) {
  const CpuSet absent = wanted.Difference(host.possible);
  if (!host.possible.empty() && !absent.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(Cpus(absent, "does not exist", "do not exist"),
                     "; this machine has ", host.possible.ToString()));
  }
  const CpuSet offline = wanted.Difference(host.online);
  if (!host.online.empty() && !offline.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(Cpus(offline, "is offline", "are offline"),
                     "; online are ", host.online.ToString()));
  }
  const CpuSet barred = wanted.Difference(host.allowed);
  if (barred.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      Cpus(barred, "is not allowed", "are not allowed"),
      " by the cpuset or taskset that ktstr was started in; allowed are ",
      host.allowed.ToString()));
}

}  // namespace

absl::StatusOr<HostCpus> ReadHostCpus(const std::string& root) {
  const std::string folder = root + "/sys/devices/system/cpu/";
  HostCpus host;
  KTSTR_ASSIGN_OR_RETURN(host.allowed, GetAffinity());
  host.possible = ReadList(folder + "possible");
  host.online = ReadList(folder + "online");
  return host;
}

absl::StatusOr<CpuSet> ChooseCpus(absl::string_view cpulist,
                                  const HostCpus& host) {
  if (absl::StripAsciiWhitespace(cpulist).empty()) {
    return absl::InvalidArgumentError(
        "--cpus is empty; it takes a list such as 0-3,8");
  }
  absl::StatusOr<CpuSet> cpus = CpuSet::Parse(cpulist);
  const absl::Status usable =
      cpus.ok() ? CheckHost(*cpus, host) : cpus.status();
  if (usable.ok()) return cpus;
  return absl::InvalidArgumentError(
      absl::StrCat("--cpus=", cpulist, ": ", usable.message()));
}

}  // namespace ktstr
