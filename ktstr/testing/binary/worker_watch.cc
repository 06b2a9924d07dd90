// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/testing/binary/worker_watch.h"

#include <dirent.h>
#include <string.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/file.h"
#include "ktstr/base/proc/task_counters.h"

namespace ktstr {
namespace {

// On its way to the gate a worker uses less than 1 ms.
constexpr int64_t kBusyNanos = 15'000'000;

std::vector<pid_t> ReadPids(absl::string_view text) {
  std::vector<pid_t> pids;
  for (absl::string_view word :
       absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
    pid_t pid;
    if (absl::SimpleAtoi(word, &pid)) pids.push_back(pid);
  }
  return pids;
}

}  // namespace

std::vector<pid_t> ChildrenOf(pid_t pid) {
  const absl::StatusOr<std::string> text =
      ReadFile(absl::StrCat("/proc/", pid, "/task/", pid, "/children"));
  return text.ok() ? ReadPids(*text) : std::vector<pid_t>();
}

std::vector<pid_t> ThreadsOf(pid_t pid) {
  std::vector<pid_t> tids;
  DIR* folder = opendir(absl::StrCat("/proc/", pid, "/task").c_str());
  if (folder == nullptr) return tids;
  absl::Cleanup close = [folder] { closedir(folder); };
  while (const dirent* entry = readdir(folder)) {
    pid_t tid;
    if (absl::SimpleAtoi(entry->d_name, &tid)) tids.push_back(tid);
  }
  return tids;
}

int64_t CpuNanosOf(pid_t pid, pid_t tid) {
  const absl::StatusOr<std::string> text =
      ReadFile(absl::StrCat("/proc/", pid, "/task/", tid, "/schedstat"));
  int64_t nanos = 0;
  if (!text.ok()) return 0;
  const std::pair<absl::string_view, absl::string_view> front =
      absl::StrSplit(*text, absl::MaxSplits(' ', 1));
  return absl::SimpleAtoi(front.first, &nanos) ? nanos : 0;
}

bool IsInState(pid_t pid, const char* states) {
  return strchr(states, ReadTaskState(pid, pid)) != nullptr;
}

bool AreBusy(pid_t pid, size_t count) {
  const std::vector<pid_t> children = ChildrenOf(pid);
  size_t busy = 0;
  for (pid_t child : children) {
    for (pid_t tid : ThreadsOf(child)) {
      if (CpuNanosOf(child, tid) > kBusyNanos) ++busy;
    }
  }
  return busy >= count;
}

}  // namespace ktstr
