// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/fake_elf.h"

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace ktstr {
namespace {

constexpr uint64_t kLoadAddress = 0x10000;

template <typename T>
absl::string_view BytesOf(const T& value) {
  return absl::string_view(reinterpret_cast<const char*>(&value), sizeof(T));
}

// Collects the dynamic section and its strings.
class Dynamic final {
 public:
  void Add(int64_t tag, const std::string& text) {
    if (text.empty()) return;
    AddNumber(tag, strings.size());
    absl::StrAppend(&strings, text, absl::string_view("\0", 1));
  }
  void AddNumber(int64_t tag, uint64_t value) {
    absl::StrAppend(&entries, BytesOf(Elf64_Dyn{tag, {value}}));
  }

  std::string strings = std::string(1, '\0');
  std::string entries;
};

Elf64_Phdr Segment(uint32_t type, uint64_t offset, uint64_t size) {
  Elf64_Phdr segment = {};
  segment.p_type = type;
  segment.p_offset = offset;
  segment.p_vaddr = kLoadAddress + offset;
  segment.p_filesz = size;
  segment.p_memsz = size;
  return segment;
}

Elf64_Ehdr Header(uint16_t machine, uint16_t segments) {
  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_DYN;
  header.e_machine = machine;
  header.e_version = EV_CURRENT;
  header.e_phoff = sizeof(header);
  header.e_ehsize = sizeof(header);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = segments;
  return header;
}

}  // namespace

std::string MakeFakeElf(const FakeElf& fake) {
  Dynamic dynamic;
  for (const std::string& name : fake.needed) dynamic.Add(DT_NEEDED, name);
  dynamic.Add(DT_SONAME, fake.soname);
  dynamic.Add(DT_RPATH, fake.rpath);
  dynamic.Add(DT_RUNPATH, fake.runpath);

  const std::string interpreter = fake.interpreter + '\0';
  const bool is_program = !fake.interpreter.empty();
  const uint16_t segments = is_program ? 3 : 2;
  const uint64_t interpreter_at =
      sizeof(Elf64_Ehdr) + segments * sizeof(Elf64_Phdr);
  const uint64_t strings_at = interpreter_at + interpreter.size();
  const uint64_t dynamic_at = strings_at + dynamic.strings.size();
  dynamic.AddNumber(DT_STRTAB, kLoadAddress + strings_at);
  dynamic.AddNumber(DT_STRSZ, dynamic.strings.size());
  dynamic.AddNumber(DT_NULL, 0);
  const uint64_t end = dynamic_at + dynamic.entries.size();

  Elf64_Ehdr header = Header(fake.machine, segments);
  if (!fake.after_segments.empty()) {
    header.e_shoff = end;
    header.e_shnum = 1;
  }
  std::string bytes(BytesOf(header));
  absl::StrAppend(&bytes, BytesOf(Segment(PT_LOAD, 0, end)),
                  BytesOf(Segment(PT_DYNAMIC, dynamic_at, end - dynamic_at)));
  if (is_program) {
    absl::StrAppend(&bytes, BytesOf(Segment(PT_INTERP, interpreter_at,
                                            interpreter.size())));
  }
  return absl::StrCat(bytes, interpreter, dynamic.strings, dynamic.entries,
                      fake.after_segments);
}

}  // namespace ktstr
