// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/sample_vm_report.h"

#include <cstdint>
#include <string>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/verdict.h"
#include "ktstr/report/writers/sample_report.h"

namespace ktstr {
namespace {

constexpr char kGuest[] = R"pb(
  version: "0.1"
  started_unix_ns: 1700000000000000000
  options {
    duration_ns: 1000000000
    cpus: "0-7"
    cpu_count: 8
    seed: 1
    timer_slack_ns: 1
  }
  host {
    kernel_release: "6.12.94+deb12-cloud-amd64"
    kernel_version: "#1 SMP PREEMPT_DYNAMIC"
    machine: "x86_64"
    cpu_model: "QEMU TCG CPU"
    topology {
      online: "0-7"
      nodes: "0-3"
      nodes: "4-7"
      llcs: "0-3"
      llcs: "4-7"
      cpus: 8
      cores: 4
      threads_per_core: 2
    }
    clocksource: "tsc"
    sched_ext: "enabled simple (seq 1)"
  }
  vm {
    topology: "2n1l2c2t"
    kernel: "/boot/vmlinuz-6.12"
    accelerator: "tcg"
    accelerator_reason: "/dev/kvm: Permission denied"
    memory_bytes: 2147483648
    channel: "virtio"
  }
  scheduler {
    command: "./scx_simple"
    command: "-f"
    state_before: "disabled (seq 0)"
    state_loaded: "enabled simple (seq 1)"
    ops: "simple"
  }
  planned_checks: "guest"
  planned_checks: "scheduler"
)pb";

constexpr char kWakeChain[] = R"pb(
  name: "wake_chain"
  alias: "wake_chain"
  stressor: "wake_chain"
  repeat: 1
  params { name: "depth" value: "2" }
  group_size: 2
  setup { kind: OK }
  proof { kind: OK }
  stop_reason: DURATION
  spawn_ns: 1200000
  start_spread_ns: 30000
  run_ns: 1000000000
  roles {
    name: "stage"
    workers: 2
    iterations: 8040
    run_ns: 2000000000
    migrations: 40
    counters { run_delay_ns: 6000000 }
    metrics {
      name: "wake_latency.local"
      histogram {
        count: 100
        p50_ns: 3360
        p90_ns: 3900
        p99_ns: 7360
        p999_ns: 30000
        max_ns: 2360000
      }
    }
    metrics {
      name: "gap"
      histogram {
        count: 8040
        p50_ns: 110000
        p90_ns: 112000
        p99_ns: 126000
        p999_ns: 219000
        max_ns: 464000
      }
    }
  }
  workers {
    role: "stage"
    pid: 71
    end: FINISHED
    iterations: 4000
    run_ns: 1000000000
    max_gap_ns: 464000
    max_gap_at_ns: 3000000
  }
  workers {
    index: 1
    role: "stage"
    pid: 72
    end: FINISHED
    iterations: 4040
    run_ns: 1000000000
  }
  checks { name: "completed" verdict: PASS detail: "2 workers ended in time" }
  verdict: PASS
)pb";

constexpr char kCompleted[] = R"pb(
  vm {
    end: COMPLETED
    phases { name: "firmware" ns: 412000000 }
    phases { name: "kernel" ns: 1900000000 }
    phases { name: "init" ns: 30000000 }
    phases { name: "run" ns: 1100000000 }
    phases { name: "power off" ns: 60000000 }
    kept_in: "/tmp/ktstr.kept"
  }
  scheduler {
    state_after: "enabled simple (seq 1)"
    exit: "exited with code 0 when stopped"
    output: "local=1 global=2"
  }
  checks { name: "guest" verdict: PASS detail: "it powered off" }
  checks { name: "scheduler" verdict: PASS detail: "simple stayed loaded" }
)pb";

constexpr char kCutShort[] = R"pb(
  name: "mutex_contention"
  alias: "mutex_contention"
  stressor: "mutex_contention"
  repeat: 1
  group_size: 4
  checks {
    name: "completed"
    verdict: FAIL
    detail: "the guest was gone before it ended"
  }
  verdict: FAIL
)pb";

