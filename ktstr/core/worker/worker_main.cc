// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/worker_main.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/futex.h"
#include "ktstr/base/kick.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/base/thread_settings.h"
#include "ktstr/core/worker/place/own_pages.h"

namespace ktstr {
namespace {

// A stressor's body needs little, and a thousand threads need a thousand.
constexpr size_t kStackBytes = size_t{256} * 1024;

WorkerRecord& RecordOf(const WorkerPlace& place) {
  return place.setup.layout.Record(place.setup.records, place.setup.index);
}

// Has the supervisor look at the records.
void Tell(const WorkerPlace& place) {
  // Cannot fail on a good eventfd; and the supervisor goes by what it sees.
  const uint64_t one = 1;
  WriteAll(place.news_fd, {reinterpret_cast<const char*>(&one), sizeof(one)})
      .IgnoreError();
}

void Fail(const WorkerPlace& place, const absl::Status& status) {
  WorkerRecord& record = RecordOf(place);
  // What stopped an Await stands there already.
  if (record.failure.text[0] == '\0') record.failure.Set(status.message());
  record.phase.store(WorkerPhase::kFailed, std::memory_order_release);
  // The end of a thread is to be seen nowhere else.
  Tell(place);
}

// Tells the supervisor, then sleeps until the gate opens and the common start
// time has come. Returns false if it never will.
bool PassGate(const WorkerPlace& place, WorkerRecord& record) {
  RunArea& run = *place.run;
  record.phase.store(WorkerPhase::kReady, std::memory_order_release);
  run.ready.fetch_add(1, std::memory_order_release);
  Tell(place);
  uint32_t gate;
  while ((gate = run.gate.load(std::memory_order_acquire)) == kGateClosed) {
    const absl::StatusOr<FutexWaitEnd> end = FutexWait(run.gate, kGateClosed);
    if (!end.ok()) {
      Fail(place, end.status());
      return false;
    }
  }
  return gate == kGateOpen;
}

void SleepUntilStart(const RunArea& run) {
  // Relaxed: the gate published it.
  const struct timespec start =
      ToTimespec(run.start_ns.load(std::memory_order_relaxed));
  // Interrupted only by an early stop; then there is nothing to wait for.
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &start, nullptr);
}

void* ThreadBody(void* place) {
  LiveWorker(*static_cast<const WorkerPlace*>(place));
  return nullptr;
}

// Returns an errno, 0 if the thread lives.
int StartThread(const WorkerPlace& place, pthread_t* thread) {
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error != 0) return error;
  error = pthread_attr_setstacksize(
      &attributes, std::max<size_t>(kStackBytes, PTHREAD_STACK_MIN));
  if (error == 0) {
    error = pthread_create(thread, &attributes, ThreadBody,
                           const_cast<WorkerPlace*>(&place));
  }
  pthread_attr_destroy(&attributes);
  return error;
}

}  // namespace

std::string WorkerName(absl::string_view role, uint32_t index) {
  constexpr size_t kKept = 15;  // TASK_COMM_LEN, without the '\0'.
  const std::string number = absl::StrCat(":", index);
  std::string name = absl::StrCat("ktstr:", role);
  name.resize(std::min(name.size(), kKept - number.size()));
  return name + number;
}

bool BecomeWorkerProcess(pid_t supervisor) {
  // A terminal sends its interrupts to the whole process group, and so does
  // timeout(1): the supervisor alone decides what they mean.
  for (int signo : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
    if (signal(signo, SIG_IGN) == SIG_ERR) return false;
  }
  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, nullptr) != 0) return false;
  return InstallKickHandler().ok() && DieWithParent(supervisor).ok();
}

void LiveWorker(const WorkerPlace& place) {
  WorkerRecord& record = RecordOf(place);
  record.pid.store(getpid(), std::memory_order_relaxed);
  record.tid.store(gettid(), std::memory_order_relaxed);
  record.index.store(place.setup.index, std::memory_order_relaxed);
  // The name is a courtesy to top(1); without it nothing is lost.
  SetThreadName(WorkerName(place.role, place.setup.index)).IgnoreError();
  if (place.enter) place.enter(record);
  ApplySettings(place.settings, record);
  const absl::StatusOr<OwnPages> own_pages = OwnPages::Begin();
  if (!PassGate(place, record)) return;

  SleepUntilStart(*place.run);
  // In this order, and the opposite at the end, so that no share of the time is
  // more than all of it.
  record.begin_ns.store(MonotonicNanos(), std::memory_order_relaxed);
  record.counters_at_start = ReadOwnCounters();
  // Release: with this phase the counters above may be read.
  record.phase.store(WorkerPhase::kRunning, std::memory_order_release);
  // Where they cannot be told, the record says that they are not known.
  const std::function<void()> count_pages = [&own_pages, &record] {
    if (own_pages.ok()) own_pages->Count(record.pages).IgnoreError();
  };
  WorkerSetup setup = place.setup;
  setup.at_end = &count_pages;
  Worker worker(setup);
  const absl::Status status = place.stressor->Run(worker);
  // What follows takes a CPU some 200 us. Those who wait for it have yet to see
  // the stop: they go first.
  sched_yield();
  record.counters_at_end = ReadOwnCounters();
  record.end_ns.store(MonotonicNanos(), std::memory_order_relaxed);
  if (!status.ok() || record.failure.text[0] != '\0') {
    Fail(place, status);
  } else {
    record.phase.store(WorkerPhase::kFinished, std::memory_order_release);
  }
}

int LiveThreads(absl::Span<const WorkerPlace> places) {
  std::vector<pthread_t> threads;
  threads.reserve(places.size());
  int exit_code = 0;
  for (const WorkerPlace& place : places) {
    pthread_t thread;
    const int error = StartThread(place, &thread);
    if (error != 0) {
      Fail(place,
           PosixError(error,
                      absl::StrCat("pthread_create of worker ", threads.size(),
                                   " (limits: RLIMIT_NPROC, pids.max)")));
      exit_code = 1;
      break;
    }
    threads.push_back(thread);
  }
  // The threads made so far wait at a gate that will not open: the supervisor
  // sees this process end and abandons the step.
  if (exit_code != 0) return exit_code;
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
  return exit_code;
}

}  // namespace ktstr
