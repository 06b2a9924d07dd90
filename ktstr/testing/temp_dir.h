// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_TESTING_TEMP_DIR_H_
#define KTSTR_TESTING_TEMP_DIR_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ktstr {

// A new empty folder, removed with all that is in it: the root of a fake /proc
// or /sys. Ends the test with KTSTR_CHECK if the disk refuses.
class TempDir final {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }

  // Writes the file `name`, a path below this folder whose own folders are
  // made, in place of what it held, and returns its full path.
  std::string Write(absl::string_view name, absl::string_view content) const;

 private:
  std::string path_;
};

}  // namespace ktstr

#endif  // KTSTR_TESTING_TEMP_DIR_H_
