// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_IMAGE_ELF_FILE_H_
#define KTSTR_VM_IMAGE_ELF_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// What a loader wants to know of a program or a library.
struct ElfFile {
  uint16_t machine = 0;     // EM_X86_64 and the like of <elf.h>.
  std::string interpreter;  // Absolute path; empty: it has none.
  std::string soname;       // Empty: it has none.
  std::vector<std::string> needed;
  // As written, "$ORIGIN/../lib:/opt/lib".
  std::string rpath;
  std::string runpath;
  // The headers and all segments end before this offset.
  size_t segments_end = 0;
};

// Reads a 64-bit little-endian ELF program or library. InvalidArgument, with a
// message that continues the file's name ("is cut off: ..."), for everything
// else: other files, other classes, object files, and headers that lead out of
// the file.
absl::StatusOr<ElfFile> ParseElf(absl::string_view bytes);

// True if `bytes` begin as those of every ELF file do.
bool IsElf(absl::string_view bytes);

}  // namespace ktstr

#endif  // KTSTR_VM_IMAGE_ELF_FILE_H_
