// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Which CPUs a run may use.
#ifndef KTSTR_CLI_PLAN_ALLOWED_CPUS_H_
#define KTSTR_CLI_PLAN_ALLOWED_CPUS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/cpu_set.h"

namespace ktstr {

// What the host has to choose from.
struct HostCpus {
  CpuSet possible;  // Empty: unknown, there is no /sys.
  CpuSet online;    // Empty: unknown.
  CpuSet allowed;   // The affinity that ktstr was started with.
};

// Reads them; `root` stands before /sys. Fails only where the affinity cannot
// be read.
absl::StatusOr<HostCpus> ReadHostCpus(const std::string& root = "");

// Returns the CPUs of `cpulist` ("0-3,8"). InvalidArgument says what is wrong
// with it: not a list, empty, or a CPU that does not exist, is offline, or
// that ktstr itself may not run on.
absl::StatusOr<CpuSet> ChooseCpus(absl::string_view cpulist,
                                  const HostCpus& host);

}  // namespace ktstr

#endif  // KTSTR_CLI_PLAN_ALLOWED_CPUS_H_
