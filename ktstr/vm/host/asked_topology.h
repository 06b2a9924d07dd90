// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_HOST_ASKED_TOPOLOGY_H_
#define KTSTR_VM_HOST_ASKED_TOPOLOGY_H_

#include "ktstr/report/report.pb.h"
#include "ktstr/vm/machine_spec/vm_spec.h"

namespace ktstr {

// What the kernel of a machine of `spec` has to report.
proto::Topology AskedTopology(const VmSpec& spec);

}  // namespace ktstr

#endif  // KTSTR_VM_HOST_ASKED_TOPOLOGY_H_
