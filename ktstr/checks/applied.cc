// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/applied.h"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "ktstr/checks/check_line.h"

namespace ktstr {
namespace {

// Of what is held, or of what went wrong.
constexpr size_t kShown = 4;

// "policy asked fifo:50, got normal"
std::string AskedAndGot(const proto::Setting& setting) {
  return absl::StrCat(setting.name(), " asked ", setting.asked(), ", got ",
                      setting.got().empty() ? "no answer" : setting.got());
}

// " (EPERM): needs CAP_SYS_NICE"
std::string Reason(const proto::Setting& setting) {
  std::string text;
  if (setting.error() != 0) {
    absl::StrAppend(&text, " (", setting.error_name(), ")");
  }
  if (!setting.why().empty()) absl::StrAppend(&text, ": ", setting.why());
  return text;
}

// Workers of which the same setting was refused for the same reason.
struct Refusal {
  const proto::Worker* worker = nullptr;  // The first.
  const proto::Setting* setting = nullptr;
  int workers = 0;
  bool alike = true;  // All of them asked and got what the first did.
};

std::string Describe(const Refusal& refusal, int asked) {
  std::string who = WorkerLabel(*refusal.worker);
  if (refusal.workers > 1) {
    const std::string count =
        absl::StrCat(refusal.workers, " of ", Counted(asked, "worker"));
    who = refusal.alike ? count : absl::StrCat(count, ", the first ", who);
  }
  return absl::StrCat(who, ": ", AskedAndGot(*refusal.setting),
                      Reason(*refusal.setting));
}

void AddRefusedWorkers(const proto::Stressor& stressor,
                       std::vector<std::string>& wrong) {
  std::map<std::string, int> asked;  // Workers by setting.
  std::vector<Refusal> refusals;
  std::map<std::tuple<std::string, int, std::string>, size_t> at;
  for (const proto::Worker& worker : stressor.workers()) {
    for (const proto::Setting& setting : worker.settings()) {
      ++asked[setting.name()];
      if (setting.applied()) continue;
      const auto [it, fresh] =
          at.emplace(std::tuple(setting.name(), setting.error(), setting.why()),
                     refusals.size());
      if (fresh) refusals.push_back({&worker, &setting});
      Refusal& refusal = refusals[it->second];
      ++refusal.workers;
      refusal.alike &= AskedAndGot(setting) == AskedAndGot(*refusal.setting);
    }
  }
  for (const Refusal& refusal : refusals) {
    wrong.push_back(Describe(refusal, asked[refusal.setting->name()]));
  }
}

void AddWrongCgroups(const proto::Stressor& stressor,
                     std::vector<std::string>& wrong) {
  for (const proto::Cgroup& cgroup : stressor.cgroups()) {
    const std::string who = absl::StrCat("cgroup ", cgroup.name());
    for (const proto::Setting& setting : cgroup.settings()) {
      if (setting.applied()) continue;
      wrong.push_back(
          absl::StrCat(who, ": ", AskedAndGot(setting), Reason(setting)));
    }
    if (!cgroup.trouble().empty()) {
      wrong.push_back(absl::StrCat(who, " is left behind: ", cgroup.trouble()));
    }
  }
}

std::string First(const std::vector<std::string>& texts) {
  if (texts.size() <= kShown) return absl::StrJoin(texts, "; ");
  return absl::StrCat(
      absl::StrJoin(texts.begin(), texts.begin() + kShown, "; "), "; and ",
      texts.size() - kShown, " more");
}

std::string WhatHolds(const proto::Stressor& stressor) {
  int all = 0;
  std::set<std::string> held;  // "timer_slack 1ns"
  for (const proto::Cgroup& cgroup : stressor.cgroups()) {
    for (const proto::Setting& setting : cgroup.settings()) {
      ++all;
      held.insert(absl::StrCat("cgroup ", cgroup.name(), " ", setting.name(),
                               " ", setting.got()));
    }
  }
  for (const proto::Worker& worker : stressor.workers()) {
    for (const proto::Setting& setting : worker.settings()) {
      ++all;
      held.insert(absl::StrCat(setting.name(), " ", setting.got()));
    }
  }
  if (all == 0) return "nothing was asked of the kernel";
  // Affinities may differ by worker.
  return held.size() > kShown
             ? absl::StrCat(Counted(all, "setting"), " read back")
             : absl::StrJoin(held, ", ");
}

}  // namespace

proto::Check CheckApplied(const proto::Stressor& stressor) {
  constexpr absl::string_view kName = "applied";
  std::vector<std::string> wrong;
  AddWrongCgroups(stressor, wrong);
  AddRefusedWorkers(stressor, wrong);
  return wrong.empty() ? CheckLine(kName, proto::PASS, WhatHolds(stressor))
                       : CheckLine(kName, proto::FAIL, First(wrong));
}

}  // namespace ktstr
