// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What host and guest have to agree on.
#ifndef KTSTR_VM_CHANNEL_NAMES_H_
#define KTSTR_VM_CHANNEL_NAMES_H_

namespace ktstr {

// The virtio port of the report channel, as in
// /sys/class/virtio-ports/vportNpM/name of the guest.
inline constexpr char kChannelPortName[] = "ktstr.0";
// The guest's console, and its serial port for reports without virtio.
inline constexpr char kConsoleTty[] = "ttyS0";
inline constexpr char kChannelTty[] = "ttyS1";

// A serialized GuestConfig, in the guest.
inline constexpr char kGuestConfigFile[] = "/ktstr.config";
// The word after the kernel's "--", which makes the binary the guest's init.
inline constexpr char kGuestInitWord[] = "vm_guest";

}  // namespace ktstr

#endif  // KTSTR_VM_CHANNEL_NAMES_H_
