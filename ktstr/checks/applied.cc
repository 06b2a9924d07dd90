// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/applied.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "ktstr/checks/check_line.h"

namespace ktstr {
namespace {

std::string Describe(const proto::Worker& worker,
                     const proto::Setting& setting) {
  std::string text = absl::StrCat(
      WorkerLabel(worker), ": ", setting.name(), " asked ", setting.asked(),
      ", got ", setting.got().empty() ? "no answer" : setting.got());
  if (setting.error() != 0) {
    absl::StrAppend(&text, " (", setting.error_name(), ")");
  }
  return text;
}

}  // namespace

proto::Check CheckApplied(const proto::Stressor& stressor) {
  constexpr absl::string_view kName = "applied";
  std::string first;
  int refused = 0;
  int all = 0;
  std::set<std::string> held;  // "timer_slack 1ns"
  for (const proto::Worker& worker : stressor.workers()) {
    for (const proto::Setting& setting : worker.settings()) {
      ++all;
      held.insert(absl::StrCat(setting.name(), " ", setting.got()));
      if (setting.applied()) continue;
      ++refused;
      if (first.empty()) first = Describe(worker, setting);
    }
  }
  if (refused > 0) {
    return CheckLine(kName, proto::FAIL,
                     absl::StrCat(refused, " of ", Counted(all, "setting"),
                                  " not applied: ", first));
  }
  if (all == 0) {
    return CheckLine(kName, proto::PASS, "nothing was asked of the kernel");
  }
  constexpr size_t kShown = 4;  // Affinities may differ by worker.
  return CheckLine(kName, proto::PASS,
                   held.size() > kShown
                       ? absl::StrCat(Counted(all, "setting"), " read back")
                       : absl::StrJoin(held, ", "));
}

}  // namespace ktstr
