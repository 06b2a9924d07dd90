// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/proc/kernel_log.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

// More than the kernel's own limit of a record; a smaller buffer is EINVAL.
constexpr size_t kMaxRecord = 8192;

// The facility of syslog(3) is what stands above the three bits of the level in
// a record's first number. Programs that write to /dev/kmsg cannot have 0.
bool IsKernels(absl::string_view record) {
  constexpr int kLevels = 8;
  int priority;
  return !absl::SimpleAtoi(record.substr(0, record.find(',')), &priority) ||
         priority < kLevels;
}

// "6,1205,533417,-;the text\n SUBSYSTEM=cpu\n": properties follow in lines of
// their own. What is not like that is kept whole.
std::string TextOf(absl::string_view record) {
  record = record.substr(0, record.find('\n'));
  const size_t prefix = record.find(';');
  if (prefix != record.npos) record.remove_prefix(prefix + 1);
  return std::string(record);
}

}  // namespace

absl::StatusOr<KernelLog> KernelLog::OpenAtEnd(const std::string& path) {
  KTSTR_ASSIGN_OR_RETURN(Fd fd, OpenFile(path, O_RDONLY | O_NONBLOCK));
  if (lseek(fd.get(), /*offset=*/0, SEEK_END) < 0) {
    const int error = errno;
    return PosixError(error, absl::StrCat("lseek(", path, ", SEEK_END)"));
  }
  return KernelLog(std::move(fd));
}

absl::StatusOr<std::vector<std::string>> KernelLog::ReadNew() {
  std::vector<std::string> texts;
  char record[kMaxRecord];
  while (true) {
    // One record each.
    const ssize_t got = read(fd_.get(), record, sizeof(record));
    if (got == 0) return texts;
    if (got > 0) {
      const absl::string_view whole(record, static_cast<size_t>(got));
      if (IsKernels(whole)) texts.push_back(TextOf(whole));
      continue;
    }
    switch (const int error = errno) {
      case EAGAIN:
        return texts;
      case EPIPE:  // Overwritten; the next read gives the oldest that is left.
        ++overruns_;
        break;
      case EINTR:
        break;
      default:
        return PosixError(error, "read(kernel log)");
    }
  }
}

}  // namespace ktstr
