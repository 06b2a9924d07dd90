// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Runs the cells of a matrix of machines, as many at a time as there is room
// for.
#ifndef KTSTR_CLI_VM_MATRIX_H_
#define KTSTR_CLI_VM_MATRIX_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ktstr/cli/run/presentation.h"
#include "ktstr/cli/vm/cell_run.h"
#include "ktstr/cli/vm/cells/cells.h"
#include "ktstr/core/supervisor/interrupts.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// How many of `cells` to run at a time on a host with `free_bytes` of memory
// and `cpus`: at least one, and as many as leave a quarter of the memory and
// give each virtual CPU one of its own. Machines that share CPUs measure one
// another.
uint32_t JobsThatFit(const std::vector<Cell>& cells, int64_t free_bytes,
                     uint32_t cpus);

struct MatrixOutcome {
  proto::Report report;  // Concluded. Of one cell: its own.
  absl::Status shown;    // The writer's first error.
};

// A single cell is shown while it runs, as a run on the host is; of several,
// each is shown whole, in their order.
class Matrix final {
 public:
  // All outlive the object; `cells` are not empty.
  Matrix(const Fleet& fleet, const std::vector<Cell>& cells,
         Interrupts& interrupts, Presentation& presentation);

  // To be called once. When it returns, no machine is left.
  MatrixOutcome Run();

 private:
  bool single() const { return cells_.size() == 1; }
  bool MayStart() const;
  bool HasFailed() const;
  uint32_t Running() const;
  void StartWhatFits();
  void Wait();
  void TakeInterrupts();
  void ShowDone();
  void ShowProgress();
  MatrixOutcome End();

  const Fleet& fleet_;
  const std::vector<Cell>& cells_;
  Interrupts& interrupts_;
  Presentation& presentation_;
  const uint32_t jobs_;
  proto::Report merged_;
  std::vector<std::unique_ptr<CellRun>> runs_;  // Of the first cells.
  size_t shown_cells_ = 0;
  absl::Status shown_;
};

}  // namespace ktstr

#endif  // KTSTR_CLI_VM_MATRIX_H_
