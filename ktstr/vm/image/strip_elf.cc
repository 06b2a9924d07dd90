// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/strip_elf.h"

#include <elf.h>

#include <cstring>
#include <string>

#include "absl/status/statusor.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/vm/image/elf_file.h"

namespace ktstr {

absl::StatusOr<std::string> StripElf(std::string bytes) {
  KTSTR_ASSIGN_OR_RETURN(const ElfFile elf, ParseElf(bytes));
  bytes.resize(elf.segments_end);
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  header.e_shoff = 0;
  header.e_shnum = 0;
  header.e_shstrndx = SHN_UNDEF;
  std::memcpy(bytes.data(), &header, sizeof(header));
  return bytes;
}

}  // namespace ktstr
