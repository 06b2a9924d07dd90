// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_IMAGE_ELF_NEEDS_H_
#define KTSTR_VM_IMAGE_ELF_NEEDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ktstr {

struct ElfNeedsOptions {
  // Where the program will be in the guest; empty: where it is now.
  std::string guest_path = {};
  // More folders with libraries, as in LD_LIBRARY_PATH.
  std::string library_path = {};
  // EM_X86_64 and the like: what the guest can run. 0: whatever the program
  // is for.
  uint16_t machine = 0;
  // Where interpreters, libraries and the loader's configuration are looked
  // for: for tests.
  std::string root = {};
};

struct NeededFile {
  std::string guest_path;  // Where the guest looks for it; clean, absolute.
  std::string host_path;
  // Not empty: the guest finds it there only if the loader's cache leads from
  // this name to it.
  std::string cache_name;
};

// What it takes to run the program at `program` (a path on the host): itself
// first, then its interpreter and libraries, and what they need, each once. For
// a script its interpreter and what that needs.
//
// Libraries are looked for as glibc's ld.so(8) does: by DT_RPATH or DT_RUNPATH
// with $ORIGIN, $LIB and $PLATFORM, in `library_path`, where /etc/ld.so.conf
// says and in the usual folders. Those of another machine or class do not count
// there. A library that is found through a link has in the guest the path of
// the link, so that the guest needs no links. What a program opens by itself
// (dlopen, name services) is not found.
//
// Errors: NotFound for a missing library, with its name, who needs it and the
// folders searched; InvalidArgument for a program that is no ELF file and no
// script, a broken one, and one for another machine or class.
absl::StatusOr<std::vector<NeededFile>> ElfNeeds(
    const std::string& program, const ElfNeedsOptions& options);

}  // namespace ktstr

#endif  // KTSTR_VM_IMAGE_ELF_NEEDS_H_
