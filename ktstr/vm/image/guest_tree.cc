// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/guest_tree.h"

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/vm/image/cpio.h"
#include "ktstr/vm/image/host_file.h"
#include "ktstr/vm/image/strip_elf.h"

namespace ktstr {
namespace {

constexpr int kMaxLinks = 40;  // As the kernel.

bool IsMountedOver(const std::string& path) {
  for (const absl::string_view folder : {"/proc/", "/sys/", "/dev/"}) {
    if (absl::StartsWith(absl::StrCat(path, "/"), folder)) return true;
  }
  return false;
}

}  // namespace

absl::Status GuestTree::AddFolder(const std::string& path, mode_t mode) {
  if (path == "/") return absl::OkStatus();
  return Add(path, {.kind = Entry::kFolder, .mode = mode});
}

absl::Status GuestTree::AddText(const std::string& path, std::string bytes,
                                mode_t mode) {
  return Add(path,
             {.kind = Entry::kText, .mode = mode, .content = std::move(bytes)});
}

absl::Status GuestTree::AddLink(const std::string& path,
                                const std::string& target) {
  return Add(path, {.kind = Entry::kLink, .content = target});
}

absl::Status GuestTree::AddCharDevice(const std::string& path, mode_t mode,
                                      uint32_t major, uint32_t minor) {
  return Add(path, {.kind = Entry::kCharDevice,
                    .mode = mode,
                    .major = major,
                    .minor = minor});
}

absl::Status GuestTree::AddHostFile(const std::string& path,
                                    const std::string& host) {
  if (IsMountedOver(path)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", host, "' cannot be '", path,
                     "' in the guest, which mounts its own folder there"));
  }
  KTSTR_ASSIGN_OR_RETURN(const struct stat status, StatHost(host));
  if (!S_ISREG(status.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot read '", host, "': it ",
                     DescribeType(status.st_mode), ", not a file"));
  }
  return Add(path, {.kind = Entry::kHostFile,
                    .mode = status.st_mode,
                    .content = host,
                    .filesystem = status.st_dev,
                    .inode = status.st_ino});
}

absl::Status GuestTree::AddStripped(const std::string& path,
                                    const std::string& host) {
  return Add(path, {.kind = Entry::kStripped, .mode = 0755, .content = host});
}

bool GuestTree::Contains(const std::string& path) const {
  return entries_.contains(Resolve(path));
}

absl::Status GuestTree::Add(const std::string& path, Entry entry) {
  const auto [place, is_new] = entries_.try_emplace(Resolve(path), entry);
  if (is_new) return absl::OkStatus();
  const Entry& there = place->second;
  // Twice the same, but for a folder's mode.
  if (there.kind == entry.kind && there.content == entry.content) {
    return absl::OkStatus();
  }
  if (there.kind == Entry::kHostFile && entry.kind == Entry::kHostFile) {
    if (there.filesystem == entry.filesystem && there.inode == entry.inode) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        absl::StrCat("'", there.content, "' and '", entry.content,
                     "' would both be '", place->first, "' in the guest"));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "'", place->first, "' would be two different things in the guest"));
}

// Where `path` is in the guest: links on the way to it, those of the tree, are
// followed, but not one that it is itself.
std::string GuestTree::Resolve(std::string path) const {
  int links = 0;
  for (size_t end = path.find('/', 1); end != std::string::npos;
       end = path.find('/', end + 1)) {
    const auto above = entries_.find(path.substr(0, end));
    if (above == entries_.end() || above->second.kind != Entry::kLink) continue;
    if (++links > kMaxLinks) break;
    const std::string& target = above->second.content;
    const std::string rest = path.substr(end);
    path = CleanPath(absl::StrCat(
        target[0] == '/' ? "" : absl::StrCat(FolderOf(above->first), "/"),
        target, rest));
    end = 0;
  }
  return path;
}

absl::StatusOr<int64_t> GuestTree::Write(int fd) const {
  CpioArchive archive(fd);
  for (const auto& [path, entry] : entries_) {
    absl::Status written;
    if (entry.kind == Entry::kFolder) {
      written = archive.AddDirectory(path, entry.mode);
    } else if (entry.kind == Entry::kLink) {
      written = archive.AddSymlink(path, entry.content);
    } else if (entry.kind == Entry::kCharDevice) {
      written = archive.AddDevice(path, entry.mode, S_IFCHR, entry.major,
                                  entry.minor);
    } else if (entry.kind == Entry::kText) {
      written = archive.AddFile(path, entry.content, entry.mode);
    } else {
      KTSTR_ASSIGN_OR_RETURN(std::string bytes, ReadHostFile(entry.content));
      if (entry.kind == Entry::kStripped) {
        KTSTR_ASSIGN_OR_RETURN(bytes, StripElf(std::move(bytes)));
      }
      written = archive.AddFile(path, bytes, entry.mode);
    }
    KTSTR_RETURN_IF_ERROR(written);
  }
  return archive.Finish();
}

}  // namespace ktstr
