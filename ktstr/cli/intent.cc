// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/intent.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cli/command_line.h"
#include "ktstr/cli/commands/describe_command.h"
#include "ktstr/cli/commands/describe_host.h"
#include "ktstr/cli/commands/help.h"
#include "ktstr/cli/commands/list_command.h"
#include "ktstr/cli/commands/topology_command.h"
#include "ktstr/cli/environment.h"
#include "ktstr/cli/flags.h"
#include "ktstr/cli/placement/given_cgroup.h"
#include "ktstr/cli/plan/make_plan.h"
#include "ktstr/cli/run/color.h"
#include "ktstr/cli/version.h"
#include "ktstr/cli/vm/cells/cells.h"
#include "ktstr/cli/vm/guest_args.h"
#include "ktstr/core/plan.h"
#include "ktstr/vm/channel/names.h"
#include "ktstr/vm/machine_spec/vm_spec.h"

namespace ktstr {
namespace {

// Everything that a command may look at.
struct Invocation {
  const CommandLine& line;
  const RunMachine& machine;
  StressorTable table;
  CliOptions options;

  // Of the word after the command, if the command takes one.
  const std::string& argument() const { return line.words[1]; }
};

Intent Print(std::string text) {
  Intent intent;
  intent.text = std::move(text);
  return intent;
}

absl::StatusOr<Intent> List(const Invocation& call) {
  if (call.line.words.size() > 1) {
    const std::string& what = call.argument();
    if (what == "vm" && call.line.words.size() == 2) return Print(ListVm());
    return absl::InvalidArgumentError(absl::StrCat(
        "'list' lists the stressors, and 'list vm' the named topologies; it "
        "does not take '",
        call.line.words.back(), "'"));
  }
  return Print(call.options.long_list ? ListStressorsLong(call.table)
                                      : ListStressors(call.table));
}

absl::StatusOr<Intent> Describe(const Invocation& call) {
  // No stressor has this name (tools/new_stressor).
  if (call.argument() == "host") {
    return Print(DescribeHost(UseColor(call.options.color)));
  }
  KTSTR_ASSIGN_OR_RETURN(const StressorDef* def,
                         FindRow(call.argument(), call.table));
  return Print(DescribeStressor(*def));
}

absl::StatusOr<Intent> ShowTopology(const Invocation& call) {
  return Print(DescribeTopology(call.machine.topology, call.machine.allowed));
}

absl::StatusOr<Intent> ShowReport(const Invocation& call) {
  Intent intent;
  intent.kind = Intent::kShowReport;
  intent.report_file = call.argument();
  intent.options = call.options;
  return intent;
}

absl::StatusOr<Intent> Merge(const Invocation& call) {
  Intent intent;
  intent.kind = Intent::kMerge;
  intent.files.assign(call.line.words.begin() + 1, call.line.words.end());
  intent.options = call.options;
  return intent;
}

absl::StatusOr<Intent> Version(const Invocation&) {
  return Print(absl::StrCat("ktstr ", kVersion, "\n"));
}

absl::StatusOr<Intent> Help(const Invocation&) { return Print(HelpText()); }

struct Command {
  absl::string_view name;
  absl::string_view argument;  // What the word after it is; "" if none.
  absl::string_view flags;     // That it takes, with blanks around each.
  absl::StatusOr<Intent> (*read)(const Invocation& call);
  bool several = false;  // Of `argument`: one or more.
};

constexpr Command kCommands[] = {
    {"describe", "the name of a stressor, or host", " color ", Describe},
    {"help", "", " ", Help},
    {"list", "", " long ", List, /*several=*/true},
    {"merge", "the files of saved reports", " format output color ", Merge,
     /*several=*/true},
    {"report", "the file of a saved report", " format color ", ShowReport},
    {"topology", "", " ", ShowTopology},
    {"version", "", " ", Version},
};

absl::Status CheckUse(const Command& command, const CommandLine& line) {
  for (const std::string& flag : line.given_flags) {
    if (!absl::StrContains(command.flags, absl::StrCat(" ", flag, " "))) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", command.name, "' does not take --", flag));
    }
  }
  const size_t words = command.argument.empty() ? 1 : 2;
  if (line.words.size() < words) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", command.name, "' needs ", command.argument));
  }
  if (line.words.size() > words && !command.several) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", command.name, "' does not take '", line.words[words], "'"));
  }
  return absl::OkStatus();
}

bool IsCommand(absl::string_view word) {
  return absl::c_any_of(
      kCommands, [&](const Command& command) { return command.name == word; });
}

