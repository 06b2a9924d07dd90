// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/cells/cell_files.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/cli/vm/cells/cells.h"
#include "ktstr/cli/vm/cells/kept_files.h"
#include "ktstr/cli/vm/cells/vm_options.h"

namespace ktstr {
namespace {

std::string Own(const std::string& path, absl::string_view joint,
                const VmOptions& options, const Cell& cell) {
  const bool several =
      options.topologies.size() > 1 || options.kernels.size() > 1;
  return several ? absl::StrCat(path, joint, FileName(cell.name)) : path;
}

absl::Status ForFlag(absl::string_view flag, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, ": ", status.message()));
}

}  // namespace

std::string ConsoleFile(const VmOptions& options, const Cell& cell) {
  return Own(options.console, ".", options, cell);
}

std::string KeepFolder(const VmOptions& options, const Cell& cell) {
  return Own(options.keep, "/", options, cell);
}

absl::Status TryFiles(const VmOptions& options,
                      const std::vector<Cell>& cells) {
  absl::Status tried;
  for (const Cell& cell : cells) {
    if (!options.console.empty()) {
      tried.Update(
          ForFlag("vm_console", OpenAnew(ConsoleFile(options, cell)).status()));
    }
    if (!options.keep.empty()) {
      const std::string folder = KeepFolder(options, cell);
      tried.Update(ForFlag("vm_keep", MakeFolder(folder)));
      tried.Update(ForFlag(
          "vm_keep", OpenAnew(absl::StrCat(folder, "/console.log")).status()));
    }
  }
  return tried;
}

}  // namespace ktstr
