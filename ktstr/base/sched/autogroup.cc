// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/autogroup.h"

#include <errno.h>
#include <fcntl.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/optional.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

constexpr int kMinNice = -20;
constexpr int kMaxNice = 19;

absl::Status Missing(const std::string& path) {
  return NotInKernel(ENOENT, absl::StrCat("open(", path, ")"),
                     "no CONFIG_SCHED_AUTOGROUP");
}

absl::StatusOr<std::string> ReadIfBuiltIn(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFileTrimmed(path);
  if (ErrnoOf(text.status()) == ENOENT) return Missing(path);
  return text;
}

absl::string_view WhyNot(int error) {
  switch (error) {
    case EPERM:
      return "below 0 needs CAP_SYS_NICE or RLIMIT_NICE";
    case EAGAIN:
      return "one change in 0.1 s, without CAP_SYS_ADMIN";
    default:
      return "";
  }
}

}  // namespace

absl::StatusOr<bool> AutogroupEnabled(const std::string& proc) {
  const std::string path =
      absl::StrCat(proc, "/sys/kernel/sched_autogroup_enabled");
  const absl::StatusOr<std::string> text = ReadIfBuiltIn(path);
  if (!text.ok()) return text.status();
  if (*text == "0") return false;
  if (*text == "1") return true;
  return absl::DataLossError(
      absl::StrCat(path, ": '", *text, "' is neither 0 nor 1"));
}

absl::StatusOr<absl::optional<Autogroup>> GetAutogroup(
    const std::string& proc) {
  const std::string path = absl::StrCat(proc, "/self/autogroup");
  KTSTR_ASSIGN_OR_RETURN(const std::string text, ReadIfBuiltIn(path));
  if (text.empty()) return absl::optional<Autogroup>();
  // "/autogroup-123 nice 0".
  const std::vector<absl::string_view> words = absl::StrSplit(text, ' ');
  Autogroup group;
  absl::string_view id = words[0];
  if (words.size() != 3 || !absl::ConsumePrefix(&id, "/autogroup-") ||
      words[1] != "nice" || !absl::SimpleAtoi(id, &group.id) ||
      !absl::SimpleAtoi(words[2], &group.nice)) {
    return absl::DataLossError(
        absl::StrCat(path, ": '", text, "' is not an autogroup"));
  }
  return absl::optional<Autogroup>(group);
}

absl::Status SetAutogroupNice(int nice, const std::string& proc) {
  if (nice < kMinNice || nice > kMaxNice) {
    return absl::OutOfRangeError(absl::StrCat("autogroup nice ", nice,
                                              " is out of range; it takes ",
                                              kMinNice, " .. ", kMaxNice));
  }
  const std::string path = absl::StrCat(proc, "/self/autogroup");
  const absl::StatusOr<Fd> file = OpenFile(path, O_WRONLY);
  if (ErrnoOf(file.status()) == ENOENT) return Missing(path);
  KTSTR_RETURN_IF_ERROR(file.status());
  absl::Status written = WriteAll(file->get(), absl::StrCat(nice));
  if (written.ok()) return written;
  const int error = ErrnoOf(written);
  return PosixError(error, absl::StrCat("write(", path, ", ", nice, ")"),
                    WhyNot(error));
}

}  // namespace ktstr
