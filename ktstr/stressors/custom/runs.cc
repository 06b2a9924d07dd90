// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/custom/runs.h"

#include <sys/wait.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/child.h"

namespace ktstr {
namespace {

std::string HowItEnded(int wait_status) {
  ChildEnd end = {};
  end.kind = WIFSIGNALED(wait_status) ? ChildEnd::kSignaled : ChildEnd::kExited;
  end.value = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status)
                                       : WEXITSTATUS(wait_status);
  return DescribeEnd(end);
}

std::string Micros(int64_t ns) {
  return absl::FormatDuration(
      absl::Trunc(absl::Nanoseconds(ns), absl::Microseconds(1)));
}

std::string Describe(const Runs& runs, absl::string_view program) {
  std::string text = absl::StrCat("one run of ", program, ", stopped");
  if (runs.ended > 0) {
    text = absl::StrCat(runs.ended, runs.ended == 1 ? " run of " : " runs of ",
                        program, " with exit code 0");
    if (runs.stopped > 0) absl::StrAppend(&text, ", one more stopped");
  }
  absl::StrAppendFormat(&text,
                        ": %s of CPU time, %d voluntary and %d involuntary "
                        "switches, %s of run delay",
                        Micros(runs.cpu_ns), runs.voluntary_switches,
                        runs.involuntary_switches, Micros(runs.run_delay_ns));
  if (runs.left_behind > 0) {
    absl::StrAppend(&text, "; processes that outlived it and were killed: ",
                    runs.left_behind);
  }
  return text;
}

}  // namespace

void Runs::Add(const KeptRun& run) {
  cpu_ns += run.cpu_ns;
  voluntary_switches += run.voluntary_switches;
  involuntary_switches += run.involuntary_switches;
  run_delay_ns += run.run_delay_ns;
  if (run.stopped) {
    ++stopped;
    return;
  }
  ++ended;
  left_behind += run.left_behind;
  if (run.cpu_ns == 0) ++without_cpu;
  if (run.wait_status == 0) return;
  if (failed++ == 0) first_failure = run.wait_status;
}

absl::StatusOr<std::string> Runs::Verify(absl::string_view program,
                                         uint64_t passes) const {
  const uint64_t all = ended + stopped;
  if (all < passes || all == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(passes, " passes, but the kernel saw only ", all,
                     " runs of ", program));
  }
  if (failed > 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(failed, " of ", ended, " runs of ", program,
                     " failed; the first ", HowItEnded(first_failure)));
  }
  if (without_cpu > 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        without_cpu, " of ", ended, " runs of ", program, " used no CPU time"));
  }
  if (cpu_ns == 0) {
    return absl::UnimplementedError(
        absl::StrCat(program, " was stopped before it had used CPU time"));
  }
  return Describe(*this, program);
}

}  // namespace ktstr
