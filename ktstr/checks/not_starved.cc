// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/not_starved.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/checks/check_line.h"
#include "ktstr/report/human.h"

namespace ktstr {
namespace {

constexpr absl::string_view kName = "not_starved";

// Of an equal share of the CPUs: a worker that got less was kept from them.
constexpr double kLeastOfShare = 0.1;

// With 8 emulated CPUs for each real one, 20 times slower than that.
constexpr double kSlowMotion = 1.0 / 8;

// Absent in old reports.
bool IsSlowMotion(const proto::Options& options) {
  return options.cpu_share() > 0 && options.cpu_share() < kSlowMotion;
}

bool HadItsShare(const proto::Worker& worker, const proto::Stressor& stressor) {
  const auto run_ns = static_cast<double>(worker.run_ns());
  const double equal_ns = static_cast<double>(stressor.host().capacity_ns()) /
                          stressor.workers_size();
  return worker.counters().has_on_cpu_ns() && equal_ns > 0 &&
         static_cast<double>(worker.counters().on_cpu_ns()) >=
             kLeastOfShare * std::min(run_ns, equal_ns);
}

}  // namespace

proto::Check CheckNotStarved(const proto::Options& options,
                             const proto::Stressor& stressor) {
  if (stressor.workers().empty()) {
    return CheckLine(kName, proto::FAIL, "no worker ran");
  }
  const proto::Worker* least = &stressor.workers(0);
  const proto::Worker* slow = nullptr;     // Of those that had the CPU and
  const proto::Worker* starved = nullptr;  // those that had not, the first.
  int without = 0;
  for (const proto::Worker& worker : stressor.workers()) {
    if (worker.iterations() < least->iterations()) least = &worker;
    if (worker.iterations() > 0) continue;
    ++without;
    const proto::Worker*& first =
        HadItsShare(worker, stressor) ? slow : starved;
    if (first == nullptr) first = &worker;
  }
  if (without == 0) {
    return CheckLine(kName, proto::PASS,
                     absl::StrCat("least: ", WorkerLabel(*least), " with ",
                                  Counted(least->iterations(), "iteration")));
  }
  const std::string who =
      absl::StrCat(without, " of ", Counted(stressor.workers_size(), "worker"),
                   " finished no iteration, first ",
                   WorkerLabel(starved != nullptr ? *starved : *slow), " in ");
  if (starved != nullptr && IsSlowMotion(options)) {
    return CheckLine(
        kName, proto::SKIP,
        absl::StrCat(who, HumanNanos(starved->run_ns()),
                     ": each CPU of this emulated machine has ",
                     HumanShare(options.cpu_share()), " of a real one"));
  }
  if (starved != nullptr) {
    return CheckLine(kName, proto::FAIL,
                     absl::StrCat(who, HumanNanos(starved->run_ns())));
  }
  return CheckLine(
      kName, proto::SKIP,
      absl::StrCat(who, HumanNanos(slow->counters().on_cpu_ns()),
                   " of CPU time: the first takes longer; raise --duration"));
}

}  // namespace ktstr
