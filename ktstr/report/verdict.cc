// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/verdict.h"

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

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

// Also without a verdict: whoever had to give it did not get to it.
bool Failed(proto::Verdict verdict) {
  return verdict != proto::PASS && verdict != proto::SKIP;
}

// Of `planned` what `present` does not hold. One stands for one: a plan may
// name a stressor twice.
template <typename Names>
std::vector<std::string> Missing(const Names& planned,
                                 std::multiset<std::string> present) {
  std::vector<std::string> missing;
  for (const std::string& name : planned) {
    const auto found = present.find(name);
    if (found == present.end()) {
      missing.push_back(name);
    } else {
      present.erase(found);
    }
  }
  return missing;
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

std::vector<std::string> MissingStressors(const proto::Report& report) {
  std::vector<std::string> planned;
  std::multiset<std::string> present;
  for (const proto::PlannedStressor& stressor : report.plan()) {
    planned.push_back(stressor.name());
  }
  for (const proto::Stressor& stressor : report.stressors()) {
    present.insert(stressor.name());
  }
  return Missing(planned, std::move(present));
}

std::vector<std::string> MissingChecks(const proto::Report& report) {
  std::multiset<std::string> present;
  for (const proto::Check& check : report.checks()) {
    present.insert(check.name());
  }
  return Missing(report.planned_checks(), std::move(present));
}

std::vector<std::string> MissingCells(const proto::Report& report) {
  std::multiset<std::string> present;
  for (const proto::Report& cell : report.cells()) {
    present.insert(cell.cell());
  }
  return Missing(report.planned_cells(), std::move(present));
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
  if (!MissingChecks(report).empty()) return proto::FAIL;
  if (report.interrupted_by() == 0 && !MissingCells(report).empty()) {
    return proto::FAIL;
  }
  for (const proto::Check& check : report.checks()) {
    if (Failed(check.verdict())) return proto::FAIL;
  }
  bool passed = false;
  for (const proto::Stressor& stressor : report.stressors()) {
    if (Failed(stressor.verdict())) return proto::FAIL;
    passed |= stressor.verdict() == proto::PASS;
  }
  for (const proto::Report& cell : report.cells()) {
    if (Failed(cell.verdict())) return proto::FAIL;
    passed |= cell.verdict() == proto::PASS;
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

std::string SkipReason(const proto::Report& report) {
  if (report.verdict() != proto::SKIP) return "";
  if (report.stressors().empty()) return "nothing ran";
  const std::string reason = SkipReason(report.stressors(0));
  for (const proto::Stressor& stressor : report.stressors()) {
    if (SkipReason(stressor) != reason) return "every stressor was skipped";
  }
  return reason;
}

void Conclude(int64_t ended_unix_ns, proto::Report& report) {
  report.set_ended_unix_ns(ended_unix_ns);
  for (const std::string& name : MissingChecks(report)) {
    proto::Check& check = *report.add_checks();
    check.set_name(name);
    check.set_verdict(proto::FAIL);
    check.set_detail("planned, and never judged");
  }
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
