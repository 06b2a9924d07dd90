// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cgroup/cgroup_files.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

constexpr int kLookEveryMs = 2;

}  // namespace

absl::Status WriteCgroupFile(const std::string& path, absl::string_view text) {
  KTSTR_ASSIGN_OR_RETURN(const Fd file, OpenFile(path, O_WRONLY));
  const absl::Status written = WriteAll(file.get(), text);
  if (written.ok()) return written;
  return PosixError(ErrnoOf(written),
                    absl::StrCat("write '", text, "' to ", path));
}

absl::Status MakeCgroup(const std::string& folder) {
  if (mkdir(folder.c_str(), 0755) == 0) return absl::OkStatus();
  const int error = errno;
  return PosixError(error, absl::StrCat("mkdir(", folder, ")"));
}

absl::Status RemoveCgroup(const std::string& folder, absl::Duration patience) {
  const absl::Time end = absl::Now() + patience;
  while (rmdir(folder.c_str()) != 0) {
    const int error = errno;
    if (error == ENOENT) break;
    if (error != EBUSY || absl::Now() >= end) {
      return PosixError(error, absl::StrCat("rmdir(", folder, ")"));
    }
    poll(nullptr, 0, kLookEveryMs);
  }
  return absl::OkStatus();
}

absl::Status FillCpuset(const std::string& above, const std::string& folder) {
  for (const char* file : {"/cpuset.cpus", "/cpuset.mems"}) {
    KTSTR_ASSIGN_OR_RETURN(const std::string all,
                           ReadFileTrimmed(above + file));
    KTSTR_RETURN_IF_ERROR(WriteCgroupFile(folder + file, all));
  }
  return absl::OkStatus();
}

std::vector<std::string> CgroupsBelow(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  const std::filesystem::directory_iterator end;
  for (; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    if (entry->is_directory(gone)) found.push_back(entry->path().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace ktstr
