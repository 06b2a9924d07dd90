// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/commands/help.h"

#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "ktstr/cli/commands/columns.h"
#include "ktstr/report/paragraph.h"

namespace ktstr {
namespace {

constexpr absl::string_view kIntroduction =
    R"(ktstr makes the Linux scheduler do one named thing, hard, measures what
comes of it, and proves that it did.

Examples:
  ktstr list                                   what there is to run
  ktstr --stressor=wake_chain                  five seconds of wake-ups
  ktstr --stressor=wake_chain depth=8 wake=futex --duration=500ms --cpus=0
  ktstr --stressor=a=wake_chain,b=wake_chain a.depth=2 b.depth=16 --together
  ktstr --stressor=wake_chain --affinity=cross_llc --sched=batch
  ktstr --stressor=spin_wait --affinity=spread \
    --cgroups=a:weight=100,b:weight=300        two cgroups, a fairness check
  ktstr --stressor=all --format=tap --output=report.pb
  ktstr --stressor=wake_chain --check='wake_latency.p99<500us' && echo fast
  ktstr report report.pb --format=json         the same report, another view
  ktstr --vm=2n1l2c2t --kernel=bzImage --stressor=wake_chain   in a machine of
                                               2 nodes, 4 cores, 8 CPUs

Words after the flags set a stressor's parameters (NAME=VALUE, or
STRESSOR.NAME=VALUE where several run); 'ktstr describe' shows them.

Commands:
  list [--long]       the stressors, one line each; or all about them
  list vm             the named topologies for --vm
  describe NAME       one stressor: what it does, its proof, its parameters
  describe host       what workers can be given on this host, or why not
  topology            the CPUs, cores, caches and nodes that it sees
  report FILE         show a saved report (.pb .json .textproto) in --format
  merge FILE...       one report of many saved ones, each a cell of it
  version             the version
  help                this text
)";

// What --check understands; see checks/requested/condition.h.
constexpr absl::string_view kChecks = R"(
A check is [stressor=NAME] [role=NAME] QUANTITY OPERATOR BOUND:
  gap wake_latency[.local|.remote] blocked_time round_trip sleep_overshoot
  acquire_time yield_time iteration_cost
                      with .p50 .p99 .p999 (any), .mean .min .max: '<2ms'
                      with .count: '>1000'
  iterations switches migrations
                      with .rate (in a second) or .count: '>1000'
  spread run_delay cpu_share
                      per cent: '<15%'. spread: most minus least iterations of
                      the workers of a role, of their mean
  node_locality       a share: '>0.9' or '>90%'. Of the workers' pages, those
                      on the node where their worker ended
Operators are < <= > >=. Every role that records the quantity has to satisfy
it. What was not recorded fails.
)";

constexpr absl::string_view kExitCodes = R"(
Exit codes:
  0  all passed, or some did and the rest was skipped
  1  something failed, or the report could not be written
  4  everything was skipped: this host cannot run it
  64 the command line is wrong; nothing was started
  128+N  ended by signal N, with a report of what there is
)";

struct FlagHelp {
  absl::string_view name;
  absl::string_view value;  // Its placeholder; "" for booleans.
};

struct FlagGroup {
  absl::string_view title;
  std::vector<FlagHelp> flags;
};

std::vector<FlagGroup> Groups() {
  return {{"What to run",
           {{"stressor", "NAMES"},
            {"filter", "RE2"},
            {"exclude", "RE2"},
            {"sequential", ""},
            {"together", ""},
            {"dry_run", ""}}},
          {"How to run it",
           {{"duration", "TIME"},
            {"iterations", "N"},
            {"workers", "N"},
            {"mode", "MODE"},
            {"seed", "N"},
            {"grace", "TIME"},
            {"repeat", "N"},
            {"fail_fast", ""}}},
          {"Where and as what workers run (ktstr/docs/placement.md)",
           {{"cpus", "WORDS"},          {"affinity", "WORD"},
            {"sched", "POLICY"},        {"nice", "N"},
            {"uclamp", "MIN:MAX"},      {"slice", "TIME"},
            {"timer_slack", "TIME"},    {"autogroup", "WHICH"},
            {"core_cookie", "WHO"},     {"mempolicy", "POLICY"},
            {"user", "USER"},           {"allow_rt_everywhere", ""},
            {"cgroup", "PATH"},         {"cgroup_new", ""},
            {"cgroup_cpu_weight", "N"}, {"cgroup_cpu_max", "SHARE"},
            {"cgroup_idle", ""},        {"cgroup_cpuset", "LIST"},
            {"cgroup_mems", "LIST"},    {"cgroup_uclamp_min", "N"},
            {"cgroup_uclamp_max", "N"}, {"cgroup_memory_max", "SIZE"},
            {"cgroups", "SPECS"}}},
          {"Where to run it",
           {{"vm", "TOPOLOGY"},
            {"kernel", "FILE"},
            {"scheduler", "COMMAND"},
            {"vm_memory", "SIZE"},
            {"vm_distances", "N"},
            {"vm_accel", "WHICH"},
            {"vm_append", "TEXT"},
            {"vm_arg", "WORD"},
            {"vm_include", "FILE"},
            {"vm_timeout", "TIME"},
            {"vm_jobs", "N"},
            {"vm_console", "FILE"},
            {"vm_keep", "FOLDER"}}},
          {"What must hold", {{"check", "CHECK"}}},
          {"What to show",
           {{"format", "FORMAT"},
            {"output", "FILE"},
            {"samples", "N"},
            {"quiet", ""},
            {"color", "WHEN"},
            {"long", ""},
            {"help", ""},
            {"version", ""}}}};
}

std::string FlagLine(const FlagHelp& help) {
  const absl::CommandLineFlag* flag = absl::FindCommandLineFlag(help.name);
  if (flag == nullptr) return "";  // The test of this text finds it.
  constexpr int kHeadColumns = 28;
  const std::string head = absl::StrFormat(
      "  %-*s", kHeadColumns - 2,
      absl::StrCat("--", help.name, help.value.empty() ? "" : "=", help.value));
  std::string text = flag->Help();
  const std::string value = flag->DefaultValue();
  if (!help.value.empty() && !value.empty() && value != "0") {
    absl::StrAppend(&text, " (default ", value, ")");
  }
  return Paragraph(head, kHeadColumns, text, kHelpColumns);
}

}  // namespace

std::string HelpText() {
  std::string text(kIntroduction);
  for (const FlagGroup& group : Groups()) {
    absl::StrAppend(&text, "\n", group.title, ":\n");
    for (const FlagHelp& flag : group.flags) {
      absl::StrAppend(&text, FlagLine(flag));
    }
  }
  absl::StrAppend(&text, kChecks, kExitCodes);
  return text;
}

}  // namespace ktstr
