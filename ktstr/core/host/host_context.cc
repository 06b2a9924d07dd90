// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/host_context.h"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/core/host/sched_ext.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

// Options that change what a scheduler does or what its numbers mean.
constexpr absl::string_view kConfigOptions[] = {
    "CONFIG_CFS_BANDWIDTH",
    "CONFIG_DEBUG_PREEMPT",
    "CONFIG_FAIR_GROUP_SCHED",
    "CONFIG_HIGH_RES_TIMERS",
    "CONFIG_HZ",
    "CONFIG_IRQ_TIME_ACCOUNTING",
    "CONFIG_KASAN",
    "CONFIG_NO_HZ_COMMON",
    "CONFIG_NO_HZ_FULL",
    "CONFIG_NO_HZ_IDLE",
    "CONFIG_NUMA_BALANCING",
    "CONFIG_PARAVIRT_TIME_ACCOUNTING",
    "CONFIG_PREEMPT",
    "CONFIG_PREEMPT_DYNAMIC",
    "CONFIG_PREEMPT_LAZY",
    "CONFIG_PREEMPT_NONE",
    "CONFIG_PREEMPT_RT",
    "CONFIG_PREEMPT_VOLUNTARY",
    "CONFIG_PROVE_LOCKING",
    "CONFIG_PSI",
    "CONFIG_RT_GROUP_SCHED",
    "CONFIG_SCHEDSTATS",
    "CONFIG_SCHED_AUTOGROUP",
    "CONFIG_SCHED_CLASS_EXT",
    "CONFIG_SCHED_CLUSTER",
    "CONFIG_SCHED_CORE",
    "CONFIG_SCHED_DEBUG",
    "CONFIG_SCHED_MC",
    "CONFIG_SCHED_SMT",
    "CONFIG_TICK_CPU_ACCOUNTING",
    "CONFIG_UCLAMP_TASK",
    "CONFIG_VIRT_CPU_ACCOUNTING_GEN",
};

// Below /proc/sys/kernel. Which of them exist depends on version and config.
constexpr absl::string_view kSysctls[] = {
    "nmi_watchdog",
    "numa_balancing",
    "sched_autogroup_enabled",
    "sched_cfs_bandwidth_slice_us",
    "sched_child_runs_first",
    "sched_deadline_period_max_us",
    "sched_deadline_period_min_us",
    "sched_energy_aware",
    "sched_itmt_enabled",
    "sched_latency_ns",
    "sched_migration_cost_ns",
    "sched_min_granularity_ns",
    "sched_nr_migrate",
    "sched_rr_timeslice_ms",
    "sched_rt_period_us",
    "sched_rt_runtime_us",
    "sched_schedstats",
    "sched_tunable_scaling",
    "sched_util_clamp_max",
    "sched_util_clamp_min",
    "sched_util_clamp_min_rt_default",
    "sched_wakeup_granularity_ns",
    "timer_migration",
    "watchdog_thresh",
};

// Below /sys/kernel/debug/sched.
constexpr absl::string_view kSchedDebug[] = {
    "base_slice_ns",     "features",
    "latency_ns",        "latency_warn_ms",
    "migration_cost_ns", "min_granularity_ns",
    "nr_migrate",        "preempt",
    "tunable_scaling",   "wakeup_granularity_ns",
};

std::string ReadOr(const std::string& path, absl::string_view otherwise) {
  absl::StatusOr<std::string> text = ReadFileTrimmed(path);
  return text.ok() ? *std::move(text) : std::string(otherwise);
}

// The first bytes of a file that may be long and slow to make: /proc/cpuinfo
// asks every CPU for its clock.
std::string ReadFront(const std::string& path) {
  std::array<char, 4096> buffer;
  const absl::StatusOr<Fd> fd = OpenFile(path, O_RDONLY);
  if (!fd.ok()) return "";
  const ssize_t got = read(fd->get(), buffer.data(), buffer.size());
  return got > 0 ? std::string(buffer.data(), static_cast<size_t>(got)) : "";
}

void ReadKernel(const std::string& root, HostContext& host) {
  utsname name = {};  // Where /proc is missing. Fails only for bad pointers.
  if (uname(&name) != 0) return;
  const std::string folder = root + "/proc/sys/kernel/";
  host.kernel_release = ReadOr(folder + "osrelease", name.release);
  host.kernel_version = ReadOr(folder + "version", name.version);
  host.machine = ReadOr(folder + "arch", name.machine);  // Since 6.1.
}

// "model name\t: Some CPU" of x86; the fields of others come after it.
std::string CpuModelFrom(absl::string_view cpuinfo) {
  for (const absl::string_view field :
       {"model name", "cpu model", "uarch", "cpu\t", "CPU part"}) {
    for (absl::string_view line : absl::StrSplit(cpuinfo, '\n')) {
      if (!absl::StartsWith(line, field)) continue;
      const size_t colon = line.find(':');
      if (colon == line.npos) continue;
      return std::string(absl::StripAsciiWhitespace(line.substr(colon + 1)));
    }
  }
  return "";
}

void ReadCpuModel(const std::string& root, HostContext& host) {
  const std::string cpuinfo = ReadFront(root + "/proc/cpuinfo");
  host.cpu_model = CpuModelFrom(cpuinfo);
  host.hypervisor = ReadOr(root + "/sys/hypervisor/type", "");
  if (!host.hypervisor.empty()) return;
  const std::string clocks =
      ReadOr(root +
                 "/sys/devices/system/clocksource/clocksource0/"
                 "available_clocksource",
             "");
  if (absl::StrContains(clocks, "kvm-clock")) {
    host.hypervisor = "KVM";
  } else if (absl::StrContains(clocks, "hyperv")) {
    host.hypervisor = "Hyper-V";
  } else if (absl::StrContains(cpuinfo, " hypervisor")) {
    host.hypervisor = ReadOr(root + "/sys/class/dmi/id/sys_vendor", "unknown");
  }
}

