// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/qemu/kernel_image.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

// The release of a bzImage lies at most 0x200 + 0xffff from its start.
constexpr size_t kHeadBytes = size_t{68} * 1024;
constexpr size_t kMostBytes = size_t{64} << 20;

// Fields of the setup header, offsets into the file.
constexpr size_t kBootFlag = 0x1fe;       // 0xaa55.
constexpr size_t kMagic = 0x202;          // "HdrS".
constexpr size_t kProtocol = 0x206;       // Version, as 0x020c for 2.12.
constexpr size_t kKernelVersion = 0x20e;  // Of the text, less 0x200; 0: none.
constexpr size_t kLoadFlags = 0x211;      // Bit 0: loaded high, a bzImage.
constexpr size_t kXLoadFlags = 0x236;     // Bit 0: has a 64-bit entry point.
constexpr size_t kHeaderEnd = 0x238;

// The two bytes at `offset`, little endian; the caller knows they are there.
uint16_t Word(absl::string_view bytes, size_t offset) {
  return static_cast<uint16_t>(static_cast<uint8_t>(bytes[offset]) |
                               static_cast<uint8_t>(bytes[offset + 1]) << 8);
}

bool HoldsAt(absl::string_view bytes, size_t offset, absl::string_view part) {
  return bytes.size() >= offset && absl::StartsWith(bytes.substr(offset), part);
}

// At most `most` bytes from the start of the file.
absl::StatusOr<std::string> ReadHead(const std::string& path, size_t most) {
  KTSTR_ASSIGN_OR_RETURN(const Fd fd, OpenFile(path, O_RDONLY));
  std::string bytes(most, '\0');
  size_t have = 0;
  while (have < most) {
    const ssize_t got = read(fd.get(), &bytes[have], most - have);
    if (got == 0) break;
    if (got > 0) {
      have += static_cast<size_t>(got);
    } else if (const int error = errno; error != EINTR) {
      return PosixError(error, absl::StrCat("read(", path, ")"));
    }
  }
  bytes.resize(have);
  return bytes;
}

absl::Status NoKernel(absl::string_view path, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, " is no x86-64 kernel but ", what));
}

// The release is the first word of the version: "6.12.1-x (me@here) #1 SMP".
std::string FirstWord(absl::string_view text) {
  size_t length = 0;
  while (length < text.size() && absl::ascii_isgraph(text[length])) ++length;
  return std::string(text.substr(0, length));
}

struct Signature {
  size_t offset;
  absl::string_view bytes;
  absl::string_view what;
};

// In the order in which they are tried.
constexpr Signature kSignatures[] = {
    {0x38, "ARM\x64", "an arm64 kernel"},
    {0x04, "zimg", "a compressed kernel of another architecture"},
    {0x38, "RISCV", "a RISC-V kernel"},
    {0x00, "\x1f\x8b",
     "a gzip file, as compressed kernels of other "
     "architectures and initial file systems are"},
    {0x00,
     "\xfd"
     "7zXZ",
     "an xz file"},
    {0x00, "\x28\xb5\x2f\xfd", "a zstd file, as initial file systems are"},
    {0x00, "07070", "a cpio archive, as initial file systems are"},
    {0x00, "!<arch>",
     "a package or library archive; a kernel package has to "
     "be unpacked, which tools/get_kernel does"},
    {0x00, "MZ", "an EFI program"},
    {0x00, "#!", "a script"},
};

std::string Guess(absl::string_view bytes) {
  if (bytes.empty()) return "an empty file";
  for (const Signature& signature : kSignatures) {
    if (HoldsAt(bytes, signature.offset, signature.bytes)) {
      return std::string(signature.what);
    }
  }
  const bool text =
      std::all_of(bytes.begin(), bytes.end(), [](unsigned char c) {
        return absl::ascii_isprint(c) || absl::ascii_isspace(c);
      });
  return text ? "a text file" : "a file of another kind";
}

absl::StatusOr<KernelImage> InspectBzImage(const std::string& path,
                                           absl::string_view head) {
  // Before 2.12 (Linux 3.8) the header could not say that it is 64-bit.
  if (Word(head, kProtocol) < 0x020c || (head[kXLoadFlags] & 1) == 0) {
    return NoKernel(path, "a 32-bit one");
  }
  if ((head[kLoadFlags] & 1) == 0) return NoKernel(path, "a zImage");
  KernelImage image;
  image.path = path;
  const size_t version = Word(head, kKernelVersion);
  if (version != 0 && version + 0x200 < head.size()) {
    image.release = FirstWord(head.substr(version + 0x200));
  }
  return image;
}

// The release in Linux's banner, "Linux version 6.12.1-x (me@here) …".
std::string FindBanner(absl::string_view bytes) {
  constexpr absl::string_view kBanner = "Linux version ";
  for (size_t at = bytes.find(kBanner); at != absl::string_view::npos;
       at = bytes.find(kBanner, at)) {
    at += kBanner.size();
    // There are format strings, too.
    if (at < bytes.size() && absl::ascii_isdigit(bytes[at])) {
      return FirstWord(bytes.substr(at, 100));
    }
  }
  return "";
}

