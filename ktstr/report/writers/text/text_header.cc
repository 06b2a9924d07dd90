// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/text_header.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/human.h"
#include "ktstr/report/merge/planned_cells.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/writers/text/text_placement.h"
#include "ktstr/report/writers/text/text_vm.h"
#include "ktstr/report/writers/words.h"

namespace ktstr {
namespace {

// Collects the phrases of a line.
class Phrases final {
 public:
  // Nothing, if `text` is empty.
  void Add(absl::string_view before, absl::string_view text,
           absl::string_view after = "") {
    if (text.empty()) return;
    phrases_.push_back(absl::StrCat(before, text, after));
  }
  std::string Joined() const { return absl::StrJoin(phrases_, ", "); }

 private:
  std::vector<std::string> phrases_;
};

std::string ConfigValue(const proto::Host& host, absl::string_view name) {
  for (const proto::NameValue& option : host.kernel_config()) {
    if (option.name() == std::string(name)) return option.value();
  }
  return "";
}

// The way of preemption is the second word of a version such as "#1 SMP
// PREEMPT_DYNAMIC Debian ...", and the tick's rate only in the config.
std::string Kernel(const proto::Host& host) {
  Phrases line;
  if (host.kernel_release().empty()) return "";
  line.Add("Linux ", absl::StrCat(host.kernel_release(), " ", host.machine()));
  for (const absl::string_view word :
       absl::StrSplit(host.kernel_version(), ' ')) {
    if (absl::StartsWith(word, "PREEMPT")) line.Add("", word);
  }
  line.Add("HZ=", ConfigValue(host, "CONFIG_HZ"));
  return line.Joined();
}

// EEVDF took CFS's place in Linux 6.6.
absl::string_view FairScheduler(absl::string_view release) {
  const std::vector<absl::string_view> numbers =
      absl::StrSplit(release, absl::ByAnyChar(".-+"));
  int major = 0;
  int minor = 0;
  if (numbers.size() < 2 || !absl::SimpleAtoi(numbers[0], &major) ||
      !absl::SimpleAtoi(numbers[1], &minor)) {
    return "fair";
  }
  return std::pair(major, minor) < std::pair(6, 6) ? "fair (CFS)"
                                                   : "fair (EEVDF)";
}

std::string Scheduler(const proto::Host& host) {
  Phrases line;
  if (host.kernel_release().empty()) return "";
  line.Add("", FairScheduler(host.kernel_release()));
  line.Add("sched_ext ", host.sched_ext());
  if (host.sched_ext().empty()) line.Add("", "no sched_ext");
  if (host.has_autogroup()) {
    line.Add("autogroup ", host.autogroup() ? "on" : "off");
  }
  return line.Joined();
}

std::string Cpus(const proto::Host& host) {
  const proto::Topology& topology = host.topology();
  Phrases line;
  if (topology.cpus() > 0) {
    line.Add("", absl::StrCat(topology.cpus()),
             absl::StrCat(" (", topology.online(), ")"));
  }
  if (topology.cores() > 0) {
    line.Add("", Plural(topology.cores(), "core"),
             topology.threads_per_core() > 1
                 ? absl::StrCat(" of ", topology.threads_per_core(), " threads")
                 : "");
    line.Add("", Plural(static_cast<uint64_t>(topology.llcs_size()), "LLC"));
    line.Add("", Plural(static_cast<uint64_t>(topology.nodes_size()), "node"));
  }
  line.Add("", host.cpu_model());
  if (host.hypervisor() == "unknown") {
    line.Add("", "virtual");
  } else {
    line.Add("virtual (", host.hypervisor(), ")");
  }
  return line.Joined();
}

std::string Clocks(const proto::Host& host) {
  Phrases line;
  line.Add("", host.clocksource());
  line.Add("tick from ", host.tick_device());
  line.Add("governor ", absl::StrJoin(host.governors(), " and "));
  return line.Joined();
}

std::string Run(const proto::Options& options) {
  Phrases line;
  line.Add("", HumanNanos(static_cast<double>(options.duration_ns())),
           options.together() ? " together" : " each");
  if (options.iterations() > 0) {
    line.Add("or ", Plural(options.iterations(), "iteration"), " a worker");
  }
  line.Add("on CPUs ", options.cpus());
  line.Add("", options.mode() == proto::FORK ? "processes" : "threads");
  line.Add("timer slack ",
           HumanNanos(static_cast<double>(options.timer_slack_ns())));
  line.Add("seed ", absl::StrCat(options.seed()));
  return line.Joined();
}

std::string Planned(const proto::PlannedStressor& planned) {
  std::string line = planned.name();
  if (planned.name() != planned.stressor()) {
    absl::StrAppend(&line, " (", planned.stressor(), ")");
  }
  absl::StrAppend(&line, ": ", Plural(planned.workers(), "worker"));
  const std::string params = ParamWords(planned.params());
  if (!params.empty()) absl::StrAppend(&line, ", ", params);
  return line;
}

}  // namespace

std::string TextHeader(const proto::Report& report) {
  const proto::Host& host = report.host();
  std::string text = Paragraph("", 0, absl::StrCat("ktstr ", report.version()));
  absl::StrAppend(&text, VmHeader(report));
  const auto add = [&text](absl::string_view label, const std::string& line) {
    if (!line.empty()) absl::StrAppend(&text, Labelled(label, line));
  };
  add("kernel", Kernel(host));
  add("scheduler", Scheduler(host));
  add("CPUs", Cpus(host));
  add("clock", Clocks(host));
  if (report.has_options()) add("run", Run(report.options()));
  absl::StrAppend(&text, AskedPlacement(report));
  absl::string_view label = "plan";
  for (const proto::PlannedStressor& planned : report.plan()) {
    add(label, Planned(planned));
    label = "";
  }
  label = "cells";
  for (const PlannedCell& cell : PlannedCells(report)) {
    add(label, cell.name);
    label = "";
  }
  return text;
}

}  // namespace ktstr
