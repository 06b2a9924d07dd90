// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/cgroup_share/promise.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/types/span.h"
#include "ktstr/base/check.h"

namespace ktstr {
namespace {

double Workers(const Contender& contender) {
  double workers = 0;
  for (const auto& [cpu, count] : contender.cpus) workers += count;
  KTSTR_CHECK(workers > 0);
  return workers;
}

// How much each CPU counts for; together 1.
std::map<uint32_t, double> PartsOf(const Contest& contest) {
  std::map<uint32_t, double> parts;
  double sum = 0;
  for (const Contender& contender : contest.contenders) {
    for (const auto& [cpu, count] : contender.cpus) parts[cpu] = 1;
  }
  for (auto& [cpu, part] : parts) {
    if (!contest.cpu_ns.empty()) {
      const auto it = contest.cpu_ns.find(cpu);
      part = it == contest.cpu_ns.end() ? 0 : it->second;
    }
    sum += part;
  }
  for (auto& [cpu, part] : parts) part = sum > 0 ? part / sum : 0;
  return parts;
}

}  // namespace

std::vector<Promise> PromisesIn(const Contest& contest) {
  const std::vector<Contender>& contenders = contest.contenders;
  std::map<uint32_t, double> weight_on;  // Of all, by CPU.
  for (const Contender& contender : contenders) {
    const double each = contender.weight / Workers(contender);
    for (const auto& [cpu, count] : contender.cpus) {
      weight_on[cpu] += each * count;
    }
  }
  std::map<uint32_t, double> parts = PartsOf(contest);
  std::vector<Promise> promises;
  promises.reserve(contenders.size());
  for (const Contender& contender : contenders) {
    const double each = contender.weight / Workers(contender);
    Promise promise{.share = 0, .least = 1};
    for (const auto& [cpu, count] : contender.cpus) {
      const double share = each * count / weight_on[cpu];
      promise.share += share * parts[cpu];
      promise.least = std::min(promise.least, share);
    }
    promises.push_back(promise);
  }
  return promises;
}

bool Compete(absl::Span<const Contender> contenders) {
  std::map<uint32_t, uint32_t> contenders_on;
  for (const Contender& contender : contenders) {
    for (const auto& [cpu, count] : contender.cpus) {
      if (count > 0 && ++contenders_on[cpu] > 1) return true;
    }
  }
  return false;
}

}  // namespace ktstr
