// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cgroup/cgroup_folders.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cgroup/cgroup_files.h"
#include "ktstr/cgroup/cgroup_stats.h"
#include "ktstr/cgroup/hierarchy.h"

namespace ktstr {
namespace {

// What the kernel's "Invalid argument" stands for.
absl::Status Refused(const std::string& folder, const absl::Status& status) {
  const std::string limit = folder + "/cpu.rt_runtime_us";
  if (ErrnoOf(status) != EINVAL || access(limit.c_str(), F_OK) != 0) {
    return status;
  }
  return absl::Status(
      status.code(),
      absl::StrCat(status.message(), "; real-time processes need run time in ",
                   limit));
}

}  // namespace

absl::StatusOr<CgroupFolders> CgroupFolders::Open(
    const CgroupHierarchy& hierarchy, absl::string_view given) {
  KTSTR_ASSIGN_OR_RETURN(const std::vector<CgroupPlace> places,
                         hierarchy.Existing(given));
  CgroupFolders folders;
  for (const CgroupPlace& place : places) {
    KTSTR_RETURN_IF_ERROR(folders.Add(hierarchy, place.v2, place.folder));
  }
  return folders;
}

absl::Status CgroupFolders::Add(const CgroupHierarchy& hierarchy, bool v2,
                                const std::string& path) {
  KTSTR_ASSIGN_OR_RETURN(Fd fd, OpenFile(path, O_RDONLY | O_DIRECTORY));
  folders_.push_back({v2, path, hierarchy.LineOf(path), std::move(fd)});
  return absl::OkStatus();
}

const CgroupFolders::Folder* CgroupFolders::Find(absl::string_view path) const {
  for (const Folder& folder : folders_) {
    if (folder.path == path) return &folder;
  }
  return nullptr;
}

int CgroupFolders::dirfd() const {
  for (const Folder& folder : folders_) {
    if (folder.v2) return folder.fd.get();
  }
  return -1;
}

bool CgroupFolders::v2_only() const {
  return std::all_of(folders_.begin(), folders_.end(),
                     [](const Folder& folder) { return folder.v2; });
}

absl::Status CgroupFolders::Enter(pid_t id, bool thread) const {
  for (const Folder& folder : folders_) {
    const char* file = !thread     ? "/cgroup.procs"
                       : folder.v2 ? "/cgroup.threads"
                                   : "/tasks";
    const absl::Status entered =
        WriteCgroupFile(folder.path + file, absl::StrCat(id));
    if (!entered.ok()) return Refused(folder.path, entered);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> CgroupFolders::WhereElse() const {
  KTSTR_ASSIGN_OR_RETURN(const std::string text,
                         ReadFile("/proc/thread-self/cgroup"));
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  for (const Folder& folder : folders_) {
    const absl::string_view line = folder.line;
    // With the colon behind it.
    const absl::string_view controllers = line.substr(0, line.find(':') + 1);
    std::string other = absl::StrCat("nothing of ", controllers);
    for (absl::string_view own : lines) {
      own.remove_prefix(std::min(own.find(':') + 1, own.size()));
      const bool same = own.substr(0, controllers.size()) == controllers;
      if (same) other = std::string(own);
    }
    if (other != line) return other;
  }
  return "";
}

CgroupStats CgroupFolders::Read() const {
  CgroupStats stats;
  for (const Folder& folder : folders_) AddStatsOf(folder.path, stats);
  return stats;
}

absl::Status CgroupFolders::RemoveAll(absl::Duration patience) {
  absl::Status first;
  std::vector<Folder> left;
  for (Folder& folder : folders_) {
    absl::Status removed = RemoveCgroup(folder.path, patience);
    if (removed.ok()) continue;
    left.push_back(std::move(folder));
    if (first.ok()) first = std::move(removed);
  }
  folders_ = std::move(left);
  return first;
}

}  // namespace ktstr
