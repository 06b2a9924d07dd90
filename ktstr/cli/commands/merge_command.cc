// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/commands/merge_command.h"

#include <sys/stat.h>

#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cli/exit_code.h"
#include "ktstr/cli/run/color.h"
#include "ktstr/cli/run/output_file.h"
#include "ktstr/cli/run/save_report.h"
#include "ktstr/cli/say.h"
#include "ktstr/report/merge/merge_reports.h"
#include "ktstr/report/read_report.h"
#include "ktstr/report/verdict.h"

namespace ktstr {
namespace {

// "run" of "out/run.pb".
std::string Stem(absl::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);  // npos + 1 is 0.
  const size_t dot = path.rfind('.');
  return std::string(dot == 0 ? path : path.substr(0, dot));
}

// Which file each path is, whatever it is called: a report that is counted
// twice would be a lie.
class Distinct final {
 public:
  absl::Status Add(const std::string& path) {
    struct stat found = {};
    if (stat(path.c_str(), &found) != 0) return absl::OkStatus();
    const auto [first, fresh] =
        paths_.emplace(std::pair(found.st_dev, found.st_ino), path);
    if (fresh) return absl::OkStatus();
    return absl::InvalidArgumentError(
        path == first->second
            ? absl::StrCat(path, " is named twice")
            : absl::StrCat(path, " is the same file as ", first->second));
  }

 private:
  std::map<std::pair<dev_t, ino_t>, std::string> paths_;
};

}  // namespace

absl::StatusOr<proto::Report> MergeFiles(absl::Span<const std::string> files) {
  Distinct distinct;
  std::vector<NamedReport> reports;
  for (const std::string& file : files) {
    KTSTR_RETURN_IF_ERROR(distinct.Add(file));
    KTSTR_ASSIGN_OR_RETURN(proto::Report report, ReadReport(file));
    reports.push_back({Stem(file), std::move(report)});
  }
  return MergeReports(reports);
}

int MergeCommand(const CliOptions& options,
                 const std::vector<std::string>& files) {
  const absl::StatusOr<proto::Report> merged = MergeFiles(files);
  if (!merged.ok()) return Say(kExitUsage, merged.status());
  absl::Status told;
  if (!options.output.empty()) {
    absl::StatusOr<OutputFile> output = OutputFile::Open(options.output);
    if (!output.ok()) return Say(kExitUsage, output.status());
    told = SaveReport(*merged, options.output_format, *output);
    if (!told.ok()) Say(kExitFailure, told);
  }
  const absl::Status shown =
      PrintReport(*merged, options.format, UseColor(options.color));
  if (!shown.ok()) Say(kExitFailure, shown);
  told.Update(shown);
  // Nobody interrupted this command: 128 + N would be untrue of it.
  if (!told.ok() || merged->interrupted_by() != 0) return kExitFailure;
  return ExitCode(*merged);
}

}  // namespace ktstr
