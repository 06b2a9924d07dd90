// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/sample_report.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::TextFormat;

constexpr char kRun[] = R"pb(
  version: "0.1"
  started_unix_ns: 1700000000000000000
  ended_unix_ns: 1700000011500000000
  command_line: "ktstr"
  command_line: "--stressor=wake_chain,slow=thundering_herd,numa_sweep,last"
  options {
    duration_ns: 5000000000
    cpus: "0-1"
    cpu_count: 2
    seed: 17
    grace_ns: 2000000000
    timer_slack_ns: 1
    placement { name: "affinity" value: "spread" }
    placement { name: "sched" value: "waker=fifo:50" }
  }
  host {
    kernel_release: "6.12.9-test"
    kernel_version: "#7 SMP PREEMPT_DYNAMIC Debian"
    machine: "x86_64"
    cpu_model: "Some CPU @ 2.10GHz"
    hypervisor: "KVM"
    kernel_config { name: "CONFIG_HZ" value: "250" }
    topology {
      online: "0-1"
      nodes: "0-1"
      llcs: "0-1"
      cpus: 2
      cores: 1
      threads_per_core: 2
    }
    clocksource: "tsc"
    tick_device: "lapic-deadline"
    governors: "powersave"
    autogroup: true
    sched_ext: "enabled simple (seq 3)"
    abilities { name: "fifo, rr" can: true text: "without limits" }
    abilities { name: "uclamp" text: "the kernel has no CONFIG_UCLAMP_TASK" }
    abilities { name: "core scheduling" text: "no SMT" }
  }
  plan {
    name: "wake_chain"
    stressor: "wake_chain"
    workers: 2
    group_size: 2
    params { name: "depth" value: "2" }
    params { name: "wake" value: "pipe" }
  }
  plan { name: "slow" stressor: "thundering_herd" workers: 3 group_size: 3 }
  plan { name: "numa_sweep" stressor: "numa_sweep" workers: 1 group_size: 1 }
  plan { name: "last" stressor: "spin_wait" workers: 2 group_size: 1 }
  verdict: FAIL
)pb";

constexpr char kPassed[] = R"pb(
  name: "wake_chain"
  alias: "wake_chain"
  stressor: "wake_chain"
  repeat: 1
  params { name: "depth" value: "2" }
  params { name: "wake" value: "pipe" is_default: true }
  group_size: 2
  setup { kind: OK }
  proof { kind: OK text: "250000 hops by each of 2 stages" }
  stop_reason: DURATION
  spawn_ns: 1210000
  start_spread_ns: 31200
  run_ns: 5000000000
  stop_ns: 2300000
  stop_latency_ns: 85600
  roles {
    name: "stage"
    workers: 2
    iterations: 500000
    run_ns: 10000000000
    migrations: 61
    counters {
      voluntary_switches: 600000
      involuntary_switches: 450000
      on_cpu_ns: 4980000000
      run_delay_ns: 123000000
      timeslices: 1000000
      migrations: 60
    }
    metrics {
      name: "gap"
      histogram {
        count: 500001
        min_ns: 41
        p50_ns: 1810
        p90_ns: 1920
        p99_ns: 2730
        p999_ns: 14300
        max_ns: 12100000
      }
    }
    metrics {
      name: "wake_latency.local"
      histogram {
        count: 250002
        min_ns: 810
        p50_ns: 1274
        p90_ns: 1510
        p99_ns: 2040
        p999_ns: 11500
        max_ns: 4110000
      }
    }
    metrics {
      name: "wake_latency.remote"
      histogram { count: 0 }
    }
  }
  workers {
    index: 0
    role: "stage"
    pid: 811
    end: FINISHED
    run_ns: 5000000000
    iterations: 250001
    max_gap_ns: 2500000
    max_gap_at_ns: 1000000000
    metrics {
      name: "wake_latency.local"
      histogram { count: 125000 p99_ns: 1990 }
    }
    cgroup: "light"
    pages {
      sampled: 512
      home_node: 0
      on_nodes { node: 0 pages: 490 }
      on_nodes { node: 1 pages: 9 }
      absent: 13
    }
  }
  workers {
    index: 1
    position: 1
    role: "stage"
    pid: 812
    end: FINISHED
    run_ns: 5000000000
    iterations: 249999
    max_gap_ns: 12100000
    max_gap_at_ns: 2310000000
    max_gap_cpu: 1
    metrics {
      name: "wake_latency.local"
      histogram { count: 125002 p99_ns: 2080 }
    }
    cgroup: "heavy"
    pages {
      sampled: 502
      home_node: 0
      on_nodes { node: 0 pages: 492 }
      absent: 10
    }
  }
  cgroups {
    name: "light"
    folder: "/sys/fs/cgroup/ktstr.800.4711/light"
    workers: 1
    weight: 150
    has_cpu: true
    settings { name: "weight" asked: "150" got: "150" applied: true }
    usage_ns: 1620000000
    user_ns: 1130000000
    system_ns: 490000000
    periods: 51
    throttled_periods: 6
    throttled_ns: 42300000
    some_stalled_ns: 3210000000
    full_stalled_ns: 11000000
  }
  cgroups {
    name: "heavy"
    workers: 1
    weight: 450
    has_cpu: true
    usage_ns: 3340000000
    user_ns: 3010000000
    system_ns: 330000000
  }
  host { foreign_cpu_ns: 121000000 steal_ns: 3000000 capacity_ns: 10000000000 }
  checks { name: "completed" verdict: PASS detail: "2 workers ended in time" }
  checks {
    name: "exercised"
    verdict: PASS
    detail: "250000 hops by each of 2 stages"
  }
  checks {
    name: "wake_latency.p99<500us"
    verdict: PASS
    detail: "2.04us"
    numbers { name: "wake_latency.p99" value: 2040 unit: "ns" }
  }
  verdict: PASS
)pb";

