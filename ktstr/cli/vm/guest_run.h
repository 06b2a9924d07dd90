// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_VM_GUEST_RUN_H_
#define KTSTR_CLI_VM_GUEST_RUN_H_

#include "ktstr/cli/plan/selection.h"

namespace ktstr {

// Makes this process the init of a virtual machine: has a child run what the
// host asked for and tell it, then powers off. Returns only, with the exit
// code of wrong usage, where this is no such machine.
int BecomeGuest(StressorTable table);

}  // namespace ktstr

#endif  // KTSTR_CLI_VM_GUEST_RUN_H_
