// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Tells by the guest's console what its kernel said of each worker when it was
// last seen, and which cgroups are left when the run has ended. The variable
// SPY of the kernel's command line says what it does besides: "look": nothing;
// "lie": it makes the weights of the run's cgroups equal. Started as the
// guest's first process (rdinit=), which then becomes ktstr; only to be used
// there.

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
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
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"

namespace ktstr {
namespace {

namespace fs = std::filesystem;

constexpr int kLookEveryMs = 20;
constexpr pid_t kInit = 1;
constexpr char kCgroups[] = "/sys/fs/cgroup";
constexpr char kFrozen[] = "/sys/fs/cgroup/frozen";

void WriteTo(const std::string& path, absl::string_view text) {
  const absl::StatusOr<Fd> file = OpenFile(path, O_WRONLY);
  if (file.ok()) WriteAll(file->get(), text).IgnoreError();
}

// The log takes few lines of each that opened it, so it is opened for each. An
// alert (<1>) is shown also by a console that is quiet.
void Say(absl::string_view line) {
  WriteTo("/dev/kmsg", absl::StrCat("<1>spy: ", line));
}

// "" for what cannot be read (any more).
std::string TextOf(const fs::path& path) {
  const absl::StatusOr<std::string> text = ReadFileTrimmed(path);
  return text.ok() ? *text : "";
}

std::vector<fs::path> EntriesOf(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    paths.push_back(entry.path());
  }
  return paths;
}

// The tasks of the process, or the processes of /proc.
std::map<pid_t, fs::path> NumbersIn(const fs::path& folder) {
  std::map<pid_t, fs::path> found;
  for (const fs::path& path : EntriesOf(folder)) {
    pid_t number;
    if (absl::SimpleAtoi(path.filename().string(), &number)) {
      found[number] = path;
    }
  }
  return found;
}

// What follows "(comm) " in /proc/PID/stat: field 3 of proc(5) is first.
std::vector<std::string> StatOf(const fs::path& task) {
  const std::string text = TextOf(task / "stat");
  const size_t end = text.rfind(')');
  if (end == std::string::npos) return {};
  return absl::StrSplit(text.substr(end + 1), ' ', absl::SkipEmpty());
}

std::string StatusField(const fs::path& task, absl::string_view name) {
  const std::string text = TextOf(task / "status");
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::ConsumePrefix(&line, absl::StrCat(name, ":\t"))) continue;
    return std::string(line.substr(0, line.find('\t')));
  }
  return "";
}

// The policy of its stack, which is that of the task: "interleave:0-1".
std::string MemoryPolicyOf(const fs::path& task) {
  const std::string text = TextOf(task / "numa_maps");
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    // "ADDRESS POLICY DETAILS", numa(7).
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (absl::StrContains(line, " stack") && words.size() > 1) return words[1];
  }
  return "";
}

// One line about a worker; "" if it is none, or at its end.
std::string Describe(const fs::path& task) {
  constexpr size_t kFirst = 3;
  const std::string name = TextOf(task / "comm");
  if (!absl::StartsWith(name, "ktstr:")) return "";
  const std::vector<std::string> stat = StatOf(task);
  if (stat.size() < 42 - kFirst) return "";
  const std::string cgroup = TextOf(task / "cgroup");
  const std::string cpus = StatusField(task, "Cpus_allowed_list");
  const std::string uid = StatusField(task, "Uid");
  // Last: a task that still has memory still had everything else.
  const std::string memory = MemoryPolicyOf(task);
  if (memory.empty()) return "";
  return absl::StrCat(
      name, " policy=", stat[41 - kFirst], " priority=", stat[40 - kFirst],
      " nice=", stat[19 - kFirst], " cpus=", cpus, " uid=", uid,
      " memory=", memory, " cgroup=", absl::StripPrefix(cgroup, "0::"));
}

// Whether it is the process that init made to run the stressors, and lives.
bool IsRun(pid_t pid, const fs::path& process) {
  const std::vector<std::string> stat = StatOf(process);
  return pid != kInit && stat.size() > 1 && stat[0] != "Z" &&
         stat[1] == absl::StrCat(kInit) && TextOf(process / "comm") == "ktstr";
}

// The first of it.
pid_t AwaitRun() {
  for (;; poll(nullptr, 0, kLookEveryMs)) {
    for (const auto& [pid, process] : NumbersIn("/proc")) {
      if (IsRun(pid, process)) return pid;
    }
  }
}

// Looks at the workers of the run; what was seen of one before is forgotten.
void Look(pid_t run, std::map<pid_t, std::string>& seen) {
  for (const auto& [pid, path] : NumbersIn("/proc")) {
    if (pid <= run) continue;  // Older than the workers.
    for (const auto& [tid, task] : NumbersIn(path / "task")) {
      const std::string line = Describe(task);
      if (!line.empty()) seen[tid] = line;
    }
  }
}

// Folders of runs of ktstr, wherever they are.
std::vector<fs::path> RunCgroups() {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(kCgroups, error)) {
    if (absl::StartsWith(entry.path().filename().string(), "ktstr.")) {
      found.push_back(entry.path());
    }
  }
  return found;
}

void MakeWeightsEqual() {
  for (const fs::path& folder : RunCgroups()) {
    for (const fs::path& cgroup : EntriesOf(folder)) {
      WriteTo(cgroup / "cpu.weight", "100");
    }
  }
}

// Init ends the guest as soon as it sees the end of the run. The kernel waits
// for other tasks meanwhile (RCU), whom real-time workers may starve.
void HoldInit(bool hold) {
  if (hold) {
    mkdir(kFrozen, 0755);
    WriteTo(absl::StrCat(kFrozen, "/cgroup.procs"), absl::StrCat(kInit));
  }
  WriteTo(absl::StrCat(kFrozen, "/cgroup.freeze"), hold ? "1" : "0");
}

void Spy(absl::string_view way) {
  // Before all workers, real-time ones included. It sleeps most of the time,
  // and tells nothing until there is time for it: consoles are slow.
  const sched_param most_urgent = {sched_get_priority_max(SCHED_FIFO)};
  if (sched_setscheduler(0, SCHED_FIFO, &most_urgent) != 0) Say("not urgent");
  std::map<pid_t, std::string> seen;
  const pid_t run = AwaitRun();
  const fs::path process = absl::StrCat("/proc/", run);
  HoldInit(true);
  for (; IsRun(run, process); poll(nullptr, 0, kLookEveryMs)) {
    Look(run, seen);
    if (way == "lie") MakeWeightsEqual();
  }
  for (const auto& [tid, line] : seen) {
    Say(absl::StrCat("worker ", tid, " ", line));
  }
  for (const fs::path& folder : RunCgroups()) {
    Say(absl::StrCat("left ", folder.string()));
  }
  Say("the run has ended");
  HoldInit(false);
}

}  // namespace
}  // namespace ktstr

int main(int, char** argv) {
  const char* way = getenv("SPY");
  if (getpid() != ktstr::kInit || way == nullptr) return EXIT_FAILURE;
  if (fork() != 0) {
    argv[0] = strdup("/ktstr");
    execv(argv[0], argv);
    return EXIT_FAILURE;
  }
  ktstr::Spy(way);
  return 0;
}