// Appends the options of interest that `config` mentions, in our order.
void AppendOptions(absl::string_view config, HostContext& host) {
  constexpr absl::string_view kNotSet = " is not set";
  const std::set<absl::string_view> wanted(std::begin(kConfigOptions),
                                           std::end(kConfigOptions));
  for (absl::string_view line : absl::StrSplit(config, '\n')) {
    std::string value = "n";
    if (absl::ConsumePrefix(&line, "# ")) {
      if (!absl::ConsumeSuffix(&line, kNotSet)) continue;
    } else {
      const size_t equals = line.find('=');
      if (equals == line.npos) continue;
      value = std::string(line.substr(equals + 1));
      line = line.substr(0, equals);
    }
    if (wanted.count(line) == 0) continue;
    host.kernel_config.push_back({std::string(line), std::move(value)});
  }
}

void ReadKernelConfig(const std::string& root, HostContext& host) {
  for (const std::string& path :
       {absl::StrCat("/boot/config-", host.kernel_release),
        absl::StrCat("/lib/modules/", host.kernel_release, "/config")}) {
    const absl::StatusOr<std::string> config = ReadFile(root + path);
    if (!config.ok()) continue;
    host.kernel_config_source = path;
    AppendOptions(*config, host);
    return;
  }
  const bool packed = access((root + "/proc/config.gz").c_str(), R_OK) == 0;
  host.unreadable.push_back(
      absl::StrCat("kernel config: no /boot/config-", host.kernel_release,
                   packed ? ", and /proc/config.gz is packed" : ""));
}

// Appends `prefix`NAME for each of `names` that `folder` has.
template <typename Names>
std::vector<NamedValue> ReadFolder(const std::string& folder,
                                   const Names& names,
                                   absl::string_view prefix) {
  std::vector<NamedValue> values;
  for (const absl::string_view name : names) {
    absl::StatusOr<std::string> value =
        ReadFileTrimmed(absl::StrCat(folder, name));
    if (!value.ok()) continue;
    values.push_back({absl::StrCat(prefix, name), *std::move(value)});
  }
  return values;
}

void ReadTunables(const std::string& root, HostContext& host) {
  host.sysctls = ReadFolder(root + "/proc/sys/kernel/", kSysctls, "kernel.");
  if (host.sysctls.empty()) {
    host.unreadable.push_back("sysctls: nothing in /proc/sys/kernel");
  }
  host.sched_debug =
      ReadFolder(root + "/sys/kernel/debug/sched/", kSchedDebug, "");
  if (host.sched_debug.empty()) {
    host.unreadable.push_back(
        "scheduler features: no /sys/kernel/debug/sched (debugfs)");
  }
  const std::string autogroup =
      ValueOf(host.sysctls, "kernel.sched_autogroup_enabled");
  if (!autogroup.empty()) host.autogroup = autogroup != "0";
}

void ReadClocks(const std::string& root, HostContext& host) {
  const std::string devices = root + "/sys/devices/system/";
  host.clocksource =
      ReadOr(devices + "clocksource/clocksource0/current_clocksource", "");
  host.tick_device =
      ReadOr(devices + "clockevents/clockevent0/current_device", "");
  if (host.clocksource.empty()) {
    host.unreadable.push_back("clock source: not in /sys/devices/system");
  }
}

void ReadTopology(const std::string& root, HostContext& host) {
  absl::StatusOr<Topology> topology = Topology::Read(root);
  if (!topology.ok()) {
    host.unreadable.push_back(
        absl::StrCat("topology: ", topology.status().message()));
    return;
  }
  if (!topology->known()) {
    host.unreadable.push_back(
        absl::StrCat("topology: ", topology->unknown_reason()));
  }
  std::set<std::string> governors;
  for (const Topology::Cpu& cpu : topology->cpus()) {
    if (cpu.online && !cpu.governor.empty()) governors.insert(cpu.governor);
  }
  host.governors.assign(governors.begin(), governors.end());
  host.topology = *std::move(topology);
}

// Our line of /proc/self/cgroup: "4:cpu,cpuacct:/a" of the cpu controller
// where v1 has it, else "0::/a" of v2.
std::string CgroupFrom(absl::string_view lines) {
  std::string found;
  for (const absl::string_view line : absl::StrSplit(lines, '\n')) {
    const std::vector<std::string> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (parts.size() != 3) continue;
    if (parts[1].empty() && found.empty()) found = parts[2];
    for (const absl::string_view controller : absl::StrSplit(parts[1], ',')) {
      if (controller == "cpu") found = parts[2];
    }
  }
  return found;
}

}  // namespace

HostContext ReadHostContext(const std::string& root) {
  HostContext host;
  ReadKernel(root, host);
  ReadCpuModel(root, host);
  ReadKernelConfig(root, host);
  ReadTunables(root, host);
  ReadClocks(root, host);
  ReadTopology(root, host);
  host.cgroup = CgroupFrom(ReadOr(root + "/proc/self/cgroup", ""));
  host.sched_ext = ReadSchedExt(root);
  return host;
}

std::string ValueOf(const std::vector<NamedValue>& values,
                    const std::string& name) {
  for (const NamedValue& value : values) {
    if (value.name == name) return value.value;
  }
  return "";
}

}  // namespace ktstr
