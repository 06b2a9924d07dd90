// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/command/kept_program.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "ktstr/base/clock.h"
#include "ktstr/base/command/reset_signals.h"

namespace ktstr {
namespace {

// Of StopKept and of the end of the thread that started the keeper. Blocked in
// the keeper from its first moment, so that it is never lost.
constexpr int kStopSignal = SIGTERM;

// The keeper is a copy of a process that may have other threads, which may have
// held any lock: it allocates nothing and uses no stdio. No handler of glibc's
// runs, and none is needed.
pid_t Fork() {
  return static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

// "/proc/PID/NAME".
class ProcPath final {
 public:
  ProcPath(pid_t pid, const char* name) {
    char* end = stpcpy(text_, "/proc/");
    end = std::to_chars(end, end + kMostDigits, pid).ptr;
    *end = '/';
    strcpy(end + 1, name);
  }
  const char* get() const { return text_; }

 private:
  static constexpr size_t kMostDigits = 10;
  char text_[32];
};

// Reads the file's begin as a string; "" if it cannot be read.
template <size_t kBytes>
void ReadText(const char* path, char (&text)[kBytes]) {
  text[0] = '\0';
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  const ssize_t got = read(fd, text, kBytes - 1);
  text[got < 0 ? 0 : got] = '\0';
  close(fd);
}

// 0 if there is no such process.
pid_t ParentOf(pid_t pid) {
  char text[128];  // "PID (15 bytes of name) STATE PARENT ..."
  ReadText(ProcPath(pid, "stat").get(), text);
  const char* name_end = strrchr(text, ')');
  if (name_end == nullptr || strlen(name_end) < sizeof(") S ")) return 0;
  return static_cast<pid_t>(strtol(name_end + sizeof(") S"), nullptr, 10));
}

// Kills this process's children, and returns how many there were. Theirs become
// this one's when they die.
int KillChildren() {
  const pid_t self = getpid();
  const int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (proc < 0) return 0;
  alignas(struct dirent64) char entries[8192];
  int killed = 0;
  ssize_t got;
  while ((got = getdents64(proc, entries, sizeof(entries))) > 0) {
    for (ssize_t at = 0; at < got;) {
      const auto* entry = reinterpret_cast<struct dirent64*>(entries + at);
      at += entry->d_reclen;
      const pid_t pid = static_cast<pid_t>(strtol(entry->d_name, nullptr, 10));
      // It stays a child until this process reaps it: no other can be meant.
      if (pid > 0 && ParentOf(pid) == self && kill(pid, SIGKILL) == 0) ++killed;
    }
  }
  close(proc);
  return killed;
}

// In the keeper's child: returns only if it cannot be the program.
int Become(const char* program, char* const* argv, pid_t keeper) {
  // Not a session of its own, which autogroup would take for another load.
  setpgid(0, 0);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
  if (getppid() != keeper) return ECHILD;
  UnblockSignals();
  execve(program, argv, environ);
  return errno;
}

class Keeper final {
 public:
  explicit Keeper(KeptRun* run) : run_(*run) {}

  // Returns false if it cannot keep anything.
  bool Begin(pid_t parent) {
    ResetSignalHandlers();
    sigemptyset(&awaited_);
    sigaddset(&awaited_, SIGCHLD);
    sigaddset(&awaited_, kStopSignal);
    prctl(PR_SET_NAME, "ktstr:keeper");  // A courtesy to top(1).
    // Out of reach of what is sent to the starter's group.
    const bool set = setpgid(0, 0) == 0 &&
                     prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 &&
                     prctl(PR_SET_PDEATHSIG, kStopSignal) == 0;
    const int null = set ? open("/dev/null", O_RDWR) : -1;
    if (null < 0) {
      run_.start_error = errno;
      return false;
    }
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) dup2(null, fd);
    // Before Linux 5.9 those not marked close-on-exec stay open.
    close_range(STDERR_FILENO + 1, UINT_MAX, 0);
    return getppid() == parent;
  }

  bool Start(const char* program, char* const* argv) {
    const pid_t self = getpid();
    run_.begin_at = MonotonicNanos();
    program_ = Fork();
    if (program_ == 0) {
      run_.start_error = Become(program, argv, self);
      _exit(EXIT_FAILURE);
    }
    if (program_ < 0) run_.start_error = errno;
    return program_ > 0;
  }

  // Until the program ended or is to be stopped; then nothing of it is left.
  void AwaitEnd() {
    while (!ProgramEnded()) {
      // EINTR, as after SIGSTOP: look again.
      if (sigwaitinfo(&awaited_, nullptr) == kStopSignal && !ProgramEnded()) {
        run_.stopped = true;
        break;
      }
    }
    run_.end_at = MonotonicNanos();
    // Not reaped yet, so that neither number can be another's. Alone too: it
    // may not have made its group yet.
    kill(-program_, SIGKILL);
    kill(program_, SIGKILL);
    while (!ProgramEnded()) sigwaitinfo(&awaited_, nullptr);
    NoteRunDelay();
    struct rusage usage;
    if (wait4(program_, &run_.wait_status, 0, &usage) == program_) {
      run_.ended = true;
      Add(usage);
    }
    EndTheRest();
  }

 private:
  bool ProgramEnded() const {
    siginfo_t info = {};
    return waitid(P_PID, static_cast<id_t>(program_), &info,
                  WEXITED | WNOHANG | WNOWAIT) != 0 ||
           info.si_pid == program_;
  }

  void NoteRunDelay() {
    char text[64];  // "TIME_ON_CPU RUN_DELAY SLICES"
    ReadText(ProcPath(program_, "schedstat").get(), text);
    char* blank = strchr(text, ' ');
    run_.run_delay_known = blank != nullptr;
    if (blank != nullptr) run_.run_delay_ns = strtoll(blank, nullptr, 10);
  }

  void Add(const struct rusage& usage) {
    run_.cpu_ns += ToNanos(usage.ru_utime) + ToNanos(usage.ru_stime);
    run_.voluntary_switches += usage.ru_nvcsw;
    run_.involuntary_switches += usage.ru_nivcsw;
  }

  // Reaps what the program left behind, all of which this process has
  // inherited or will, and kills what does not end by itself.
  void EndTheRest() {
    constexpr struct timespec kLookAgain = {0, 1'000'000};
    for (;;) {
      struct rusage usage;
      const pid_t gone = wait4(-1, nullptr, WNOHANG, &usage);
      if (gone < 0 && errno == ECHILD) return;
      if (gone > 0) {
        ++run_.left_behind;
        Add(usage);
        continue;
      }
      KillChildren();
      sigtimedwait(&awaited_, nullptr, &kLookAgain);
    }
  }

  KeptRun& run_;
  sigset_t awaited_;
  pid_t program_ = 0;
};

}  // namespace

pid_t StartKept(const char* program, char* const* argv, KeptRun* run) {
  *run = KeptRun();
  const pid_t parent = getpid();
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // These cannot fail: the operation exists and the addresses are good.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = Fork();
  if (pid == 0) {
    Keeper keeper(run);
    if (keeper.Begin(parent) && keeper.Start(program, argv)) keeper.AwaitEnd();
    _exit(EXIT_SUCCESS);
  }
  const int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

void StopKept(pid_t keeper) {
  // Reaches it or, once it has exited, changes nothing.
  kill(keeper, kStopSignal);
}

}  // namespace ktstr
