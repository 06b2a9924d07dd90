// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/build_report.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/core/host/host_context.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/report/message/cgroup_proto.h"
#include "ktstr/report/message/placement_proto.h"
#include "ktstr/report/message/utf8.h"
#include "ktstr/report/message/worker_proto.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

proto::Mode ModeOf(WorkerMode mode) {
  return mode == WorkerMode::kFork ? proto::FORK : proto::THREAD;
}

proto::Stressor::StopReason ReasonOf(StopReason reason) {
  switch (reason) {
    case StopReason::kDuration:
      return proto::Stressor::DURATION;
    case StopReason::kIterations:
      return proto::Stressor::ITERATIONS;
    case StopReason::kWorkerLost:
      return proto::Stressor::WORKER_LOST;
    case StopReason::kInterrupted:
      return proto::Stressor::INTERRUPTED;
    case StopReason::kNotRun:
      return proto::Stressor::NOT_RUN;
  }
  return proto::Stressor::NOT_RUN;
}

proto::Outcome FromStatus(const absl::Status& status) {
  proto::Outcome outcome;
  outcome.set_text(std::string(status.message()));
  outcome.set_kind(status.ok()                     ? proto::Outcome::OK
                   : absl::IsUnimplemented(status) ? proto::Outcome::SKIPPED
                                                   : proto::Outcome::FAILED);
  return outcome;
}

// The proof of what did not run was never looked for.
proto::Outcome ProofOf(const StressorResult& result) {
  proto::Outcome outcome;
  if (result.stop_reason == StopReason::kNotRun) return outcome;
  outcome = FromStatus(result.proof.status());
  if (result.proof.ok()) outcome.set_text(*result.proof);
  return outcome;
}

void AddParam(const ParamValue& value, proto::Param& param) {
  param.set_name(value.name);
  param.set_value(value.value);
  param.set_is_default(value.is_default);
}

proto::HostDisturbance ToProto(const HostDisturbance& host) {
  proto::HostDisturbance message;
  if (host.foreign_cpu_ns >= 0) {
    message.set_foreign_cpu_ns(host.foreign_cpu_ns);
  }
  if (host.steal_ns >= 0) message.set_steal_ns(host.steal_ns);
  if (host.capacity_ns >= 0) message.set_capacity_ns(host.capacity_ns);
  message.set_kernel_log_unread(host.kernel_log_unread);
  message.set_kernel_log_lost(host.kernel_log_lost);
  message.set_sched_ext_before(host.sched_ext_before);
  message.set_sched_ext_after(host.sched_ext_after);
  message.mutable_kernel_faults()->Assign(host.kernel_faults.begin(),
                                          host.kernel_faults.end());
  message.mutable_kernel_notes()->Assign(host.kernel_notes.begin(),
                                         host.kernel_notes.end());
  return message;
}

// Each role once, in the order of its first position.
std::vector<std::string> DistinctRoles(const std::vector<std::string>& roles) {
  std::vector<std::string> distinct;
  for (const std::string& role : roles) {
    if (std::find(distinct.begin(), distinct.end(), role) == distinct.end()) {
      distinct.push_back(role);
    }
  }
  return distinct;
}

proto::Stressor ToProto(const StressorResult& result) {
  proto::Stressor message;
  message.set_alias(result.alias);
  message.set_stressor(result.stressor);
  for (const ParamValue& value : result.params) {
    AddParam(value, *message.add_params());
  }
  message.set_mode(ModeOf(result.mode));
  message.set_group_size(result.group_size);
  message.set_own_place(result.own_place);
  *message.mutable_setup() = FromStatus(result.setup);
  *message.mutable_proof() = ProofOf(result);
  message.set_stop_reason(ReasonOf(result.stop_reason));
  message.set_spawn_ns(result.spawn_ns);
  message.set_start_spread_ns(result.start_spread_ns);
  message.set_run_ns(result.run_ns);
  message.set_stop_ns(result.stop_ns);
  if (result.stop_latency_ns >= 0) {
    message.set_stop_latency_ns(result.stop_latency_ns);
  }
  if (!result.workers.empty()) {
    for (const std::string& role : DistinctRoles(result.roles)) {
      *message.add_roles() = SumOfRole(role, result.workers);
    }
  }
  for (const WorkerResult& worker : result.workers) {
    *message.add_workers() = ToProto(worker);
  }
  for (const CgroupResult& cgroup : result.cgroups) {
    *message.add_cgroups() = ToProto(cgroup);
  }
  return message;
}

