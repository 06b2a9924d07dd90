// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Spoils a guest while a run is under way in it, in the way that the variable
// SABOTAGE of the kernel's command line names. Started as the guest's first
// process (rdinit=), which then becomes ktstr; only to be used there.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"

namespace ktstr {
namespace {

constexpr int kLookEveryMs = 10;
constexpr pid_t kInit = 1;

// A process called ktstr.
struct Process {
  pid_t pid;
  pid_t parent;
};

// Init, the run, and its workers, as far as they are there by now.
std::vector<Process> KtstrProcesses() {
  std::vector<Process> found;
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc", error)) {
    Process process = {};
    if (!absl::SimpleAtoi(entry.path().filename().string(), &process.pid)) {
      continue;
    }
    // "PID (comm) state parent ...", proc(5).
    const absl::StatusOr<std::string> stat = ReadFile(entry.path() / "stat");
    if (!stat.ok() || !absl::StrContains(*stat, " (ktstr")) continue;
    const std::vector<absl::string_view> rest = absl::StrSplit(
        absl::string_view(*stat).substr(stat->rfind(')') + 2), ' ');
    if (rest.size() > 1 && absl::SimpleAtoi(rest[1], &process.parent)) {
      found.push_back(process);
    }
  }
  return found;
}

// Waits until workers run.
std::vector<Process> AwaitWorkers() {
  constexpr size_t kInitRunAndSomeWorkers = 4;
  for (;;) {
    std::vector<Process> found = KtstrProcesses();
    if (found.size() >= kInitRunAndSomeWorkers) return found;
    poll(nullptr, 0, kLookEveryMs);
  }
}

void WriteTo(const std::string& path, absl::string_view text) {
  const absl::StatusOr<Fd> file = OpenFile(path, O_WRONLY);
  if (file.ok()) WriteAll(file->get(), text).IgnoreError();
}

// Nothing of ktstr runs any more, init included, and nothing says why.
void Hang(const std::vector<Process>& processes) {
  const std::string group = "/sys/fs/cgroup/frozen";
  mkdir(group.c_str(), 0755);
  for (const Process& process : processes) {
    WriteTo(group + "/cgroup.procs", absl::StrCat(process.pid));
  }
  WriteTo(group + "/cgroup.freeze", "1");
}

void KillRun(const std::vector<Process>& processes) {
  for (const Process& process : processes) {
    if (process.parent == kInit) kill(process.pid, SIGKILL);
  }
}

// Init ignores the signals of others, but not its own faults: all its code
// becomes something that no CPU executes.
void CrashInit() {
  const absl::StatusOr<std::string> maps = ReadFile("/proc/1/maps");
  const absl::StatusOr<Fd> memory = OpenFile("/proc/1/mem", O_WRONLY);
  if (!maps.ok() || !memory.ok()) return;
  for (const absl::string_view line : absl::StrSplit(*maps, '\n')) {
    if (!absl::StrContains(line, " r-xp ")) continue;
    // "BEGIN-END PERMISSIONS ...", proc(5).
    char* end = nullptr;
    const uint64_t from = strtoull(std::string(line).c_str(), &end, 16);
    const uint64_t to = strtoull(
        std::string(line.substr(line.find('-') + 1)).c_str(), &end, 16);
    const std::string nonsense(to - from, '\xff');
    // Refused for the kernel's own page (vsyscall).
    if (pwrite(memory->get(), nonsense.data(), nonsense.size(),
               static_cast<off_t>(from)) < 0) {
      perror("saboteur: /proc/1/mem");
    }
  }
}

int Sabotage(absl::string_view way) {
  const std::vector<Process> processes = AwaitWorkers();
  if (way == "panic") {
    WriteTo("/proc/sysrq-trigger", "c");
  } else if (way == "kill_init") {
    CrashInit();
  } else if (way == "kill_run") {
    KillRun(processes);
  } else if (way == "hang") {
    Hang(processes);
  }
  return 0;
}

}  // namespace
}  // namespace ktstr

int main(int, char** argv) {
  const char* way = getenv("SABOTAGE");
  if (getpid() == ktstr::kInit && way != nullptr && fork() != 0) {
    argv[0] = strdup("/ktstr");
    execv(argv[0], argv);
  }
  return way == nullptr ? EXIT_FAILURE : ktstr::Sabotage(way);
}
