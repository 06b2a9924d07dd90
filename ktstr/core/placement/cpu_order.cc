// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/placement/cpu_order.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "ktstr/base/check.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

using Cpu = Topology::Cpu;
using Cpus = std::vector<const Cpu*>;

Cpus Find(const Topology& topology, const CpuSet& cpus) {
  KTSTR_CHECK(topology.known());
  Cpus found;
  for (const uint32_t id : cpus.cpus()) {
    const Cpu* const cpu = topology.Find(id);
    KTSTR_CHECK(cpu != nullptr && cpu->online);
    found.push_back(cpu);
  }
  return found;
}

std::vector<uint32_t> Ids(const Cpus& cpus) {
  std::vector<uint32_t> ids;
  ids.reserve(cpus.size());
  for (const Cpu* cpu : cpus) ids.push_back(cpu->id);
  return ids;
}

// The first of each hand, then the second of each that has one, and so on.
Cpus TakeTurns(const std::vector<Cpus>& hands) {
  size_t turns = 0;
  for (const Cpus& hand : hands) turns = std::max(turns, hand.size());
  Cpus taken;
  for (size_t turn = 0; turn < turns; ++turn) {
    for (const Cpus& hand : hands) {
      if (turn < hand.size()) taken.push_back(hand[turn]);
    }
  }
  return taken;
}

// Parts `cpus` by a number of theirs, ascending.
std::vector<Cpus> PartBy(int Cpu::*number, const Cpus& cpus) {
  std::map<int, Cpus> parts;
  for (const Cpu* cpu : cpus) parts[cpu->*number].push_back(cpu);
  std::vector<Cpus> result;
  result.reserve(parts.size());
  for (auto& [unused, part] : parts) result.push_back(std::move(part));
  return result;
}

// Of CPUs on a core each.
Cpus SpreadCores(const Cpus& cpus) {
  std::vector<Cpus> nodes = PartBy(&Cpu::node, cpus);
  for (Cpus& node : nodes) node = TakeTurns(PartBy(&Cpu::llc, node));
  return TakeTurns(nodes);
}

}  // namespace

std::vector<uint32_t> SpreadOrder(const Topology& topology,
                                  const CpuSet& cpus) {
  std::vector<Cpus> rounds;  // The first CPUs of all cores, the second ones...
  for (const Cpus& core : PartBy(&Cpu::core, Find(topology, cpus))) {
    if (rounds.size() < core.size()) rounds.resize(core.size());
    for (size_t i = 0; i < core.size(); ++i) rounds[i].push_back(core[i]);
  }
  std::vector<uint32_t> order;
  for (const Cpus& round : rounds) {
    const std::vector<uint32_t> ids = Ids(SpreadCores(round));
    order.insert(order.end(), ids.begin(), ids.end());
  }
  return order;
}

std::vector<uint32_t> PackOrder(const Topology& topology, const CpuSet& cpus) {
  Cpus order = Find(topology, cpus);
  std::sort(order.begin(), order.end(), [](const Cpu* a, const Cpu* b) {
    return std::tie(a->node, a->llc, a->core, a->id) <
           std::tie(b->node, b->llc, b->core, b->id);
  });
  return Ids(order);
}

}  // namespace ktstr