constexpr char kPanicked[] = R"pb(
  vm {
    end: PANICKED
    end_text: "Kernel panic - not syncing: sysrq triggered crash"
    phases { name: "firmware" ns: 398000000 }
    phases { name: "kernel" ns: 1870000000 }
    phases { name: "init" ns: 29000000 }
    console_tail: "[    4.100000] sysrq: Trigger a crash"
    console_tail: "[    4.100100] Kernel panic - not syncing: sysrq triggered "
                  "crash"
    console_tail: "[    4.100200] CPU: 1 UID: 0 PID: 1 Comm: ktstr Not tainted"
    console_tail: "[    4.100300]   <TASK>   dump_stack_lvl+0x5d/0x80"
    console_faults: "[    4.100100] Kernel panic - not syncing: sysrq "
                    "triggered crash"
    channel_lost_bytes: 17
  }
  scheduler {
    failure: "the kernel disabled it: runnable task stall"
    exit: "exited with code 1"
    kernel_log: "sched_ext: BPF scheduler \"simple\" disabled (runnable task "
                "stall)"
    kernel_log: "sched_ext: simple: ktstr[71] failed to run for 30.001s"
    output: "EXIT: runnable task stall"
  }
  checks {
    name: "guest"
    verdict: FAIL
    detail: "its kernel panicked: sysrq triggered crash"
  }
  checks {
    name: "scheduler"
    verdict: FAIL
    detail: "the kernel disabled it: runnable task stall"
  }
)pb";

constexpr char kNoGuest[] = R"pb(
  version: "0.1"
  started_unix_ns: 1700000000000000000
  vm {
    topology: "9n9l9c9t"
    kernel: "/boot/vmlinuz-6.12"
    accelerator: "kvm"
    memory_bytes: 1610612736
    qemu_command: "qemu-system-x86_64"
    qemu_command: "-smp"
    qemu_command: "6561"
    end: NOT_STARTED
    end_text: "qemu-system-x86_64: Invalid SMP CPUs 6561"
  }
  plan { name: "wake_chain" stressor: "wake_chain" workers: 2 }
  planned_checks: "guest"
  checks {
    name: "guest"
    verdict: FAIL
    detail: "qemu-system-x86_64: Invalid SMP CPUs 6561"
  }
)pb";

// Adds to `message` what `text` has.
void Merge(const std::string& text, google::protobuf::Message& message) {
  google::protobuf::TextFormat::Parser parser;
  if (!parser.MergeFromString(text, &message)) {
    ADD_FAILURE() << "no textproto of " << message.GetTypeName();
  }
}

proto::Report Guest() {
  proto::Report report;
  Merge(kGuest, report);
  return report;
}

void Plan(const std::string& name, proto::Report& report) {
  proto::PlannedStressor& planned = *report.add_plan();
  planned.set_name(name);
  planned.set_stressor(name);
  planned.set_workers(2);
}

constexpr int64_t kEndedUnixNs = 1'700'000'003'500'000'000;

}  // namespace

proto::Report SampleVmReport() {
  proto::Report report = Guest();
  Plan("wake_chain", report);
  Merge(kWakeChain, *report.add_stressors());
  Merge(kCompleted, report);
  Conclude(kEndedUnixNs, report);
  return report;
}

proto::Report DeadGuestReport() {
  proto::Report report = Guest();
  for (const char* name : {"wake_chain", "mutex_contention", "spin_wait"}) {
    Plan(name, report);
  }
  Merge(kWakeChain, *report.add_stressors());
  Merge(kCutShort, *report.add_stressors());
  Merge(kPanicked, report);
  Conclude(kEndedUnixNs, report);
  return report;
}

proto::Report NoGuestReport() {
  proto::Report report;
  Merge(kNoGuest, report);
  Conclude(kEndedUnixNs, report);
  return report;
}

proto::Report SampleMergedReport() {
  proto::Report merged;
  merged.set_version("0.1");
  merged.set_started_unix_ns(1'700'000'000'000'000'000);
  const auto add = [&merged](const char* name, const proto::Report& report) {
    merged.add_planned_cells(name);
    proto::Report& cell = *merged.add_cells();
    cell = report;
    cell.set_cell(name);
  };
  add("2n1l2c2t", SampleVmReport());
  add("2n1l2c2t 6.12.94+deb12-cloud-amd64", DeadGuestReport());
  merged.add_planned_cells("64n");
  add("9n9l9c9t", NoGuestReport());
  add("host", SampleReport());
  Conclude(kEndedUnixNs, merged);
  return merged;
}

}  // namespace ktstr
