// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

constexpr mode_t kFileMode = 0644;

}  // namespace

absl::StatusOr<Sink> Sink::Create(const std::string& path) {
  KTSTR_ASSIGN_OR_RETURN(
      Fd owned, OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC, kFileMode));
  const int fd = owned.get();
  return Sink(std::move(owned), fd, path);
}

Sink Sink::To(int fd, absl::string_view name) { return Sink(Fd(), fd, name); }

absl::Status Sink::Write(absl::string_view bytes) {
  if (!status_.ok()) return status_;
  const absl::Status written = WriteAll(fd_, bytes);
  if (!written.ok()) {
    const int error = ErrnoOf(written);
    status_ = PosixError(error, absl::StrCat("write to ", name_));
  }
  return status_;
}

absl::Status Sink::Close() {
  if (!owned_.valid()) return status_;
  // Network file systems tell of a full disk only here. Linux closes the
  // descriptor whatever close(2) returns.
  const int closed = close(owned_.release());
  if (closed != 0 && status_.ok()) {
    status_ = PosixError(absl::StrCat("close(", name_, ")"));
  }
  return status_;
}

}  // namespace ktstr
