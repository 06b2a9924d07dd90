// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/elf_file.h"

#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

absl::Status Broken(absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("is a broken ELF file: ", what));
}

// The bytes from `offset` on; false unless all of them are there.
bool Cut(absl::string_view bytes, uint64_t offset, uint64_t size,
         absl::string_view& piece) {
  if (offset > bytes.size() || size > bytes.size() - offset) return false;
  piece = bytes.substr(offset, size);
  return true;
}

// Copies the struct that `bytes`, long enough, begin with.
template <typename T>
T Load(absl::string_view bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

template <typename T>
absl::StatusOr<std::vector<T>> LoadTable(absl::string_view bytes,
                                         uint64_t offset, uint64_t count,
                                         absl::string_view what) {
  absl::string_view table;
  if (!Cut(bytes, offset, count * sizeof(T), table)) {
    return Broken(absl::StrCat(what, " lies beyond its end"));
  }
  std::vector<T> entries;
  for (; !table.empty(); table.remove_prefix(sizeof(T))) {
    entries.push_back(Load<T>(table));
  }
  return entries;
}

absl::StatusOr<Elf64_Ehdr> LoadHeader(absl::string_view bytes) {
  if (!IsElf(bytes)) return absl::InvalidArgumentError("is not an ELF file");
  if (bytes.size() < EI_NIDENT) return Broken("its header is cut off");
  if (bytes[EI_CLASS] == ELFCLASS32) {
    return absl::InvalidArgumentError(
        "is a 32-bit ELF file; only 64-bit ones are supported");
  }
  if (bytes[EI_CLASS] != ELFCLASS64) return Broken("its class is unknown");
  if (bytes[EI_DATA] != ELFDATA2LSB) {
    return absl::InvalidArgumentError(
        "is not a little-endian ELF file; only these are supported");
  }
  if (bytes.size() < sizeof(Elf64_Ehdr)) return Broken("its header is cut off");
  const Elf64_Ehdr header = Load<Elf64_Ehdr>(bytes);
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN) {
    return absl::InvalidArgumentError(
        absl::StrCat("is neither a program nor a library, but an ELF file of "
                     "type ",
                     header.e_type));
  }
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0 ||
      header.e_phnum == PN_XNUM) {
    return Broken("it has no usable program headers");
  }
  return header;
}

// Strings of the dynamic section.
class StringTable final {
 public:
  explicit StringTable(absl::string_view bytes) : bytes_(bytes) {}

  absl::StatusOr<std::string> At(uint64_t offset) const {
    if (offset >= bytes_.size()) {
      return Broken("a string lies beyond its table");
    }
    const size_t end = bytes_.find('\0', offset);
    if (end == absl::string_view::npos) return Broken("a string has no end");
    return std::string(bytes_.substr(offset, end - offset));
  }

 private:
  absl::string_view bytes_;
};

// Where the file holds what is at `address` when it is loaded.
absl::optional<uint64_t> OffsetOf(uint64_t address,
                                  const std::vector<Elf64_Phdr>& segments) {
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
        address - segment.p_vaddr < segment.p_filesz) {
      return segment.p_offset + (address - segment.p_vaddr);
    }
  }
  return absl::nullopt;
}

absl::StatusOr<StringTable> FindStrings(absl::string_view bytes,
                                        const std::vector<Elf64_Phdr>& segments,
                                        const std::vector<Elf64_Dyn>& dynamic) {
  uint64_t address = 0;
  uint64_t size = 0;
  for (const Elf64_Dyn& entry : dynamic) {
    if (entry.d_tag == DT_NULL) break;
    if (entry.d_tag == DT_STRTAB) address = entry.d_un.d_ptr;
    if (entry.d_tag == DT_STRSZ) size = entry.d_un.d_val;
  }
  const absl::optional<uint64_t> offset = OffsetOf(address, segments);
  absl::string_view table;
  if (!offset.has_value() || !Cut(bytes, *offset, size, table)) {
    return Broken("its table of strings is not in it");
  }
  return StringTable(table);
}

absl::Status ReadDynamic(absl::string_view bytes,
                         const std::vector<Elf64_Phdr>& segments,
                         const Elf64_Phdr& segment, ElfFile& elf) {
  KTSTR_ASSIGN_OR_RETURN(
      const std::vector<Elf64_Dyn> dynamic,
      LoadTable<Elf64_Dyn>(bytes, segment.p_offset,
                           segment.p_filesz / sizeof(Elf64_Dyn),
                           "its dynamic section"));
  KTSTR_ASSIGN_OR_RETURN(const StringTable strings,
                         FindStrings(bytes, segments, dynamic));
  for (const Elf64_Dyn& entry : dynamic) {
    std::string* text = nullptr;
    if (entry.d_tag == DT_NULL) break;
    if (entry.d_tag == DT_NEEDED) text = &elf.needed.emplace_back();
    if (entry.d_tag == DT_SONAME) text = &elf.soname;
    if (entry.d_tag == DT_RPATH) text = &elf.rpath;
    if (entry.d_tag == DT_RUNPATH) text = &elf.runpath;
    if (text == nullptr) continue;
    KTSTR_ASSIGN_OR_RETURN(*text, strings.At(entry.d_un.d_val));
  }
  return absl::OkStatus();
}

absl::Status ReadInterpreter(absl::string_view text, ElfFile& elf) {
  if (text.size() < 2 || text[0] != '/' || text.back() != '\0') {
    return Broken("its interpreter is not an absolute path");
  }
  elf.interpreter = std::string(text.substr(0, text.find('\0')));
  return absl::OkStatus();
}

}  // namespace

bool IsElf(absl::string_view bytes) {
  return bytes.substr(0, SELFMAG) == absl::string_view(ELFMAG, SELFMAG);
}

absl::StatusOr<ElfFile> ParseElf(absl::string_view bytes) {
  KTSTR_ASSIGN_OR_RETURN(const Elf64_Ehdr header, LoadHeader(bytes));
  KTSTR_ASSIGN_OR_RETURN(
      const std::vector<Elf64_Phdr> segments,
      LoadTable<Elf64_Phdr>(bytes, header.e_phoff, header.e_phnum,
                            "its table of segments"));
  ElfFile elf;
  elf.machine = header.e_machine;
  elf.segments_end = std::max<size_t>(
      sizeof(header), header.e_phoff + header.e_phnum * sizeof(Elf64_Phdr));
  for (const Elf64_Phdr& segment : segments) {
    absl::string_view content;
    if (!Cut(bytes, segment.p_offset, segment.p_filesz, content)) {
      return Broken("a segment lies beyond its end (is the file cut off?)");
    }
    elf.segments_end =
        std::max<size_t>(elf.segments_end, segment.p_offset + segment.p_filesz);
    if (segment.p_type == PT_INTERP) {
      KTSTR_RETURN_IF_ERROR(ReadInterpreter(content, elf));
    }
    if (segment.p_type == PT_DYNAMIC) {
      KTSTR_RETURN_IF_ERROR(ReadDynamic(bytes, segments, segment, elf));
    }
  }
  return elf;
}

}  // namespace ktstr
