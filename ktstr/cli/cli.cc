// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cli/commands/describe_command.h"
#include "ktstr/cli/commands/help.h"
#include "ktstr/cli/commands/list_command.h"
#include "ktstr/cli/commands/merge_command.h"
#include "ktstr/cli/commands/topology_command.h"
#include "ktstr/cli/exit_code.h"
#include "ktstr/cli/run/color.h"
#include "ktstr/cli/run/run_command.h"
#include "ktstr/cli/say.h"
#include "ktstr/cli/version.h"
#include "ktstr/core/nearest_name.h"
#include "ktstr/report/read_report.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/writer.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

// Everything that a command may look at.
struct Invocation {
  const CommandLine& line;
  const HostCpus& host;
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
  return Print(call.options.long_list ? ListStressorsLong(call.table)
                                      : ListStressors(call.table));
}

absl::StatusOr<Intent> Describe(const Invocation& call) {
  KTSTR_ASSIGN_OR_RETURN(const StressorDef* def,
                         FindRow(call.argument(), call.table));
  return Print(DescribeStressor(*def));
}

absl::StatusOr<Intent> ShowTopology(const Invocation& call) {
  KTSTR_ASSIGN_OR_RETURN(const Topology topology, Topology::Read());
  return Print(DescribeTopology(topology, call.host.allowed));
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
    {"describe", "the name of a stressor", " ", Describe},
    {"help", "", " ", Help},
    {"list", "", " long ", List},
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

absl::StatusOr<Intent> ReadRun(const Invocation& call) {
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
  Intent intent;
  KTSTR_ASSIGN_OR_RETURN(intent.plan,
                         MakePlanOf(call.options, call.line.words, call.table));
  if (call.options.dry_run) return Print(DescribePlan(intent.plan));
  intent.kind = Intent::kRun;
  intent.options = call.options;
  return intent;
}

int PrintText(absl::string_view text) {
  const absl::Status written =
      Sink::To(STDOUT_FILENO, "standard output").Write(text);
  return written.ok() ? kExitSuccess : Say(kExitFailure, written);
}

int ShowReportFile(const Intent& intent) {
  const absl::StatusOr<proto::Report> report = ReadReport(intent.report_file);
  if (!report.ok()) return Say(kExitUsage, report.status());
  Sink sink = Sink::To(STDOUT_FILENO, "standard output");
  const absl::StatusOr<std::unique_ptr<StreamWriter>> writer =
      MakeWriter(intent.options.format, sink, UseColor(intent.options.color));
  const absl::Status shown =
      writer.ok() ? WriteReport(*report, **writer) : writer.status();
  return shown.ok() ? kExitSuccess : Say(kExitFailure, shown);
}

// Descriptors 0 to 2 that are closed would become those of our own files.
absl::Status CheckStandardStreams() {
  const bool has_output = fcntl(STDOUT_FILENO, F_GETFD) != -1;
  for (int fd = 0; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) {
      // Lowest first: this gets the number that is missing.
      if (open("/dev/null", O_RDWR) != fd) {
        return absl::UnavailableError("cannot open /dev/null");
      }
    }
  }
  if (has_output) return absl::OkStatus();
  return absl::FailedPreconditionError("standard output is closed");
}

}  // namespace

absl::StatusOr<Intent> ReadIntent(absl::Span<const char* const> args,
                                  const HostCpus& host, StressorTable table) {
  KTSTR_ASSIGN_OR_RETURN(const CommandLine line, ParseCommandLine(args));
  Invocation call = {line, host, table, {}};
  KTSTR_ASSIGN_OR_RETURN(call.options, ReadFlags(line, host));
  if (args.empty() || call.options.help) return Help(call);
  if (call.options.version) return Version(call);
  for (const Command& command : kCommands) {
    if (line.words.empty() || line.words[0] != command.name) continue;
    KTSTR_RETURN_IF_ERROR(CheckUse(command, line));
    return command.read(call);
  }
  return ReadRun(call);
}

int RunCli(absl::Span<const char* const> args, StressorTable table) {
  const absl::Status streams = CheckStandardStreams();
  if (!streams.ok()) return Say(kExitFailure, streams);
  // A closed pipe is an error of write(2), which is told, not a death.
  signal(SIGPIPE, SIG_IGN);
  const absl::StatusOr<HostCpus> host = ReadHostCpus();
  if (!host.ok()) return Say(kExitFailure, host.status());
  const absl::StatusOr<Intent> intent = ReadIntent(args, *host, table);
  if (!intent.ok()) return Say(kExitUsage, intent.status());
  switch (intent->kind) {
    case Intent::kPrint:
      return PrintText(intent->text);
    case Intent::kShowReport:
      return ShowReportFile(*intent);
    case Intent::kMerge:
      return MergeCommand(intent->options, intent->files);
    default:
      return RunCommand(intent->options, intent->plan,
                        std::vector<std::string>(args.begin(), args.end()));
  }
}

}  // namespace ktstr
