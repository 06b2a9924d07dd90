// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_IMAGE_CPIO_READER_H_
#define KTSTR_VM_IMAGE_CPIO_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ktstr {

// What an archive says of a file.
struct CpioEntry {
  std::string path;
  uint32_t inode = 0;
  uint32_t mode = 0;
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint32_t links = 0;
  uint32_t mtime = 0;
  uint32_t device_major = 0;
  uint32_t device_minor = 0;
  std::string bytes;
};

// Reads a "newc" archive up to its trailer, which is not among the entries.
// Whatever is not as it has to be fails the test and ends the reading.
std::vector<CpioEntry> ReadCpio(absl::string_view archive);

// The entry at `path`; one without a path, and a failed test, if there is none.
CpioEntry FindInCpio(absl::string_view archive, absl::string_view path);

}  // namespace ktstr

#endif  // KTSTR_VM_IMAGE_CPIO_READER_H_
