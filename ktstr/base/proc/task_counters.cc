// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/proc/task_counters.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"

namespace ktstr {
namespace {

// The word at the start of `text`, and leaves `text` behind it.
absl::string_view TakeWord(absl::string_view& text) {
  text = absl::StripLeadingAsciiWhitespace(text);
  size_t length = 0;
  while (length < text.size() && !absl::ascii_isspace(text[length])) ++length;
  const absl::string_view word = text.substr(0, length);
  text.remove_prefix(length);
  return word;
}

bool TakeNumber(absl::string_view& text, int64_t& number) {
  return absl::SimpleAtoi(TakeWord(text), &number);
}

// The number in the line "label : number"; `label` begins with the newline
// before it.
bool FindNumber(absl::string_view text, absl::string_view label,
                int64_t& number) {
  const size_t found = text.find(label);
  if (found == text.npos) return false;
  text.remove_prefix(found + label.size());
  const size_t colon = text.find(':');
  if (colon == text.npos) return false;
  text.remove_prefix(colon + 1);
  return TakeNumber(text, number);
}

// /proc/PID/schedstat: time on CPU, time in the run queue, times on a CPU.
void ParseSchedstat(absl::string_view text, TaskCounters& counters) {
  int64_t on_cpu, delay, slices;
  if (!TakeNumber(text, on_cpu) || !TakeNumber(text, delay) ||
      !TakeNumber(text, slices)) {
    return;
  }
  counters.schedstat_known = true;
  counters.on_cpu_ns = on_cpu;
  counters.run_delay_ns = delay;
  counters.timeslices = slices;
}

void ParseSched(absl::string_view text, TaskCounters& counters) {
  int64_t migrations;
  if (!FindNumber(text, "\nse.nr_migrations", migrations)) return;
  counters.migrations_known = true;
  counters.migrations = migrations;
}

// /proc/PID/stat from its third field, the state, on: the name before it may
// hold anything, also blanks and brackets. Empty if malformed.
absl::string_view AfterName(absl::string_view stat) {
  const size_t bracket = stat.rfind(')');
  return bracket == stat.npos ? absl::string_view() : stat.substr(bracket + 1);
}

// minflt, majflt, utime and stime are fields 10, 12, 14 and 15 of proc(5).
bool ParseStat(absl::string_view stat, TaskCounters& counters) {
  absl::string_view rest = AfterName(stat);
  TakeWord(rest);
  constexpr size_t kFirst = 4, kEnd = 16;
  std::array<int64_t, kEnd> fields;
  for (size_t i = kFirst; i < kEnd; ++i) {
    if (!TakeNumber(rest, fields[i])) return false;
  }
  const int64_t tick_ns = kNanosPerSecond / sysconf(_SC_CLK_TCK);
  counters.minor_faults = fields[10];
  counters.major_faults = fields[12];
  counters.user_ns = fields[14] * tick_ns;
  counters.system_ns = fields[15] * tick_ns;
  return true;
}

bool ParseStatus(absl::string_view status, TaskCounters& counters) {
  return FindNumber(status, "\nvoluntary_ctxt_switches",
                    counters.voluntary_switches) &&
         FindNumber(status, "\nnonvoluntary_ctxt_switches",
                    counters.involuntary_switches);
}

// All or nothing.
void ParseUsage(absl::string_view stat, absl::string_view status,
                TaskCounters& counters) {
  TaskCounters parsed = counters;
  if (!ParseStat(stat, parsed) || !ParseStatus(status, parsed)) return;
  parsed.usage_known = true;
  counters = parsed;
}

// The beginning of a file, in the caller's buffer; empty on any error. Unlike
// ReadFile() without allocation.
absl::string_view ReadStart(const char* path, char* buffer, size_t size) {
  const Fd fd(open(path, O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return absl::string_view();
  size_t filled = 0;
  while (filled < size) {
    const ssize_t got = read(fd.get(), buffer + filled, size - filled);
    if (got == 0) break;
    if (got > 0) {
      filled += static_cast<size_t>(got);
    } else if (errno != EINTR) {
      return absl::string_view();
    }
  }
  return absl::string_view(buffer, filled);
}

std::string TaskFolder(pid_t pid, pid_t tid, const std::string& proc_root) {
  return absl::StrCat(proc_root, "/", pid, "/task/", tid);
}

}  // namespace

TaskCounters operator-(const TaskCounters& later, const TaskCounters& earlier) {
  TaskCounters delta;
  if (later.usage_known && earlier.usage_known) {
    delta.usage_known = true;
    delta.voluntary_switches =
        later.voluntary_switches - earlier.voluntary_switches;
    delta.involuntary_switches =
        later.involuntary_switches - earlier.involuntary_switches;
    delta.minor_faults = later.minor_faults - earlier.minor_faults;
    delta.major_faults = later.major_faults - earlier.major_faults;
    delta.user_ns = later.user_ns - earlier.user_ns;
    delta.system_ns = later.system_ns - earlier.system_ns;
  }
  if (later.schedstat_known && earlier.schedstat_known) {
    delta.schedstat_known = true;
    delta.on_cpu_ns = later.on_cpu_ns - earlier.on_cpu_ns;
    delta.run_delay_ns = later.run_delay_ns - earlier.run_delay_ns;
    delta.timeslices = later.timeslices - earlier.timeslices;
  }
  if (later.migrations_known && earlier.migrations_known) {
    delta.migrations_known = true;
    delta.migrations = later.migrations - earlier.migrations;
  }
  return delta;
}

TaskCounters ReadOwnCounters() {
  TaskCounters counters;
  // Reading this clock makes the kernel book the time since the last tick or
  // switch (task_sched_runtime in kernel/sched/core.c); what follows would
  // leave it out.
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  struct rusage usage;
  if (getrusage(RUSAGE_THREAD, &usage) == 0) {
    counters.usage_known = true;
    counters.voluntary_switches = usage.ru_nvcsw;
    counters.involuntary_switches = usage.ru_nivcsw;
    counters.minor_faults = usage.ru_minflt;
    counters.major_faults = usage.ru_majflt;
    counters.user_ns = ToNanos(usage.ru_utime);
    counters.system_ns = ToNanos(usage.ru_stime);
  }
  // The migrations stand in the first lines of sched.
  char buffer[1024];
  ParseSchedstat(
      ReadStart("/proc/thread-self/schedstat", buffer, sizeof(buffer)),
      counters);
  ParseSched(ReadStart("/proc/thread-self/sched", buffer, sizeof(buffer)),
             counters);
  return counters;
}

TaskCounters ReadCountersOf(pid_t pid, pid_t tid,
                            const std::string& proc_root) {
  const std::string folder = TaskFolder(pid, tid, proc_root);
  TaskCounters counters;
  const absl::StatusOr<std::string> stat = ReadFile(folder + "/stat");
  const absl::StatusOr<std::string> status = ReadFile(folder + "/status");
  if (stat.ok() && status.ok()) ParseUsage(*stat, *status, counters);
  const absl::StatusOr<std::string> schedstat = ReadFile(folder + "/schedstat");
  if (schedstat.ok()) ParseSchedstat(*schedstat, counters);
  const absl::StatusOr<std::string> sched = ReadFile(folder + "/sched");
  if (sched.ok()) ParseSched(*sched, counters);
  return counters;
}

char ReadTaskState(pid_t pid, pid_t tid, const std::string& proc_root) {
  const absl::StatusOr<std::string> stat =
      ReadFile(TaskFolder(pid, tid, proc_root) + "/stat");
  if (!stat.ok()) return '?';
  absl::string_view rest = AfterName(*stat);
  const absl::string_view state = TakeWord(rest);
  return state.size() == 1 ? state[0] : '?';
}

}  // namespace ktstr
