// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Where the files of a cell go that the user asked for.
#ifndef KTSTR_CLI_VM_CELLS_CELL_FILES_H_
#define KTSTR_CLI_VM_CELLS_CELL_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ktstr/cli/vm/cells/cells.h"
#include "ktstr/cli/vm/cells/vm_options.h"

namespace ktstr {

// The file of --vm_console: of one cell itself, of several one each.
std::string ConsoleFile(const VmOptions& options, const Cell& cell);

// The folder of --vm_keep, likewise.
std::string KeepFolder(const VmOptions& options, const Cell& cell);

// Finds out, by making them, whether all of these can be written.
absl::Status TryFiles(const VmOptions& options, const std::vector<Cell>& cells);

}  // namespace ktstr

#endif  // KTSTR_CLI_VM_CELLS_CELL_FILES_H_