constexpr char kFailed[] = R"pb(
  name: "slow"
  alias: "slow"
  stressor: "thundering_herd"
  repeat: 1
  group_size: 3
  setup { kind: OK }
  proof { kind: FAILED text: "1 of 2 waiters slept" }
  stop_reason: WORKER_LOST
  spawn_ns: 3400000
  start_spread_ns: 45600
  run_ns: 1234000000
  stop_ns: 2300000
  stop_latency_ns: 97800
  roles {
    name: "waker"
    workers: 1
    iterations: 247
    run_ns: 1234000000
    migrations: 3
    counters { voluntary_switches: 247 involuntary_switches: 5 }
    metrics {
      name: "gap"
      histogram {
        count: 248
        min_ns: 41
        p50_ns: 3100
        p90_ns: 3200
        p99_ns: 3300
        p999_ns: 3400
        max_ns: 3500
        negative: 4
      }
    }
  }
  roles {
    name: "waiter"
    workers: 2
    iterations: 359
    run_ns: 2000000000
    migrations: 7
    metrics {
      name: "gap"
      histogram {
        count: 360
        min_ns: 42
        p50_ns: 4100
        p90_ns: 4200
        p99_ns: 4300
        p999_ns: 4400
        max_ns: 80000000000
        saturated: 1
      }
    }
    metrics {
      name: "wake_latency.local"
      histogram {
        count: 118
        min_ns: 43
        p50_ns: 5100
        p90_ns: 5200
        p99_ns: 5300
        p999_ns: 5400
        max_ns: 5500
      }
    }
    metrics {
      name: "wake_latency.remote"
      histogram {
        count: 241
        min_ns: 44
        p50_ns: 33100
        p90_ns: 36200
        p99_ns: 39300
        p999_ns: 61400
        max_ns: 65500
      }
    }
  }
  workers {
    index: 0
    role: "waker"
    pid: 901
    end: FINISHED
    run_ns: 1234000000
    iterations: 247
    settings {
      name: "affinity"
      asked: "0-1"
      got: "0"
      error: 1
      error_name: "EPERM"
      why: "the cpuset of cgroup /jobs has no CPU 1"
    }
  }
  workers {
    index: 1
    position: 1
    role: "waiter"
    pid: 902
    end: DIED
    exit_signal: 9
    run_ns: 766000000
    iterations: 112
    settings {
      name: "affinity"
      asked: "0-1"
      got: "0"
      error: 1
      error_name: "EPERM"
      why: "the cpuset of cgroup /jobs has no CPU 1"
    }
    metrics {
      name: "wake_latency.remote"
      histogram { count: 120 p99_ns: 39900 }
    }
  }
  workers {
    index: 2
    position: 2
    role: "waiter"
    pid: 903
    end: FAILED
    run_ns: 1234000000
    iterations: 247
    failure: "read(pipe): Bad file descriptor"
    call_failures {
      call: "futex(FUTEX_WAKE)"
      error: 11
      count: 6
      error_name: "EAGAIN"
    }
    metrics {
      name: "wake_latency.remote"
      histogram { count: 121 p99_ns: 38800 }
    }
  }
  cgroups {
    name: "odd"
    workers: 3
    weight: 100
    settings {
      name: "max"
      asked: "50000 100000"
      error: 2
      error_name: "ENOENT"
      why: "cgroup v2 has no controller cpu here"
    }
    trouble: "rmdir /sys/fs/cgroup/odd: Device or resource busy"
  }
  host {
    kernel_faults: "sched_ext: simple: ktstr[902] failed to run for 30.001s"
    kernel_faults: "sched_ext changed during the run: enabled simple (seq 3) "
                   "-> disabled (seq 3)"
    kernel_notes: "sched: RT throttling activated"
  }
  checks {
    name: "completed"
    verdict: FAIL
    detail: "2 of 3 workers did not complete: worker 1 (waiter) died of "
            "SIGKILL after 766ms and 112 iterations"
  }
  checks { name: "exercised" verdict: FAIL detail: "1 of 2 waiters slept" }
  checks { name: "isolation" verdict: SKIP detail: "all CPUs are allowed" }
  verdict: FAIL
)pb";

