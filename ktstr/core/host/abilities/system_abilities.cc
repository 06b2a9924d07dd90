// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/abilities/system_abilities.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/proc/kernel_log.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

// For the effective user. Also false on a file system mounted read-only.
bool Writable(const std::string& path) {
  return faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

// Capabilities of the initial user namespace.
bool HasGlobal(const OwnStatus& own, int capability) {
  return own.Has(capability) && !own.in_user_namespace;
}

std::string InNamespace(const OwnStatus& own) {
  return own.in_user_namespace ? ", of the initial user namespace" : "";
}

Ability LoadScheduler(const Findings& found) {
  constexpr char kName[] = "load a scheduler";
  const std::string& state = found.host.sched_ext;
  if (state.empty()) {
    return {kName, false,
            "no /sys/kernel/sched_ext: no CONFIG_SCHED_CLASS_EXT (Linux 6.12)"};
  }
  if (absl::StartsWith(state, "enabled")) {
    return {
        kName, false,
        absl::StrCat("one is loaded, and there is room for one only: ", state)};
  }
  if (!HasGlobal(found.own, CAP_SYS_ADMIN) &&
      !(HasGlobal(found.own, CAP_BPF) && HasGlobal(found.own, CAP_PERFMON))) {
    return {kName, false,
            absl::StrCat("needs CAP_SYS_ADMIN, or CAP_BPF and CAP_PERFMON",
                         InNamespace(found.own))};
  }
  if (!Exists(found.root + "/sys/kernel/btf/vmlinux")) {
    return {kName, false,
            "no /sys/kernel/btf/vmlinux: no CONFIG_DEBUG_INFO_BTF"};
  }
  return {kName, true, absl::StrCat("sched_ext is ", state)};
}

Ability KernelMessages(const Findings& found) {
  constexpr char kName[] = "kernel log";
  const std::string path = found.root + "/dev/kmsg";
  const absl::Status status = KernelLog::OpenAtEnd(path).status();
  const int error = ErrnoOf(status);
  std::string why;
  if (error == EPERM || error == EACCES) {
    why =
        "; needs CAP_SYSLOG, or sysctl kernel.dmesg_restrict=0 and a file "
        "that may be read";
  } else if (error == ENOENT) {
    why = "; give it to the container";
  }
  Ability log = MakeAbility(kName, status, path);
  absl::StrAppend(&log.text, why);
  return log;
}

Ability SystemCalls(const Findings& found) {
  constexpr char kName[] = "any system call";
  const int mode = found.own.seccomp.value_or(0);
  if (mode != 0) {
    return {kName, false,
            absl::StrCat("Seccomp: ", mode,
                         " in /proc/self/status: a filter may refuse some; "
                         "containers start without by --security-opt "
                         "seccomp=unconfined")};
  }
  return {kName, true,
          found.own.seccomp.has_value() ? "no seccomp filter"
                                        : "a kernel without seccomp"};
}

// What the value of the sysctl leaves to those without a capability.
std::string ParanoidText(int level) {
  if (level > 2) return "nothing";
  if (level == 2) return "own processes, without the kernel";
  return level == 1 ? "own processes" : "whole CPUs";
}

Ability PerfEvents(const Findings& found) {
  constexpr char kName[] = "perf events";
  const absl::StatusOr<std::string> text =
      ReadFileTrimmed(found.root + "/proc/sys/kernel/perf_event_paranoid");
  int level = 0;
  if (!text.ok() || !absl::SimpleAtoi(*text, &level)) {
    return {kName, false, "no CONFIG_PERF_EVENTS"};
  }
  const bool privileged =
      HasGlobal(found.own, CAP_PERFMON) || HasGlobal(found.own, CAP_SYS_ADMIN);
  const std::string devices = found.root + "/sys/bus/event_source/devices/";
  const bool hardware = Exists(devices + "cpu") ||
                        Exists(devices + "cpu_core") ||
                        Exists(devices + "armv8_pmuv3_0");
  return {kName, privileged || level <= 2,
          absl::StrCat(
              privileged ? "whole CPUs" : ParanoidText(level),
              " (kernel.perf_event_paranoid=", level, "), ",
              hardware ? "with hardware counters" : "no hardware counters")};
}

// On x86 CPU 0 has no such file.
Ability Hotplug(const Findings& found) {
  constexpr char kName[] = "CPU hotplug";
  const std::string folder = "/sys/devices/system/cpu/cpu";
  if (found.host.topology.has_value()) {
    for (const Topology::Cpu& cpu : found.host.topology->cpus()) {
      const std::string file = absl::StrCat(folder, cpu.id, "/online");
      if (!Exists(found.root + file)) continue;
      if (Writable(found.root + file)) {
        return {kName, true,
                absl::StrCat(file, " can be written; ktstr never does")};
      }
      return {kName, false,
              absl::StrCat(file,
                           " cannot be written: not root, or /sys is "
                           "mounted read-only")};
    }
  }
  return {kName, false,
          absl::StrCat("no ", folder,
                       "N/online: no CONFIG_HOTPLUG_CPU, or one "
                       "CPU")};
}

}  // namespace

void AddSystemAbilities(const Findings& found,
                        std::vector<Ability>& abilities) {
  abilities.push_back(LoadScheduler(found));
  abilities.push_back(KernelMessages(found));
  abilities.push_back(SystemCalls(found));
  abilities.push_back(PerfEvents(found));
  abilities.push_back(Hotplug(found));
}

}  // namespace ktstr
