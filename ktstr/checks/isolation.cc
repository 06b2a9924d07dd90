// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/isolation.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/checks/check_line.h"

namespace ktstr {
namespace {

constexpr absl::string_view kName = "isolation";

}  // namespace

proto::Check CheckIsolation(const proto::Options& options,
                            const proto::Stressor& stressor) {
  const absl::StatusOr<CpuSet> allowed = CpuSet::Parse(options.cpus());
  if (!allowed.ok()) {
    return CheckLine(kName, proto::FAIL,
                     "the report does not say which CPUs were allowed");
  }
  CpuSet all;
  for (const proto::Worker& worker : stressor.workers()) {
    if (worker.cpus_used().empty()) continue;  // It never got to a CPU.
    const absl::StatusOr<CpuSet> used = CpuSet::Parse(worker.cpus_used());
    if (!used.ok()) {
      return CheckLine(
          kName, proto::FAIL,
          absl::StrCat(WorkerLabel(worker), ": ", used.status().message()));
    }
    const CpuSet outside = used->Difference(*allowed);
    if (!outside.empty()) {
      return CheckLine(
          kName, proto::FAIL,
          absl::StrCat(WorkerLabel(worker), " was on CPU ", outside.ToString(),
                       ", allowed are ", options.cpus()));
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
