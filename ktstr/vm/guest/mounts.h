// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_GUEST_MOUNTS_H_
#define KTSTR_VM_GUEST_MOUNTS_H_

#include <string>
#include <vector>

namespace ktstr {

// Mounts what programs find on a running system: proc, sysfs, devtmpfs, tmpfs
// on /dev/shm, and, where the kernel has them, cgroup v2 with every controller
// handed down, debugfs, tracefs, bpffs, devpts and mqueue. Makes /dev/stdout
// and its like. For the first process of a guest. Returns what is missing of
// the first four and of the links, a line each.
std::vector<std::string> MountGuest();

}  // namespace ktstr

#endif  // KTSTR_VM_GUEST_MOUNTS_H_