proto::Options ToProto(const RunOptions& options) {
  proto::Options message;
  message.set_duration_ns(absl::ToInt64Nanoseconds(options.duration));
  message.set_iterations(options.iterations);
  message.set_workers(options.workers);
  message.set_mode(ModeOf(options.mode));
  message.set_cpus(options.cpus.ToString());
  message.set_cpu_count(options.cpus.Count());
  message.set_cpus_given(options.cpus_given);
  message.set_seed(options.seed);
  message.set_grace_ns(absl::ToInt64Nanoseconds(options.grace));
  message.set_timer_slack_ns(absl::ToInt64Nanoseconds(options.timer_slack));
  message.set_samples(options.samples);
  message.set_together(options.together);
  message.set_cpu_share(options.cpu_share);
  *message.mutable_placement() = ToProto(options.placement);
  return message;
}

proto::Topology ToProto(const Topology& topology) {
  proto::Topology message;
  message.set_online(topology.online().ToString());
  message.set_cpus(topology.online().Count());
  message.set_cores(static_cast<uint32_t>(topology.cores().size()));
  for (const Topology::Node& node : topology.nodes()) {
    message.add_nodes(node.cpus.ToString());
  }
  for (const CpuSet& llc : topology.llcs()) message.add_llcs(llc.ToString());
  int threads = 0;
  for (const Topology::Cpu& cpu : topology.cpus()) {
    threads = std::max(threads, cpu.smt_index + 1);
  }
  message.set_threads_per_core(static_cast<uint32_t>(threads));
  return message;
}

void AddAll(const std::vector<NamedValue>& values,
            google::protobuf::RepeatedPtrField<proto::NameValue>& messages) {
  for (const NamedValue& value : values) {
    proto::NameValue& message = *messages.Add();
    message.set_name(value.name);
    message.set_value(value.value);
  }
}

proto::Host ToProto(const HostContext& host) {
  proto::Host message;
  message.set_kernel_release(host.kernel_release);
  message.set_kernel_version(host.kernel_version);
  message.set_machine(host.machine);
  message.set_cpu_model(host.cpu_model);
  message.set_hypervisor(host.hypervisor);
  AddAll(host.kernel_config, *message.mutable_kernel_config());
  message.set_kernel_config_source(host.kernel_config_source);
  AddAll(host.sysctls, *message.mutable_sysctls());
  AddAll(host.sched_debug, *message.mutable_sched_debug());
  if (host.topology) *message.mutable_topology() = ToProto(*host.topology);
  message.set_clocksource(host.clocksource);
  message.set_tick_device(host.tick_device);
  message.mutable_governors()->Assign(host.governors.begin(),
                                      host.governors.end());
  if (host.autogroup) message.set_autogroup(*host.autogroup);
  message.set_cgroup(host.cgroup);
  message.set_sched_ext(host.sched_ext);
  message.mutable_unreadable()->Assign(host.unreadable.begin(),
                                       host.unreadable.end());
  for (const Ability& ability : host.abilities) {
    proto::Ability& row = *message.add_abilities();
    row.set_name(ability.name);
    row.set_can(ability.can);
    row.set_text(ability.text);
  }
  return message;
}

void AddPlanned(const PlannedStressor& planned, uint32_t repeat,
                proto::PlannedStressor& message) {
  message.set_name(ReportName(planned.alias, repeat));
  message.set_stressor(planned.def->name);
  message.set_workers(planned.workers);
  message.set_group_size(planned.group_size);
  for (const ParamValue& value : planned.params) {
    AddParam(value, *message.add_params());
  }
}

}  // namespace

std::string ReportName(absl::string_view alias, uint32_t repeat) {
  return repeat <= 1 ? std::string(alias) : absl::StrCat(alias, ".", repeat);
}

proto::Report StartReport(const RunIdentity& identity, const Plan& plan,
                          const HostContext& host) {
  proto::Report report;
  report.set_version(identity.version);
  report.set_started_unix_ns(identity.started_unix_ns);
  report.mutable_command_line()->Assign(identity.command_line.begin(),
                                        identity.command_line.end());
  *report.mutable_options() = ToProto(plan.options);
  *report.mutable_host() = ToProto(host);
  for (uint32_t repeat = 1; repeat <= identity.repeats; ++repeat) {
    for (const PlanStep& step : plan.steps) {
      for (const PlannedStressor& planned : step.stressors) {
        AddPlanned(planned, repeat, *report.add_plan());
      }
    }
  }
  MakeStringsUtf8(report);
  return report;
}

void AddStep(const StepResult& step, uint32_t repeat, proto::Report& report) {
  for (const StressorResult& result : step.stressors) {
    proto::Stressor stressor = ToProto(result);
    stressor.set_name(ReportName(result.alias, repeat));
    stressor.set_repeat(repeat);
    stressor.set_started_unix_ns(step.started_unix_ns);
    *stressor.mutable_host() = ToProto(step.host);
    MakeStringsUtf8(stressor);
    *report.add_stressors() = std::move(stressor);
  }
  if (report.interrupted_by() == 0) {
    report.set_interrupted_by(step.interrupted_by);
  }
}

}  // namespace ktstr
