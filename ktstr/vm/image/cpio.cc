// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/cpio.h"

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

constexpr char kTrailer[] = "TRAILER!!!";
constexpr mode_t kPermissions = 07777;

// Header and path together, and the bytes of a file, fill whole such units.
constexpr size_t kAlignment = 4;

absl::string_view PaddingAfter(size_t bytes) {
  return absl::string_view("\0\0\0",
                           (kAlignment - bytes % kAlignment) % kAlignment);
}

absl::Status Refused(absl::string_view path, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", path.substr(0, 256), "' ", why));
}

}  // namespace

struct CpioArchive::Entry {
  mode_t mode = 0;  // With the type.
  absl::string_view bytes = {};
  uint32_t links = 1;
  uint32_t device_major = 0;
  uint32_t device_minor = 0;
};

absl::StatusOr<std::string> ArchivePath(absl::string_view path) {
  std::vector<absl::string_view> parts;
  for (const absl::string_view part : absl::StrSplit(path, '/')) {
    if (part == "..") return Refused(path, "has '..' in it");
    if (!part.empty() && part != ".") parts.push_back(part);
  }
  std::string normal = absl::StrJoin(parts, "/");
  if (absl::StrContains(normal, '\0')) {
    return Refused(path, "has a zero byte in it");
  }
  if (normal.size() > kMaxCpioPath) return Refused(path, "is too long a path");
  if (normal == kTrailer) return Refused(path, "would end the archive");
  return normal;
}

absl::Status CpioArchive::AddDirectory(absl::string_view path, mode_t mode) {
  return Add(path, {.mode = S_IFDIR | (mode & kPermissions), .links = 2});
}

absl::Status CpioArchive::AddFile(absl::string_view path,
                                  absl::string_view bytes, mode_t mode) {
  if (bytes.size() > UINT32_MAX) {
    return Refused(path, "has 4 GiB or more, which the archive cannot hold");
  }
  return Add(path, {.mode = S_IFREG | (mode & kPermissions), .bytes = bytes});
}

absl::Status CpioArchive::AddSymlink(absl::string_view path,
                                     absl::string_view target) {
  if (target.empty() || target.size() > kMaxCpioPath ||
      absl::StrContains(target, '\0')) {
    return Refused(path, "is a link to what cannot be a path");
  }
  return Add(path, {.mode = S_IFLNK | 0777, .bytes = target});
}

absl::Status CpioArchive::AddDevice(absl::string_view path, mode_t mode,
                                    mode_t type, uint32_t major,
                                    uint32_t minor) {
  if (type != S_IFCHR && type != S_IFBLK) {
    return Refused(path, "is neither a character nor a block device");
  }
  return Add(path, {.mode = type | (mode & kPermissions),
                    .device_major = major,
                    .device_minor = minor});
}

absl::StatusOr<int64_t> CpioArchive::Finish() {
  KTSTR_RETURN_IF_ERROR(Write(kTrailer, /*inode=*/0, Entry{}));
  return bytes_;
}

absl::Status CpioArchive::Add(absl::string_view path, const Entry& entry) {
  KTSTR_ASSIGN_OR_RETURN(const std::string normal, ArchivePath(path));
  if (normal.empty() || folders_.contains(normal) || others_.contains(normal)) {
    return absl::AlreadyExistsError(
        absl::StrCat("'", path, "' is in the archive already"));
  }
  KTSTR_RETURN_IF_ERROR(AddParents(normal));
  (S_ISDIR(entry.mode) ? folders_ : others_).insert(normal);
  return Write(normal, next_inode_++, entry);
}

// Makes the folders above `path` that are missing.
absl::Status CpioArchive::AddParents(absl::string_view path) {
  for (size_t end = path.find('/'); end != absl::string_view::npos;
       end = path.find('/', end + 1)) {
    const std::string parent(path.substr(0, end));
    if (others_.contains(parent)) {
      return Refused(
          path, absl::StrCat("is below '", parent, "', which is not a folder"));
    }
    if (!folders_.insert(parent).second) continue;
    KTSTR_RETURN_IF_ERROR(
        Write(parent, next_inode_++, {.mode = S_IFDIR | 0755, .links = 2}));
  }
  return absl::OkStatus();
}

absl::Status CpioArchive::Write(absl::string_view path, uint32_t inode,
                                const Entry& entry) {
  const uint32_t fields[] = {
      inode,
      entry.mode,
      /*uid=*/0,
      /*gid=*/0,
      entry.links,
      /*mtime=*/0,
      static_cast<uint32_t>(entry.bytes.size()),
      /*devmajor=*/0,
      /*devminor=*/0,
      entry.device_major,
      entry.device_minor,
      static_cast<uint32_t>(path.size() + 1),
      /*check=*/0,  // Of another form of cpio.
  };
  std::string head = "070701";
  for (const uint32_t field : fields) {
    absl::StrAppend(&head, absl::Hex(field, absl::kZeroPad8));
  }
  absl::StrAppend(&head, path, absl::string_view("\0", 1));
  absl::StrAppend(&head, PaddingAfter(head.size()));
  const absl::string_view padding = PaddingAfter(entry.bytes.size());
  KTSTR_RETURN_IF_ERROR(WriteAll(fd_, head));
  KTSTR_RETURN_IF_ERROR(WriteAll(fd_, entry.bytes));
  KTSTR_RETURN_IF_ERROR(WriteAll(fd_, padding));
  bytes_ +=
      static_cast<int64_t>(head.size() + entry.bytes.size() + padding.size());
  return absl::OkStatus();
}

}  // namespace ktstr
