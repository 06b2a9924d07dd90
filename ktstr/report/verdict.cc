// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/verdict.h"

#include <cstdint>
#include <string>

#include "ktstr/report/report.pb.h"

namespace ktstr {
namespace {

// The codes that kselftest knows, and the shell's for signals.
constexpr int kExitPass = 0;
constexpr int kExitFail = 1;
constexpr int kExitSkip = 4;
constexpr int kExitSignal = 128;

bool Has(const proto::Stressor& stressor, proto::Verdict verdict) {
  for (const proto::Check& check : stressor.checks()) {
    if (check.verdict() == verdict) return true;
  }
  return false;
}

bool CouldNotBeTold(const proto::Stressor& stressor) {
  return stressor.setup().kind() == proto::Outcome::SKIPPED ||
         stressor.stop_reason() == proto::Stressor::NOT_RUN ||
         stressor.proof().kind() == proto::Outcome::SKIPPED;
}

}  // namespace

bool IsMerged(const proto::Report& report) {
  return !report.cells().empty() || !report.planned_cells().empty();
}

proto::Verdict VerdictOf(const proto::Stressor& stressor) {
  if (Has(stressor, proto::FAIL) ||
      stressor.setup().kind() == proto::Outcome::FAILED) {
    return proto::FAIL;
  }
  if (CouldNotBeTold(stressor) || !Has(stressor, proto::PASS)) {
    return proto::SKIP;
  }
  return proto::PASS;
}

proto::Verdict VerdictOf(const proto::Report& report) {
  bool passed = false;
  for (const proto::Stressor& stressor : report.stressors()) {
    if (stressor.verdict() == proto::FAIL) return proto::FAIL;
    passed |= stressor.verdict() == proto::PASS;
  }
  return passed ? proto::PASS : proto::SKIP;
}

std::string SkipReason(const proto::Stressor& stressor) {
  if (stressor.verdict() != proto::SKIP) return "";
  if (stressor.setup().kind() == proto::Outcome::SKIPPED) {
    return stressor.setup().text();
  }
  if (stressor.stop_reason() == proto::Stressor::NOT_RUN) return "not run";
  if (stressor.proof().kind() == proto::Outcome::SKIPPED) {
    return stressor.proof().text();
  }
  return "nothing was checked";
}

void Conclude(int64_t ended_unix_ns, proto::Report& report) {
  report.set_ended_unix_ns(ended_unix_ns);
  report.set_verdict(VerdictOf(report));
}

int ExitCode(const proto::Report& report) {
  if (report.interrupted_by() != 0) {
    return kExitSignal + report.interrupted_by();
  }
  switch (report.verdict()) {
    case proto::PASS:
      return kExitPass;
    case proto::SKIP:
      return kExitSkip;
    default:
      return kExitFail;
  }
}

}  // namespace ktstr