constexpr char kSkipped[] = R"pb(
  name: "numa_sweep"
  alias: "numa_sweep"
  stressor: "numa_sweep"
  repeat: 1
  group_size: 1
  setup { kind: SKIPPED text: "needs 2 memory nodes, there is 1" }
  checks {
    name: "completed"
    verdict: SKIP
    detail: "needs 2 memory nodes, there is 1"
  }
  checks {
    name: "exercised"
    verdict: SKIP
    detail: "needs 2 memory nodes, there is 1"
  }
  verdict: SKIP
)pb";

void Parse(const char* text, Message& message) {
  if (!TextFormat::ParseFromString(text, &message)) {
    ADD_FAILURE() << "no textproto of " << message.GetTypeName();
  }
}

void Exaggerate(Message& message);

// Texts without and with places to break; numbers at their limit.
void ExaggerateScalar(const FieldDescriptor* field, Message& message) {
  const Reflection* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->SetString(&message, field,
                                   std::string(70, 'x') +
                                       std::string(150, 'y') + " \x1b[2J\n" +
                                       std::string(60, 'z'));
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection->SetInt64(&message, field,
                                  std::numeric_limits<int64_t>::max());
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection->SetUInt64(&message, field,
                                   std::numeric_limits<uint64_t>::max());
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection->SetInt32(&message, field,
                                  std::numeric_limits<int32_t>::max());
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection->SetUInt32(&message, field,
                                   std::numeric_limits<uint32_t>::max());
    default:
      break;
  }
}

void ExaggerateRepeated(const FieldDescriptor* field, Message& message) {
  const Reflection* reflection = message.GetReflection();
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Exaggerate(*reflection->MutableRepeatedMessage(&message, field, i));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      reflection->SetRepeatedString(&message, field, i,
                                    std::string(333, 'w') + " w w w");
    }
  }
}

// Every field that has a value gets the most that it can have.
void Exaggerate(Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated()) {
      ExaggerateRepeated(field, message);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Exaggerate(*message.GetReflection()->MutableMessage(&message, field));
    } else {
      ExaggerateScalar(field, message);
    }
  }
}

}  // namespace

proto::Report SampleReport() {
  proto::Report report;
  Parse(kRun, report);
  for (const char* stressor : {kPassed, kFailed, kSkipped}) {
    Parse(stressor, *report.add_stressors());
  }
  return report;
}

proto::Report Exaggerated(proto::Report report) {
  Exaggerate(report);
  return report;
}

proto::Report AbsurdReport() { return Exaggerated(SampleReport()); }

}  // namespace ktstr
