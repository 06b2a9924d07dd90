// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_HOST_HOST_CONTEXT_H_
#define KTSTR_CORE_HOST_HOST_CONTEXT_H_

#include <optional>
#include <string>
#include <vector>

#include "ktstr/topology/topology.h"

namespace ktstr {

struct NamedValue {
  std::string name;
  std::string value;
  bool operator==(const NamedValue&) const = default;
};

// Something that a host can or cannot do for a run.
struct Ability {
  std::string name;  // "fifo, rr".
  bool can = false;
  std::string text;  // How far, or why not and what to change.
  bool operator==(const Ability&) const = default;
};

// The machine that a run was made on, as far as schedulers care. Texts are
// empty where the host does not say.
struct HostContext {
  std::string kernel_release;  // "6.12.0"
  std::string kernel_version;  // "#1 SMP PREEMPT_DYNAMIC ..."
  std::string machine;         // "x86_64"
  std::string cpu_model;
  std::string hypervisor;  // A hint: "KVM", "xen", or "unknown" for a guest.

  std::vector<NamedValue> kernel_config;  // "CONFIG_HZ": "250"; "n": not set.
  std::string kernel_config_source;       // The file; empty if none was found.
  std::vector<NamedValue> sysctls;        // "kernel.sched_rt_period_us"
  std::vector<NamedValue> sched_debug;    // Of debugfs: "features"

  std::optional<Topology> topology;
  std::string clocksource;
  std::string tick_device;             // "lapic-deadline"
  std::vector<std::string> governors;  // Each once, sorted; empty: no cpufreq.
  std::optional<bool> autogroup;
  std::string cgroup;     // Ours: of v2, or of v1's cpu controller.
  std::string sched_ext;  // As ReadSchedExt says.

  std::vector<Ability> abilities;  // See ReadHostAndAbilities().

  // What there might have been and could not be read, with the reason.
  std::vector<std::string> unreadable;
};

// Reads all of it from the files below `root` (tests fake one): about a
// hundred small files and two for each CPU.
HostContext ReadHostContext(const std::string& root = "");

// The value of `name`, or "" if it is not in `values`.
std::string ValueOf(const std::vector<NamedValue>& values,
                    const std::string& name);

}  // namespace ktstr

#endif  // KTSTR_CORE_HOST_HOST_CONTEXT_H_
