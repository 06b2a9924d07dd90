// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/host_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

// To be made right after the call that failed.
absl::Status CannotRead(absl::string_view path) {
  const int error = errno;
  return PosixError(error, absl::StrCat("cannot read '", path, "'"));
}

// The size of the regular file at `path`.
absl::StatusOr<size_t> RegularFileSize(const std::string& path) {
  KTSTR_ASSIGN_OR_RETURN(const struct stat status, StatHost(path));
  if (!S_ISREG(status.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot read '", path, "': it ",
                     DescribeType(status.st_mode), ", not a file"));
  }
  if (status.st_size > int64_t{UINT32_MAX}) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot read '", path, "': it has 4 GiB or more"));
  }
  return static_cast<size_t>(status.st_size);
}

// Reads up to `count` bytes of the file.
absl::StatusOr<std::string> ReadUpTo(const std::string& path, size_t count) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return CannotRead(path);
  const Fd file(fd);
  std::string bytes(count, '\0');
  size_t had = 0;
  while (had < count) {
    const ssize_t got = read(fd, bytes.data() + had, count - had);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return CannotRead(path);
    if (got == 0) break;
    had += static_cast<size_t>(got);
  }
  bytes.resize(had);
  return bytes;
}

}  // namespace

absl::StatusOr<struct stat> StatHost(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) < 0) return CannotRead(path);
  return status;
}

absl::StatusOr<struct stat> StatHostLink(const std::string& path) {
  struct stat status = {};
  if (lstat(path.c_str(), &status) < 0) return CannotRead(path);
  return status;
}

absl::string_view DescribeType(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return "is a folder";
    case S_IFLNK:
      return "is a link";
    case S_IFIFO:
      return "is a FIFO";
    case S_IFSOCK:
      return "is a socket";
    case S_IFBLK:
    case S_IFCHR:
      return "is a device";
    default:
      return "is a file";
  }
}

absl::StatusOr<std::string> ReadHostFile(const std::string& path) {
  KTSTR_ASSIGN_OR_RETURN(const size_t size, RegularFileSize(path));
  if (size > 0) return ReadUpTo(path, size);
  // Empty, or a file of /proc.
  absl::StatusOr<std::string> bytes = ReadFile(path);
  if (bytes.ok()) return bytes;
  return PosixError(ErrnoOf(bytes.status()),
                    absl::StrCat("cannot read '", path, "'"));
}

absl::StatusOr<std::string> ReadHostFileHead(const std::string& path,
                                             size_t count) {
  KTSTR_RETURN_IF_ERROR(RegularFileSize(path).status());
  return ReadUpTo(path, count);
}

absl::StatusOr<std::vector<std::string>> ListHostFolder(
    const std::string& path) {
  DIR* const folder = opendir(path.c_str());
  if (folder == nullptr) return CannotRead(path);
  const absl::Cleanup close = [folder] { closedir(folder); };
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(folder)) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return CannotRead(path);
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<std::string> ReadHostLink(const std::string& path) {
  char target[PATH_MAX];
  const ssize_t length = readlink(path.c_str(), target, sizeof(target));
  if (length < 0) return CannotRead(path);
  return std::string(target, static_cast<size_t>(length));
}

absl::StatusOr<std::string> RealHostPath(const std::string& path) {
  char real[PATH_MAX];
  if (realpath(path.c_str(), real) == nullptr) return CannotRead(path);
  return std::string(real);
}

absl::StatusOr<std::string> AbsoluteHostPath(const std::string& path) {
  if (!path.empty() && path[0] == '/') return CleanPath(path);
  KTSTR_ASSIGN_OR_RETURN(const std::string here, RealHostPath("."));
  return CleanPath(absl::StrCat(here, "/", path));
}

std::string CleanPath(absl::string_view path) {
  std::vector<absl::string_view> parts;
  for (const absl::string_view part : absl::StrSplit(path, '/')) {
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  return absl::StrCat("/", absl::StrJoin(parts, "/"));
}

std::string FolderOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == 0 || slash == absl::string_view::npos
             ? "/"
             : std::string(path.substr(0, slash));
}

}  // namespace ktstr
