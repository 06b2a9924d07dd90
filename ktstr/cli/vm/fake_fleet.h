// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_VM_FAKE_FLEET_H_
#define KTSTR_CLI_VM_FAKE_FLEET_H_

#include <string>

#include "ktstr/cli/flags.h"
#include "ktstr/cli/vm/cell_run.h"
#include "ktstr/cli/vm/cells/cells.h"

namespace ktstr {

// For tests: what machines of ktstr/vm/host/fake_qemu have in common. They
// wait for an hour where `options` give them no time-out.
class FakeFleet final {
 public:
  FakeFleet();
  FakeFleet(const FakeFleet&) = delete;
  FakeFleet& operator=(const FakeFleet&) = delete;

  const Fleet& fleet() const { return fleet_; }
  Fleet& fleet() { return fleet_; }
  CliOptions& options() { return options_; }

  // A machine with one CPU, one stressor to run, and this fate.
  static Cell MakeCell(const std::string& name, const std::string& fate);

 private:
  CliOptions options_;
  Fleet fleet_;
};

}  // namespace ktstr

#endif  // KTSTR_CLI_VM_FAKE_FLEET_H_
