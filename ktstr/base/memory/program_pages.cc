// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/memory/program_pages.h"

#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace ktstr {
namespace {

// For dl_iterate_phdr(3), which comes to the program itself first.
int DropReadOnlySegments(dl_phdr_info* program, size_t, void*) {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  for (int i = 0; i < program->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = program->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const uintptr_t begin = program->dlpi_addr + segment.p_vaddr;
    const uintptr_t first = (begin + page - 1) / page * page;
    const uintptr_t last = (begin + segment.p_memsz) / page * page;
    if (last <= first) continue;
    // Clean pages of a private file mapping: nothing can be lost. Refused
    // (locked memory), they stay.
    madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
  }
  return 1;  // Not the shared libraries.
}

}  // namespace

void DropProgramPages() { dl_iterate_phdr(DropReadOnlySegments, nullptr); }

}  // namespace ktstr
