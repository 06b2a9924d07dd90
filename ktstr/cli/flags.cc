// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/flags.h"

#include <set>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/command/shell_words.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cgroup/cgroup_spec.h"
#include "ktstr/cli/environment.h"
#include "ktstr/cli/placement/placement_flags.h"
#include "ktstr/report/writer.h"

// What to run. Help texts are for `ktstr --help` (cli/commands/help.cc).
ABSL_FLAG(std::string, stressor, "",
          "what to run: names with ',' between them, 'all', or own=NAME to run "
          "one under a name of its own");
ABSL_FLAG(std::string, filter, "",
          "only those whose whole name matches this RE2 expression");
ABSL_FLAG(std::string, exclude, "",
          "not those whose whole name matches this RE2 expression");
ABSL_FLAG(bool, sequential, true, "several stressors run one after another");
ABSL_FLAG(bool, together, false, "several stressors run at the same time");
ABSL_FLAG(bool, dry_run, false,
          "print who would run where, as what, and run nothing");

// How to run it.
ABSL_FLAG(absl::Duration, duration, absl::Seconds(5),
          "how long each stressor runs; needs a unit");
ABSL_FLAG(uint64_t, iterations, 0,
          "stop once each worker has done so many; 0: no bound");
ABSL_FLAG(uint32_t, workers, 0,
          "workers of each stressor, a multiple of its group; 0: enough for "
          "the CPUs");
ABSL_FLAG(ktstr::WorkerMode, mode, ktstr::WorkerMode::kFork,
          "workers are processes (fork) or threads (thread)");
ABSL_FLAG(std::string, cpus, "",
          "where workers may run: CPUs as in 0-3,8, or core:N, llc:N, node:N, "
          "package:N, smt:N (place among siblings), less those after '!', as "
          "in node:0,!cpu:0");
ABSL_FLAG(uint64_t, seed, 1, "what all random choices derive from");
ABSL_FLAG(absl::Duration, grace, absl::Seconds(2),
          "time from stop to SIGKILL for a worker that does not end");
ABSL_FLAG(absl::Duration, timer_slack, absl::Nanoseconds(1),
          "timer slack of the workers; the kernel's own default is 50us");
ABSL_FLAG(uint32_t, repeat, 1, "run all of it so many times");
ABSL_FLAG(bool, fail_fast, false, "stop at the first failure");

// Where to run it. ktstr/cli/vm has what comes of these.
ABSL_FLAG(ktstr::NameList, vm, {},
          "in a virtual machine of so many nodes, LLCs per node, cores per LLC "
          "and threads per core, as in 2n1l2c2t, or of a name that 'list vm' "
          "shows; several, with ',' between them, make a matrix");
ABSL_FLAG(ktstr::NameList, kernel, {},
          "with --vm: the kernel, a bzImage or vmlinux; several are each run "
          "with each --vm (default: the newest in /boot, else the newest that "
          "tools/get_kernel or tools/build_kernel made)");
ABSL_FLAG(std::string, scheduler, "",
          "start this sched_ext scheduler first, with its arguments, as in "
          "'scx_simple -f'; the run fails if it does not stay");
ABSL_FLAG(std::string, vm_memory, "",
          "of the machine, as in 512M or 4G; by its CPUs if not given");
ABSL_FLAG(std::string, vm_distances, "",
          "between nodes: 20 for all, or all rows, as in '10,21;21,10'");
ABSL_FLAG(ktstr::AcceleratorMode, vm_accel, ktstr::AcceleratorMode::kAuto,
          "kvm, tcg (emulation), or auto: KVM where it works");
ABSL_FLAG(ktstr::WordList, vm_append, {},
          "add this to the kernel's command line; may be given several times");
ABSL_FLAG(ktstr::WordList, vm_arg, {},
          "add this argument to QEMU's; may be given several times");
ABSL_FLAG(ktstr::WordList, vm_include, {},
          "put this file or folder into the guest, FILE or FILE:PATH_THERE; "
          "programs come with their libraries; may be given several times");
ABSL_FLAG(absl::Duration, vm_timeout, absl::ZeroDuration(),
          "kill the machine after so long; 0: what the run may take at worst");
ABSL_FLAG(uint32_t, vm_jobs, 0,
          "machines at a time; 0: as many as memory and CPUs allow");
ABSL_FLAG(std::string, vm_console, "",
          "write the console to this file (with several machines, one each: "
          "FILE.NAME)");
ABSL_FLAG(std::string, vm_keep, "",
          "keep the initial file system, the console and the exact QEMU "
          "command in this folder");

// What must hold.
ABSL_FLAG(
    ktstr::TextList, check, {},
    "fail unless this holds, as in 'wake_latency.p99<500us' or "
    "'role=stage gap.max<2s'; may be given several times, or hold several "
    "with ';' between them");

