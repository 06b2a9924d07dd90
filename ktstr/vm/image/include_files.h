// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_IMAGE_INCLUDE_FILES_H_
#define KTSTR_VM_IMAGE_INCLUDE_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ktstr/vm/image/guest_tree.h"

namespace ktstr {

// An executable file that was put into the tree, whose interpreter and
// libraries were not.
struct IncludedProgram {
  std::string host;
  std::string guest;
  bool named = false;  // By the user; else it was in a folder.
};

// Puts the file, or the folder with all that is in it, that `text` names
// ("HOST_PATH" or "HOST_PATH:GUEST_PATH") into the tree, and appends the
// programs among it. A GUEST_PATH that ends with a slash is the folder that a
// file goes into.
//
// A link in a folder stays one if it leads, by a relative path, to something in
// that folder or to nothing; else the file behind it is taken.
//
// InvalidArgument for a text without a host path or with a relative guest path,
// for devices, FIFOs and sockets, and for a link to a folder outside.
absl::Status IncludeFiles(absl::string_view text, GuestTree& tree,
                          std::vector<IncludedProgram>& programs);

}  // namespace ktstr

#endif  // KTSTR_VM_IMAGE_INCLUDE_FILES_H_
