// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_VM_CELLS_KEPT_FILES_H_
#define KTSTR_CLI_VM_CELLS_KEPT_FILES_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/vm/qemu/qemu_command.h"

namespace ktstr {

// `name` as the name of a file: what is no letter, digit, '.', '-' or '+' is
// '_'.
std::string FileName(absl::string_view name);

// Makes `folder`, and those above it, unless it is there.
absl::Status MakeFolder(const std::string& folder);

// Makes `path` anew, or writes to what there is if that is no regular file.
// InvalidArgument for a block device, which is not even opened.
absl::StatusOr<Fd> OpenAnew(const std::string& path, mode_t mode = 0644);

// Keeps in `folder`, which is made, what a machine is started with:
// initramfs.cpio, a copy of `initrd`, and qemu.sh, a script that boots the
// same machine by hand with its console on the terminal. Older ones are
// replaced.
absl::Status KeepMachine(const std::string& folder, QemuOptions qemu,
                         const Fd& initrd);

}  // namespace ktstr

#endif  // KTSTR_CLI_VM_CELLS_KEPT_FILES_H_
