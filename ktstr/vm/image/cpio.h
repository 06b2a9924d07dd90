// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_IMAGE_CPIO_H_
#define KTSTR_VM_IMAGE_CPIO_H_

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// Of the longest path in an archive, in bytes: the kernel leaves out, without a
// word, what has a longer one.
inline constexpr size_t kMaxCpioPath = 4095;

// The form of a path in an archive: no leading slash, no empty and no "."
// parts; "" is the root. InvalidArgument for one with "..", with a zero byte,
// too long, or that would read as the archive's end.
absl::StatusOr<std::string> ArchivePath(absl::string_view path);

// Writes an archive in cpio's "newc" form, which the kernel unpacks as its
// initramfs. The same calls make the same bytes: inode numbers are counted,
// times are 0, everything is root's.
//
// Folders above an entry are made (mode 0755) where no AddDirectory() did it
// before. Every call refuses a path that is there already (AlreadyExists), one
// below something that is no folder, and what ArchivePath() refuses. After an
// error of writing the archive is of no use.
class CpioArchive final {
 public:
  // Writes into `fd`, which stays the caller's, from where it stands.
  explicit CpioArchive(int fd) : fd_(fd) {}

  // Modes are permission bits, 0 to 07777.
  absl::Status AddDirectory(absl::string_view path, mode_t mode);
  // InvalidArgument if `bytes` are 4 GiB or more: the form has no number for
  // it.
  absl::Status AddFile(absl::string_view path, absl::string_view bytes,
                       mode_t mode);
  absl::Status AddSymlink(absl::string_view path, absl::string_view target);
  // `type` is S_IFCHR or S_IFBLK.
  absl::Status AddDevice(absl::string_view path, mode_t mode, mode_t type,
                         uint32_t major, uint32_t minor);

  // Ends the archive; nothing may be added then. Returns its size in bytes.
  absl::StatusOr<int64_t> Finish();

 private:
  struct Entry;

  absl::Status Add(absl::string_view path, const Entry& entry);
  absl::Status AddParents(absl::string_view path);
  absl::Status Write(absl::string_view path, uint32_t inode,
                     const Entry& entry);

  const int fd_;
  uint32_t next_inode_ = 1;
  int64_t bytes_ = 0;
  std::set<std::string> folders_;
  std::set<std::string> others_;
};

}  // namespace ktstr

#endif  // KTSTR_VM_IMAGE_CPIO_H_
