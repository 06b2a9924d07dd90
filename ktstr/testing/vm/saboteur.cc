// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Spoils a guest while a run is under way in it, in the way that the variable
// SABOTAGE of the kernel's command line names. Started as the guest's first
// process (rdinit=), which then becomes ktstr; only to be used there.

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/spin.h"

namespace ktstr {
namespace {

constexpr int kLookEveryMs = 10;
constexpr pid_t kInit = 1;

// Processes called ktstr: init, the run, and its workers.
int CountKtstr(pid_t* run) {
  int count = 0;
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc", error)) {
    int pid = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
    const absl::StatusOr<std::string> stat =
        ReadFile(absl::StrCat("/proc/", pid, "/stat"));
    if (!stat.ok() || !absl::StrContains(*stat, "(ktstr")) continue;
    ++count;
    if (absl::StrContains(*stat, absl::StrCat(") S ", kInit, " "))) *run = pid;
  }
  return count;
}

// Waits until workers run; returns their supervisor.
pid_t AwaitWorkers() {
  constexpr int kInitRunAndSomeWorkers = 4;
  pid_t run = 0;
  while (CountKtstr(&run) < kInitRunAndSomeWorkers) {
    poll(nullptr, 0, kLookEveryMs);
  }
  return run;
}

void WriteTo(const char* path, absl::string_view text) {
  const absl::StatusOr<Fd> file = OpenFile(path, O_WRONLY);
  if (file.ok()) WriteAll(file->get(), text).IgnoreError();
}

// Real-time tasks on all CPUs, and nothing else, for ever.
void Hang() {
  WriteTo("/proc/sys/kernel/sched_rt_runtime_us", "-1");
  const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
  for (long cpu = 0; cpu < cpus; ++cpu) {
    if (fork() != 0) continue;
    cpu_set_t own;
    CPU_ZERO(&own);
    CPU_SET(cpu, &own);
    sched_setaffinity(0, sizeof(own), &own);
    struct sched_param highest = {};
    highest.sched_priority = sched_get_priority_max(SCHED_FIFO);
    sched_setscheduler(0, SCHED_FIFO, &highest);
    for (;;) Spin(1);
  }
}

int Sabotage(absl::string_view way) {
  const pid_t run = AwaitWorkers();
  if (way == "panic") {
    WriteTo("/proc/sysrq-trigger", "c");
  } else if (way == "kill_init") {
    // Signals of others do not end init; the death of this tracer does.
    return static_cast<int>(
        ptrace(PTRACE_SEIZE, kInit, nullptr, PTRACE_O_EXITKILL));
  } else if (way == "kill_run") {
    kill(run, SIGKILL);
  } else if (way == "hang") {
    Hang();
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