// What to show.
ABSL_FLAG(std::string, format, "text",
          "of what is printed: text, tap (KTAP), json, textproto or pb");
ABSL_FLAG(std::string, output, "",
          "write the report to this file too, in the format of its ending "
          "(.txt .tap .json .textproto .pb), else in --format");
ABSL_FLAG(uint32_t, samples, 0,
          "raw values to keep of each metric of each worker");
ABSL_FLAG(bool, quiet, false, "print only what did not pass");
ABSL_FLAG(ktstr::ColorMode, color, ktstr::ColorMode::kAuto,
          "auto, always or never");
ABSL_FLAG(bool, long, false, "with list: parameters, kernel path, needs");
ABSL_FLAG(bool, help, false, "this text");
ABSL_FLAG(bool, version, false, "the version");

namespace ktstr {
namespace {

// The year keeps all arithmetic in nanoseconds far from its end.
constexpr absl::Duration kLongest = absl::Hours(24 * 365);
constexpr absl::Duration kLongestSlack = absl::Seconds(10);
constexpr uint32_t kMostRepeats = 1'000'000;
constexpr uint32_t kMostSamples = 1'000'000;  // 8 MB a worker and metric.

absl::Status CheckDuration(absl::string_view flag, absl::Duration value,
                           absl::Duration longest) {
  const std::string text = absl::StrCat(
      "--", flag, "=", absl::FormatDuration(value), ": it has to be ");
  if (value <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat(text, "more than 0"));
  }
  if (value > longest) {
    return absl::InvalidArgumentError(
        absl::StrCat(text, "at most ", absl::FormatDuration(longest)));
  }
  if (value < absl::Nanoseconds(1)) {
    return absl::InvalidArgumentError(absl::StrCat(text, "at least 1ns"));
  }
  return absl::OkStatus();
}

absl::Status CheckRange(absl::string_view flag, uint32_t value, uint32_t least,
                        uint32_t most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--", flag, "=", value, ": it is a number from ", least, " to ", most));
}

absl::StatusOr<bool> ReadTogether(const CommandLine& line) {
  const bool together = absl::GetFlag(FLAGS_together);
  const bool sequential = absl::GetFlag(FLAGS_sequential);
  if (line.given_flags.count("sequential") == 0) return together;
  if (line.given_flags.count("together") != 0 && sequential == together) {
    return absl::InvalidArgumentError(
        "--sequential and --together exclude each other");
  }
  return !sequential;
}

absl::StatusOr<RunOptions> ReadRunOptions(const CommandLine& line,
                                          const RunMachine& machine) {
  RunOptions run;
  run.duration = absl::GetFlag(FLAGS_duration);
  run.iterations = absl::GetFlag(FLAGS_iterations);
  run.workers = absl::GetFlag(FLAGS_workers);
  run.mode = absl::GetFlag(FLAGS_mode);
  run.seed = absl::GetFlag(FLAGS_seed);
  run.grace = absl::GetFlag(FLAGS_grace);
  run.timer_slack = absl::GetFlag(FLAGS_timer_slack);
  run.samples = absl::GetFlag(FLAGS_samples);
  KTSTR_RETURN_IF_ERROR(CheckDuration("duration", run.duration, kLongest));
  KTSTR_RETURN_IF_ERROR(CheckDuration("grace", run.grace, kLongest));
  KTSTR_RETURN_IF_ERROR(
      CheckDuration("timer_slack", run.timer_slack, kLongestSlack));
  KTSTR_RETURN_IF_ERROR(CheckRange("samples", run.samples, 0, kMostSamples));
  if (std::string path = Environment("PATH"); !path.empty()) {
    run.program_path = std::move(path);
  }
  run.cpus_given = line.given_flags.count("cpus") != 0;
  run.cpus = machine.allowed;
  run.machine_cpus = machine.allowed;
  if (run.cpus_given) {
    KTSTR_ASSIGN_OR_RETURN(run.cpus,
                           ChooseCpus(absl::GetFlag(FLAGS_cpus), machine));
  }
  KTSTR_ASSIGN_OR_RETURN(run.together, ReadTogether(line));
  KTSTR_ASSIGN_OR_RETURN(run.placement, ReadPlacement(line));
  // As many as the cgroups hold, unless it is said.
  for (const CgroupSpec& cgroup : run.placement.cgroups) {
    if (absl::GetFlag(FLAGS_workers) == 0) run.workers += cgroup.workers;
  }
  return run;
}

absl::StatusOr<std::vector<Condition>> ReadConditions() {
  std::vector<Condition> conditions;
  std::set<std::string> names;
  for (const std::string& text : absl::GetFlag(FLAGS_check).texts) {
    absl::StatusOr<Condition> condition = ParseCondition(text);
    if (!condition.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--check=", condition.status().message()));
    }
    if (!names.insert(condition->name).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("--check='", text, "' is given twice"));
    }
    conditions.push_back(*std::move(condition));
  }
  return conditions;
}

