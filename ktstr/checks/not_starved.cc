// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/not_starved.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/checks/check_line.h"
#include "ktstr/report/human.h"

namespace ktstr {

proto::Check CheckNotStarved(const proto::Stressor& stressor) {
  constexpr absl::string_view kName = "not_starved";
  const proto::Worker* least = nullptr;
  int starved = 0;
  for (const proto::Worker& worker : stressor.workers()) {
    if (worker.iterations() == 0) ++starved;
    if (least == nullptr || worker.iterations() < least->iterations()) {
      least = &worker;
    }
  }
  if (least == nullptr) return CheckLine(kName, proto::FAIL, "no worker ran");
  if (starved > 0) {
    return CheckLine(
        kName, proto::FAIL,
        absl::StrCat(starved, " of ",
                     Counted(stressor.workers_size(), "worker"),
                     " finished no iteration, first ", WorkerLabel(*least),
                     " in ", HumanNanos(least->run_ns())));
  }
  return CheckLine(kName, proto::PASS,
                   absl::StrCat("least: ", WorkerLabel(*least), " with ",
                                Counted(least->iterations(), "iteration")));
}

}  // namespace ktstr
