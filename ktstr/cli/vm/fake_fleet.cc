// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/fake_fleet.h"

#include <string>

#include "absl/time/time.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/fd.h"
#include "ktstr/cli/plan/fake_stressors.h"
#include "ktstr/cli/plan/selection.h"
#include "ktstr/cli/vm/cell_run.h"
#include "ktstr/cli/vm/cells/cells.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/run_options.h"
#include "ktstr/vm/machine_spec/vm_memory.h"

namespace ktstr {

FakeFleet::FakeFleet() {
  options_.vm.timeout = absl::Hours(1);
  fleet_.options = &options_;
  fleet_.command_line = {"--vm=1c"};
  // In the runfiles, from the folder where tests are started.
  fleet_.qemu = "ktstr/vm/host/fake_qemu";
  fleet_.initrd = *MakeMemoryFile("initrd");
}

Cell FakeFleet::MakeCell(const std::string& name, const std::string& fate) {
  Cell cell;
  cell.name = name;
  cell.topology = "1c";
  cell.kernel.path = fate;
  cell.memory_bytes = DefaultMemory(cell.spec);
  RunOptions options;
  options.cpus = CpuSet{0};
  cell.plan = *MakePlan(
      options, *SelectStressors({"spin", "", ""}, FakeStressors()), {});
  return cell;
}

}  // namespace ktstr
