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

}  // namespace

std::vector<Promise> PromisesTo(absl::Span<const Contender> contenders) {
  std::map<uint32_t, double> weight_on;  // Of all, by CPU.
  for (const Contender& contender : contenders) {
    const double each = contender.weight / Workers(contender);
    for (const auto& [cpu, count] : contender.cpus) {
      weight_on[cpu] += each * count;
    }
  }
  std::vector<Promise> promises;
  promises.reserve(contenders.size());
  for (const Contender& contender : contenders) {
    const double each = contender.weight / Workers(contender);
    Promise promise{.share = 0, .least = 1};
    for (const auto& [cpu, count] : contender.cpus) {
      const double part = each * count / weight_on[cpu];
      promise.share += part / static_cast<double>(weight_on.size());
      promise.least = std::min(promise.least, part);
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