absl::StatusOr<std::vector<std::string>> ReadScheduler(
    const CommandLine& line) {
  const std::string text = absl::GetFlag(FLAGS_scheduler);
  absl::StatusOr<std::vector<std::string>> words = ShellWords(text);
  if (!words.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--scheduler: ", words.status().message()));
  }
  if (words->empty() && line.given_flags.count("scheduler") != 0) {
    return absl::InvalidArgumentError(
        "--scheduler is empty; it takes a program and its arguments");
  }
  return words;
}

// Sets format, output and output_format.
absl::Status ReadOutput(const CommandLine& line, CliOptions& options) {
  options.format = absl::GetFlag(FLAGS_format);
  const auto formats = WriterFormats();
  if (!absl::c_linear_search(formats, options.format)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--format=", options.format, ": it is one of ",
        absl::StrJoin(formats, ", "), DidYouMean(options.format, formats)));
  }
  options.output = absl::GetFlag(FLAGS_output);
  if (options.output.empty() && line.given_flags.count("output") != 0) {
    return absl::InvalidArgumentError("--output is empty; it takes a file");
  }
  options.output_format = options.format;
  if (absl::EndsWith(options.output, ".txt")) options.output_format = "text";
  for (absl::string_view format : formats) {
    if (absl::EndsWith(options.output, absl::StrCat(".", format))) {
      options.output_format = std::string(format);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<VmOptions> ReadVmOptions(const CommandLine& line) {
  VmOptions vm;
  vm.topologies = absl::GetFlag(FLAGS_vm).texts;
  vm.kernels = absl::GetFlag(FLAGS_kernel).texts;
  vm.memory = absl::GetFlag(FLAGS_vm_memory);
  vm.distances = absl::GetFlag(FLAGS_vm_distances);
  vm.accelerator = absl::GetFlag(FLAGS_vm_accel);
  vm.append = absl::GetFlag(FLAGS_vm_append).texts;
  vm.args = absl::GetFlag(FLAGS_vm_arg).texts;
  vm.includes = absl::GetFlag(FLAGS_vm_include).texts;
  vm.timeout = absl::GetFlag(FLAGS_vm_timeout);
  vm.jobs = absl::GetFlag(FLAGS_vm_jobs);
  vm.console = absl::GetFlag(FLAGS_vm_console);
  vm.keep = absl::GetFlag(FLAGS_vm_keep);
  if (vm.timeout != absl::ZeroDuration()) {
    KTSTR_RETURN_IF_ERROR(CheckDuration("vm_timeout", vm.timeout, kLongest));
  }
  const bool wanted = line.given_flags.count("vm") != 0;
  if (wanted && vm.topologies.empty()) {
    return absl::InvalidArgumentError(
        "--vm is empty; it takes a topology such as 2n1l2c2t");
  }
  for (const std::string& flag : line.given_flags) {
    if (!wanted && (flag == "kernel" || absl::StartsWith(flag, "vm_"))) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--", flag, " is for a virtual machine; add --vm=TOPOLOGY"));
    }
  }
  return vm;
}

absl::StatusOr<CliOptions> ReadFlags(const CommandLine& line,
                                     const RunMachine& machine) {
  CliOptions options;
  options.selection = {absl::GetFlag(FLAGS_stressor),
                       absl::GetFlag(FLAGS_filter),
                       absl::GetFlag(FLAGS_exclude)};
  KTSTR_ASSIGN_OR_RETURN(options.run, ReadRunOptions(line, machine));
  KTSTR_ASSIGN_OR_RETURN(options.vm, ReadVmOptions(line));
  KTSTR_ASSIGN_OR_RETURN(options.scheduler, ReadScheduler(line));
  KTSTR_ASSIGN_OR_RETURN(options.conditions, ReadConditions());
  options.repeat = absl::GetFlag(FLAGS_repeat);
  KTSTR_RETURN_IF_ERROR(CheckRange("repeat", options.repeat, 1, kMostRepeats));
  options.fail_fast = absl::GetFlag(FLAGS_fail_fast);
  options.dry_run = absl::GetFlag(FLAGS_dry_run);
  KTSTR_RETURN_IF_ERROR(ReadOutput(line, options));
  options.color = absl::GetFlag(FLAGS_color);
  options.quiet = absl::GetFlag(FLAGS_quiet);
  options.long_list = absl::GetFlag(FLAGS_long);
  options.help = absl::GetFlag(FLAGS_help);
  options.version = absl::GetFlag(FLAGS_version);
  return options;
}

}  // namespace ktstr