// What to say to a word that is neither a command nor NAME=VALUE.
absl::Status UnknownCommand(const std::string& word, StressorTable table) {
  if (FindRow(word, table).ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", word, "' is no command; to run it: --stressor=", word));
  }
  std::vector<absl::string_view> names;
  for (const Command& command : kCommands) names.push_back(command.name);
  return absl::InvalidArgumentError(
      absl::StrCat("'", word, "' is neither a command nor NAME=VALUE",
                   DidYouMean(word, names)));
}

absl::Status CheckRun(const Invocation& call) {
  for (const std::string& word : call.line.words) {
    if (!absl::StrContains(word, '=')) {
      return UnknownCommand(word, call.table);
    }
  }
  const SelectionText& selection = call.options.selection;
  if (selection.stressor.empty() &&
      (call.line.given_flags.count("stressor") != 0 ||
       (selection.filter.empty() && selection.exclude.empty()))) {
    return absl::InvalidArgumentError(
        "nothing to run: name it with --stressor=NAME, or --stressor=all "
        "('ktstr list' shows the names)");
  }
  if (call.options.long_list) {
    return absl::InvalidArgumentError("--long is for 'ktstr list'");
  }
  return absl::OkStatus();
}

absl::StatusOr<Intent> ReadRun(const Invocation& call) {
  KTSTR_RETURN_IF_ERROR(CheckRun(call));
  Intent intent;
  KTSTR_ASSIGN_OR_RETURN(intent.plan,
                         MakePlanOf(call.options, call.line.words, call.table,
                                    call.machine.topology));
  KTSTR_RETURN_IF_ERROR(CheckGivenCgroup(call.options.run.placement.cgroup));
  if (call.options.dry_run) return Print(DescribePlan(intent.plan));
  intent.kind = Intent::kRun;
  intent.options = call.options;
  return intent;
}

std::string Folder(const char* variable, absl::string_view below) {
  const std::string folder = Environment(variable);
  return folder.empty() ? "" : absl::StrCat(folder, below);
}

// Where tools/get_kernel and tools/build_kernel put theirs.
KernelPlaces Places() {
  KernelPlaces places;
  places.boot = "/boot";
  places.cache = Folder("XDG_CACHE_HOME", "/ktstr");
  if (places.cache.empty()) places.cache = Folder("HOME", "/.cache/ktstr");
  return places;
}

// Each machine has CPUs of its own, and so a plan of its own.
absl::StatusOr<Intent> ReadRunInVms(Invocation call) {
  Intent intent;
  KTSTR_ASSIGN_OR_RETURN(const VmOptions vm, ReadVmOptions(call.line));
  KTSTR_ASSIGN_OR_RETURN(intent.cells, MakeCells(vm, Places()));
  for (Cell& cell : intent.cells) {
    const RunMachine machine = MachineOf(cell.spec);
    KTSTR_ASSIGN_OR_RETURN(call.options, ReadFlags(call.line, machine));
    KTSTR_RETURN_IF_ERROR(CheckRun(call));
    KTSTR_ASSIGN_OR_RETURN(cell.plan, MakePlanOf(call.options, call.line.words,
                                                 call.table, machine.topology));
  }
  if (call.options.dry_run) return Print(DescribeCells(intent.cells));
  intent.kind = Intent::kRunInVms;
  intent.options = call.options;
  intent.guest_args = GuestArgs(call.line);
  return intent;
}

}  // namespace

absl::StatusOr<Intent> ReadIntent(absl::Span<const char* const> args,
                                  const RunMachine& machine,
                                  StressorTable table) {
  // Before it a kernel puts those of its own words that it does not know.
  if (!args.empty() && absl::string_view(args.back()) == kGuestInitWord) {
    Intent intent;
    intent.kind = Intent::kBeGuest;
    return intent;
  }
  KTSTR_ASSIGN_OR_RETURN(const CommandLine line, ParseCommandLine(args));
  Invocation call = {line, machine, table, {}};
  const bool in_vms = line.given_flags.count("vm") != 0 &&
                      (line.words.empty() || !IsCommand(line.words[0]));
  if (in_vms && line.given_flags.count("help") == 0 &&
      line.given_flags.count("version") == 0) {
    return ReadRunInVms(call);
  }
  KTSTR_ASSIGN_OR_RETURN(call.options, ReadFlags(line, machine));
  if (args.empty() || call.options.help) return Help(call);
  if (call.options.version) return Version(call);
  for (const Command& command : kCommands) {
    if (line.words.empty() || line.words[0] != command.name) continue;
    KTSTR_RETURN_IF_ERROR(CheckUse(command, line));
    return command.read(call);
  }
  return in_vms ? ReadRunInVms(call) : ReadRun(call);
}

}  // namespace ktstr
