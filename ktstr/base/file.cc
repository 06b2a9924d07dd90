// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  KTSTR_ASSIGN_OR_RETURN(const Fd fd, OpenFile(path, O_RDONLY));
  std::string content;
  char buffer[4096];
  while (true) {
    const ssize_t got = read(fd.get(), buffer, sizeof(buffer));
    if (got == 0) return content;
    if (got > 0) {
      content.append(buffer, static_cast<size_t>(got));
    } else if (const int error = errno; error != EINTR) {
      return PosixError(error, absl::StrCat("read(", path, ")"));
    }
  }
}

absl::StatusOr<std::string> ReadFileTrimmed(const std::string& path) {
  KTSTR_ASSIGN_OR_RETURN(std::string content, ReadFile(path));
  absl::StripTrailingAsciiWhitespace(&content);
  return content;
}

}  // namespace ktstr
