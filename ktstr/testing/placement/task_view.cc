// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/testing/placement/task_view.h"

#include <poll.h>
#include <unistd.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/command/command.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"

namespace ktstr {
namespace {

constexpr absl::string_view kPrograms = "/usr/bin:/bin:/usr/sbin:/sbin";

std::string PathOf(pid_t tid, absl::string_view file) {
  return absl::StrCat("/proc/", tid, "/", file);
}

std::string ReadAll(int fd) {
  std::string text;
  char bytes[4096];
  for (;;) {
    const ssize_t got = read(fd, bytes, sizeof(bytes));
    if (got <= 0) return text;
    text.append(bytes, static_cast<size_t>(got));
  }
}

}  // namespace

std::string TaskFile(pid_t tid, absl::string_view file) {
  const absl::StatusOr<std::string> text = ReadFileTrimmed(PathOf(tid, file));
  EXPECT_TRUE(text.ok()) << text.status();
  return text.ok() ? *text : "";
}

absl::optional<std::string> TaskField(pid_t tid, absl::string_view file,
                                      absl::string_view name) {
  const std::string text = TaskFile(tid, file);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    if (absl::StripAsciiWhitespace(parts.first) != name) continue;
    return std::string(absl::StripAsciiWhitespace(parts.second));
  }
  return absl::nullopt;
}

int64_t TaskStat(pid_t tid, StatField field) {
  constexpr size_t kFirstAfterName = 3;
  const std::string text = TaskFile(tid, "stat");
  // "PID (comm) state ...", in which comm may hold anything.
  const std::vector<absl::string_view> rest =
      absl::StrSplit(absl::string_view(text).substr(text.rfind(')') + 1), ' ',
                     absl::SkipEmpty());
  const size_t index = static_cast<size_t>(field) - kFirstAfterName;
  int64_t value = -1;
  EXPECT_TRUE(index < rest.size() && absl::SimpleAtoi(rest[index], &value))
      << text;
  return value;
}

absl::optional<std::string> TaskCgroup(pid_t tid,
                                       absl::string_view controller) {
  const std::string text = TaskFile(tid, "cgroup");
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    // "4:memory,hugetlb:/PATH", of v2 "0::/PATH".
    const std::vector<absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (parts.size() != 3) continue;
    const std::vector<absl::string_view> controllers =
        absl::StrSplit(parts[1], ',');
    if (absl::c_linear_search(controllers, controller)) {
      return std::string(parts[2]);
    }
  }
  return absl::nullopt;
}

absl::optional<std::string> TaskMemoryPolicy(pid_t tid) {
  if (access(PathOf(tid, "numa_maps").c_str(), R_OK) != 0) {
    return absl::nullopt;
  }
  std::map<std::string, int> lines_with;
  const std::string text = TaskFile(tid, "numa_maps");
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    // "ADDRESS POLICY DETAILS", numa(7); a policy may be of two words.
    const size_t begin = line.find(' ') + 1;
    const absl::string_view rest = line.substr(begin);
    const absl::string_view weighted = "weighted interleave";
    const size_t from = absl::StartsWith(rest, weighted) ? weighted.size() : 0;
    ++lines_with[std::string(rest.substr(0, rest.find(' ', from)))];
  }
  return absl::c_max_element(
             lines_with,
             [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

absl::optional<std::string> ProgramOn(absl::string_view program, pid_t tid) {
  const absl::StatusOr<std::string> path = FindProgram(program, kPrograms);
  if (!path.ok()) return absl::nullopt;
  absl::StatusOr<Pipe> pipe = MakePipe();
  EXPECT_TRUE(pipe.ok());
  Command command;
  command.argv = {*path, "-p", absl::StrCat(tid)};
  command.stdout_fd = pipe->write_end.get();
  absl::StatusOr<Child> child = StartCommand(command);
  EXPECT_TRUE(child.ok()) << child.status();
  pipe->write_end.reset();
  std::string output = ReadAll(pipe->read_end.get());
  const absl::StatusOr<ChildEnd> end = child->Reap();
  EXPECT_TRUE(end.ok() && end->kind == ChildEnd::kExited && end->value == 0)
      << program << " -p " << tid << ": " << output;
  return output;
}

}  // namespace ktstr
