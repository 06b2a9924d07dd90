// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/testing/placement/cgroup_view.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/testing/placement/task_view.h"

namespace ktstr {
namespace {

namespace fs = std::filesystem;

constexpr char kCgroups[] = "/sys/fs/cgroup";
constexpr char kV1Cpu[] = "/sys/fs/cgroup/cpu";

bool HasV1Cpu() {
  return access(absl::StrCat(kV1Cpu, "/cpu.shares").c_str(), F_OK) == 0;
}

bool IsCounter(absl::string_view file) {
  return absl::StrContains(file, "stat") || absl::StrContains(file, "usage") ||
         absl::StrContains(file, "pressure") ||
         absl::StrContains(file, "event") || absl::StrContains(file, "peak") ||
         absl::StrContains(file, "current");
}

}  // namespace

std::string CpuHierarchy() {
  if (HasV1Cpu()) return kV1Cpu;
  const std::string controllers = absl::StrCat(kCgroups, "/cgroup.controllers");
  return access(controllers.c_str(), F_OK) == 0 ? kCgroups : "";
}

std::string CpuCgroupOf(pid_t tid) {
  const absl::optional<std::string> cgroup =
      TaskCgroup(tid, HasV1Cpu() ? "cpu" : "");
  EXPECT_TRUE(cgroup.has_value());
  return cgroup.value_or("");
}

std::string V1FileOf(pid_t tid, absl::string_view file) {
  const absl::string_view controller = file.substr(0, file.find('.'));
  const absl::optional<std::string> cgroup = TaskCgroup(tid, controller);
  EXPECT_TRUE(cgroup.has_value()) << "no hierarchy of " << controller;
  const absl::StatusOr<std::string> text = ReadFileTrimmed(
      absl::StrCat(kCgroups, "/", controller, cgroup.value_or(""), "/", file));
  EXPECT_TRUE(text.ok()) << text.status();
  return text.ok() ? *text : "";
}

std::vector<std::string> CgroupsOfRun(pid_t pid) {
  const std::string begin = absl::StrCat("ktstr.", pid, ".");
  std::vector<std::string> found;
  std::error_code error;
  // Others make and remove theirs meanwhile: what cannot be read is not ours.
  fs::recursive_directory_iterator entry(
      kCgroups, fs::directory_options::skip_permission_denied, error);
  for (; entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (error) break;
    if (absl::StartsWith(entry->path().filename().string(), begin)) {
      found.push_back(entry->path());
    }
  }
  return found;
}

TestCgroup::TestCgroup() : name_(absl::StrCat("/ktstr_test.", getpid())) {
  const std::string hierarchy = CpuHierarchy();
  if (hierarchy.empty()) {
    why_not_ = "no hierarchy with the controller cpu";
  } else if (mkdir(absl::StrCat(hierarchy, name_).c_str(), 0755) != 0) {
    why_not_ = absl::StrCat("mkdir in ", hierarchy, ": ", strerror(errno));
  } else {
    folder_ = absl::StrCat(hierarchy, name_);
  }
}

TestCgroup::~TestCgroup() {
  if (folder_.empty()) return;
  EXPECT_EQ(rmdir(folder_.c_str()), 0) << folder_ << ": " << strerror(errno);
}

void TestCgroup::Write(absl::string_view file, absl::string_view text) const {
  const absl::StatusOr<Fd> fd =
      OpenFile(absl::StrCat(folder_, "/", file), O_WRONLY);
  ASSERT_TRUE(fd.ok()) << fd.status();
  EXPECT_TRUE(WriteAll(fd->get(), text).ok());
}

std::map<std::string, std::string> TestCgroup::Content() const {
  std::map<std::string, std::string> content;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename();
    if (IsCounter(name)) continue;
    const absl::StatusOr<std::string> text = ReadFile(entry.path());
    content[name] = text.ok() ? *text : "";
  }
  return content;
}

}  // namespace ktstr
