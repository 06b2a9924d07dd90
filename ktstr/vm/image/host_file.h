// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Files of the host that are taken into the guest, and their paths. Errors
// name the path: "cannot read '/x': No such file or directory".
#ifndef KTSTR_VM_IMAGE_HOST_FILE_H_
#define KTSTR_VM_IMAGE_HOST_FILE_H_

#include <sys/stat.h>

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// What is at `path`, links followed or (Link) not.
absl::StatusOr<struct stat> StatHost(const std::string& path);
absl::StatusOr<struct stat> StatHostLink(const std::string& path);

// "is a FIFO": what a file that is no regular one is.
absl::string_view DescribeType(mode_t mode);

// All of the regular file at `path`, links followed, in one read if its size is
// known. InvalidArgument for anything else, which is not opened, and for 4 GiB
// and more.
absl::StatusOr<std::string> ReadHostFile(const std::string& path);

// The first `count` bytes of the regular file at `path`, fewer if it has no
// more.
absl::StatusOr<std::string> ReadHostFileHead(const std::string& path,
                                             size_t count);

// The names in a folder, sorted, without "." and "..".
absl::StatusOr<std::vector<std::string>> ListHostFolder(
    const std::string& path);

// The link's text.
absl::StatusOr<std::string> ReadHostLink(const std::string& path);

// The path of the same file without links, "." and "..".
absl::StatusOr<std::string> RealHostPath(const std::string& path);

// `path` as seen from /: after the working directory if it is relative, then
// cleaned.
absl::StatusOr<std::string> AbsoluteHostPath(const std::string& path);

// `path`, which begins with '/', without "." and ".." and double or final
// slashes; by the text alone, as if there were no links.
std::string CleanPath(absl::string_view path);

// What is before the last slash of an absolute path: "/" for "/init".
std::string FolderOf(absl::string_view path);

}  // namespace ktstr

#endif  // KTSTR_VM_IMAGE_HOST_FILE_H_
