// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/posix_error.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace ktstr {
namespace {

constexpr char kErrnoPayload[] = "ktstr/errno";

// Which limit it was, where the errno alone tells.
std::string LimitBehind(int error) {
  if (error == ENFILE) return " (sysctl fs.file-max)";
  struct rlimit limit;
  if (error != EMFILE || getrlimit(RLIMIT_NOFILE, &limit) != 0) return "";
  return absl::StrCat(" (RLIMIT_NOFILE, here ", limit.rlim_cur, ")");
}

absl::Status MakeStatus(absl::StatusCode code, absl::string_view message,
                        int error) {
  absl::Status status(code, message);
  // Without effect on an OK status, which errno 0 gives.
  status.SetPayload(kErrnoPayload, absl::Cord(absl::StrCat(error)));
  return status;
}

}  // namespace

absl::Status PosixError(absl::string_view call) {
  return PosixError(errno, call);
}

absl::Status PosixError(int error, absl::string_view call) {
  const absl::Status status = absl::ErrnoToStatus(error, call);
  return MakeStatus(status.code(),
                    absl::StrCat(status.message(), LimitBehind(error)), error);
}

absl::Status PosixError(int error, absl::string_view call,
                        absl::string_view reason) {
  absl::Status status = PosixError(error, call);
  if (reason.empty()) return status;
  return MakeStatus(status.code(), absl::StrCat(status.message(), "; ", reason),
                    error);
}

absl::Status NotInKernel(int error, absl::string_view call,
                         absl::string_view reason) {
  return MakeStatus(absl::StatusCode::kUnimplemented,
                    PosixError(error, call, reason).message(), error);
}

int ErrnoOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kErrnoPayload);
  int error = 0;
  if (!payload || !absl::SimpleAtoi(std::string(*payload), &error)) return 0;
  return error;
}

std::string ErrnoName(int error) {
  const char* name = strerrorname_np(error);
  return name != nullptr ? name : absl::StrCat("errno ", error);
}

}  // namespace ktstr
