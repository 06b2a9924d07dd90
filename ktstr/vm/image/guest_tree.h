// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_IMAGE_GUEST_TREE_H_
#define KTSTR_VM_IMAGE_GUEST_TREE_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// What will be where in the guest: collected first, so that the same file may
// be asked for more than once, then written. Paths of the guest are absolute
// and clean (CleanPath()); where they lead through a link of the tree, it is
// followed, as in the guest.
//
// Every Add refuses a path that another thing has (InvalidArgument, naming
// both).
class GuestTree final {
 public:
  // A folder that is there already keeps its mode.
  absl::Status AddFolder(const std::string& path, mode_t mode);
  absl::Status AddText(const std::string& path, std::string bytes, mode_t mode);
  absl::Status AddLink(const std::string& path, const std::string& target);
  absl::Status AddCharDevice(const std::string& path, mode_t mode,
                             uint32_t major, uint32_t minor);

  // The regular file of the host, its mode kept, read when the tree is written.
  // InvalidArgument below /proc, /sys and /dev, where the guest would not see
  // it.
  absl::Status AddHostFile(const std::string& path, const std::string& host);

  // A program of the host, mode 0755, written without its symbols.
  absl::Status AddStripped(const std::string& path, const std::string& host);

  bool Contains(const std::string& path) const;

  // Writes the archive into `fd`, which stays the caller's, and returns its
  // size.
  absl::StatusOr<int64_t> Write(int fd) const;

 private:
  struct Entry {
    enum Kind { kFolder, kText, kLink, kCharDevice, kHostFile, kStripped };
    Kind kind = kFolder;
    mode_t mode = 0;
    std::string content = {};  // Text, target, or path on the host.
    uint32_t major = 0;
    uint32_t minor = 0;
    // Of a host file: which one it is.
    dev_t filesystem = 0;
    ino_t inode = 0;
  };

  absl::Status Add(const std::string& path, Entry entry);
  std::string Resolve(std::string path) const;

  std::map<std::string, Entry> entries_;  // Folders before what is in them.
};

}  // namespace ktstr

#endif  // KTSTR_VM_IMAGE_GUEST_TREE_H_