absl::StatusOr<KernelImage> InspectElf(const std::string& path,
                                       absl::string_view head) {
  Elf64_Ehdr header;
  if (head.size() < sizeof(header)) return NoKernel(path, "a cut ELF file");
  memcpy(&header, head.data(), sizeof(header));
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != EM_X86_64) {
    return NoKernel(path, "an ELF file of another architecture");
  }
  if (header.e_type == ET_REL) {
    return NoKernel(path, "an object file or a kernel module");
  }
  KTSTR_ASSIGN_OR_RETURN(const std::string bytes, ReadHead(path, kMostBytes));
  std::string release = FindBanner(bytes);
  if (release.empty()) return NoKernel(path, "another ELF program");
  return KernelImage{.path = path,
                     .kind = KernelImage::Kind::kVmlinux,
                     .release = std::move(release)};
}

// The names in a folder; none if it cannot be read.
std::vector<std::string> NamesIn(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(folder.c_str()),
                                                closedir);
  if (dir == nullptr) return names;
  while (const struct dirent* entry = readdir(dir.get())) {
    names.emplace_back(entry->d_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The best of some files, and what was wrong with the others.
class Choice final {
 public:
  void Offer(const std::string& path) {
    absl::StatusOr<KernelImage> image = InspectKernel(path);
    if (!image.ok()) {
      refused_.push_back(std::string(image.status().message()));
    } else if (best_.path.empty() ||
               CompareReleases(best_.release, image->release) <= 0) {
      best_ = *std::move(image);
    }
  }

  const KernelImage& best() const { return best_; }  // Without a path: none.
  const std::vector<std::string>& refused() const { return refused_; }

 private:
  KernelImage best_;
  std::vector<std::string> refused_;
};

// Digits at the start of `*text`, without leading zeros, taken from it.
absl::string_view TakeNumber(absl::string_view* text) {
  size_t digits = 0;
  while (digits < text->size() && absl::ascii_isdigit((*text)[digits])) {
    ++digits;
  }
  absl::string_view number = text->substr(0, digits);
  text->remove_prefix(digits);
  while (absl::StartsWith(number, "0")) number.remove_prefix(1);
  return number;
}

}  // namespace

int CompareReleases(absl::string_view a, absl::string_view b) {
  while (!a.empty() || !b.empty()) {
    // Candidates come before what they are candidates for.
    const bool candidate = absl::StartsWith(a, "-rc");
    if (candidate != absl::StartsWith(b, "-rc")) return candidate ? -1 : 1;
    if (a.empty() || b.empty()) return a.empty() ? -1 : 1;
    if (absl::ascii_isdigit(a[0]) && absl::ascii_isdigit(b[0])) {
      const absl::string_view left = TakeNumber(&a);
      const absl::string_view right = TakeNumber(&b);
      if (left.size() != right.size()) {
        return left.size() < right.size() ? -1 : 1;
      }
      if (left != right) return left < right ? -1 : 1;
      continue;
    }
    if (a[0] != b[0]) return a[0] < b[0] ? -1 : 1;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return 0;
}

absl::StatusOr<KernelImage> InspectKernel(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) {
    return PosixError(absl::StrCat("stat(", path, ")"));
  }
  if (S_ISDIR(info.st_mode)) return NoKernel(path, "a folder");
  // Opening a pipe would wait for a writer.
  if (!S_ISREG(info.st_mode)) return NoKernel(path, "no regular file");
  KTSTR_ASSIGN_OR_RETURN(const std::string head, ReadHead(path, kHeadBytes));
  if (HoldsAt(head, 0, ELFMAG)) return InspectElf(path, head);
  if (head.size() >= kHeaderEnd && HoldsAt(head, kBootFlag, "\x55\xaa") &&
      HoldsAt(head, kMagic, "HdrS")) {
    return InspectBzImage(path, head);
  }
  return NoKernel(path, Guess(head));
}

absl::StatusOr<KernelImage> FindKernel(const std::string& boot,
                                       const std::string& cache) {
  Choice choice;
  std::vector<std::string> places;
  if (!boot.empty()) {
    places.push_back(absl::StrCat(boot, "/vmlinuz-*"));
    for (const std::string& name : NamesIn(boot)) {
      if (absl::StartsWith(name, "vmlinuz-")) {
        choice.Offer(absl::StrCat(boot, "/", name));
      }
    }
  }
  if (choice.best().path.empty() && !cache.empty()) {
    const std::string kernels = absl::StrCat(cache, "/kernels");
    places.push_back(absl::StrCat(kernels, "/*/bzImage"));
    for (const std::string& name : NamesIn(kernels)) {
      const std::string path = absl::StrCat(kernels, "/", name, "/bzImage");
      // Folders with a dot are those that are still being filled.
      if (name[0] != '.' && access(path.c_str(), F_OK) == 0) choice.Offer(path);
    }
  }
  if (!choice.best().path.empty()) return choice.best();
  std::string message =
      absl::StrCat("no kernel found in ", absl::StrJoin(places, " or "));
  if (!choice.refused().empty()) {
    absl::StrAppend(&message, " (", absl::StrJoin(choice.refused(), "; "), ")");
  }
  return absl::NotFoundError(
      absl::StrCat(message, "; tools/get_kernel fetches one"));
}

}  // namespace ktstr
