// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/completed.h"

#include <string.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/checks/check_line.h"
#include "ktstr/report/human.h"

namespace ktstr {
namespace {

using proto::Worker;

std::string SignalWords(int signal) {
  const char* abbreviation = sigabbrev_np(signal);
  if (abbreviation == nullptr) return absl::StrCat("signal ", signal);
  return absl::StrCat("SIG", abbreviation);
}

std::string HowItEnded(const Worker& worker) {
  switch (worker.end()) {
    case Worker::NEVER_STARTED:
      return "never reached the start barrier";
    case Worker::FINISHED:
      return "finished";
    case Worker::FAILED:
      return "gave up";
    case Worker::TIMED_OUT:
      return "did not stop within the grace period";
    case Worker::KILLED:
      return "was killed before its time";
    default:  // DIED.
      if (worker.exit_signal() != 0) {
        return absl::StrCat("died of ", SignalWords(worker.exit_signal()));
      }
      return absl::StrCat("died with exit code ", worker.exit_code());
  }
}

std::string Describe(const Worker& worker) {
  std::string text = absl::StrCat(WorkerLabel(worker), " ", HowItEnded(worker));
  if (worker.end() != Worker::NEVER_STARTED) {
    absl::StrAppend(&text, " after ", HumanNanos(worker.run_ns()), " and ",
                    Counted(worker.iterations(), "iteration"));
  }
  if (!worker.failure().empty()) {
    absl::StrAppend(&text, ": ", worker.failure());
  }
  return text;
}

// Whether it went wrong by itself, and not because another worker did.
bool IsCause(const Worker& worker) {
  if (worker.end() == Worker::NEVER_STARTED) return !worker.failure().empty();
  return worker.end() != Worker::KILLED;
}

}  // namespace

proto::Check CheckCompleted(const proto::Stressor& stressor) {
  constexpr absl::string_view kName = "completed";
  const Worker* first = nullptr;
  int lost = 0;
  for (const Worker& worker : stressor.workers()) {
    if (worker.end() == Worker::FINISHED) continue;
    ++lost;
    if (first == nullptr || (!IsCause(*first) && IsCause(worker))) {
      first = &worker;
    }
  }
  const int all = stressor.workers_size();
  if (first != nullptr) {
    return CheckLine(kName, proto::FAIL,
                     absl::StrCat(lost, " of ", Counted(all, "worker"),
                                  " did not complete: ", Describe(*first)));
  }
  if (stressor.stop_reason() == proto::Stressor::INTERRUPTED) {
    return CheckLine(
        kName, proto::FAIL,
        absl::StrCat("interrupted after ", HumanNanos(stressor.run_ns())));
  }
  if (all == 0) return CheckLine(kName, proto::FAIL, "no worker ran");
  return CheckLine(kName, proto::PASS,
                   absl::StrCat(Counted(all, "worker"), " ended in time"));
}

}  // namespace ktstr
