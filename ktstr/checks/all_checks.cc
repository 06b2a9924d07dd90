// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/all_checks.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "ktstr/checks/applied.h"
#include "ktstr/checks/cgroup_share/cgroup_share.h"
#include "ktstr/checks/check_line.h"
#include "ktstr/checks/completed.h"
#include "ktstr/checks/exercised.h"
#include "ktstr/checks/host.h"
#include "ktstr/checks/isolation.h"
#include "ktstr/checks/no_errors.h"
#include "ktstr/checks/not_starved.h"
#include "ktstr/checks/requested/requested.h"

namespace ktstr {
namespace {

// Overwrites what was judged of a stressor that did not run.
void ReplaceUnjudged(const proto::Stressor& stressor,
                     std::vector<proto::Check>& lines) {
  const proto::Outcome& setup = stressor.setup();
  const bool skipped = setup.kind() == proto::Outcome::SKIPPED;
  for (proto::Check& line : lines) {
    line = CheckLine(line.name(), proto::SKIP,
                     skipped ? setup.text() : "it did not run");
  }
  if (skipped) return;
  proto::Check& completed = lines.front();
  completed.set_verdict(proto::FAIL);
  completed.set_detail(setup.kind() == proto::Outcome::FAILED
                           ? absl::StrCat("could not be set up: ", setup.text())
                           : "the run ended before its turn");
}

}  // namespace

std::vector<proto::Check> AllChecks(const proto::Options& options,
                                    absl::Span<const Condition> conditions,
                                    const proto::Stressor& stressor) {
  std::vector<proto::Check> lines = {
      CheckCompleted(stressor),
      CheckApplied(stressor),
      CheckNoErrors(stressor),
      CheckExercised(stressor),
      CheckNotStarved(options, stressor),
      CheckIsolation(options, stressor),
      CheckHost(stressor),
  };
  if (HasCgroupShare(options, stressor)) {
    lines.push_back(CheckCgroupShare(options, stressor));
  }
  for (const Condition& condition : conditions) {
    if (condition.stressor.empty() || condition.stressor == stressor.alias()) {
      lines.push_back(CheckRequested(condition, stressor));
    }
  }
  if (stressor.setup().kind() != proto::Outcome::OK ||
      stressor.stop_reason() == proto::Stressor::NOT_RUN) {
    ReplaceUnjudged(stressor, lines);
  }
  return lines;
}

}  // namespace ktstr
