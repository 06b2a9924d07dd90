// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/placement/place_workers.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/placement/affinity_spec.h"
#include "ktstr/core/placement/cpu_order.h"
#include "ktstr/core/placement/random_cpus.h"
#include "ktstr/topology/cpu_words.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

using Cpu = Topology::Cpu;
using Kind = AffinitySpec::Kind;
using Placement = std::vector<CpuSet>;
using Slots = absl::Span<const WorkerSlot>;

// What the allowed CPUs are parted into: LLCs or nodes.
struct Parts {
  absl::string_view one;  // For messages.
  absl::string_view many;
  std::map<int, CpuSet> cpus;  // By number; none is empty.
};

// CPUs of which nothing is known are in no part.
std::map<int, CpuSet> PartBy(int Cpu::*number, const Topology& topology,
                             const CpuSet& cpus) {
  std::map<int, CpuSet> parts;
  for (const uint32_t id : cpus.cpus()) {
    const int part = topology.Find(id)->*number;
    if (part != Topology::kUnknown) parts[part].Add(id);
  }
  return parts;
}

Parts Llcs(const Topology& topology, const CpuSet& cpus) {
  const bool known = topology.llc_known();
  return {known ? "LLC" : "LLC (assumed: one per package)", "LLCs",
          PartBy(&Cpu::llc, topology, cpus)};
}

Parts Nodes(const Topology& topology, const CpuSet& cpus) {
  return {"node", "nodes", PartBy(&Cpu::node, topology, cpus)};
}

std::vector<CpuSet> SetsOf(const Parts& parts) {
  std::vector<CpuSet> sets;
  for (const auto& [number, cpus] : parts.cpus) sets.push_back(cpus);
  return sets;
}

Placement InTurn(const std::vector<uint32_t>& order, size_t workers) {
  Placement placement;
  for (size_t i = 0; i < workers; ++i) {
    placement.push_back(CpuSet{order[i % order.size()]});
  }
  return placement;
}

absl::StatusOr<Placement> Within(const Parts& parts, Slots slots) {
  const std::vector<CpuSet> sets = SetsOf(parts);
  if (sets.empty()) {
    return absl::UnimplementedError(
        absl::StrCat("the allowed CPUs are of no ", parts.one));
  }
  Placement placement;
  for (const WorkerSlot& slot : slots) {
    placement.push_back(sets[slot.group % sets.size()]);
  }
  return placement;
}

absl::Status CheckPartners(Slots slots) {
  for (const WorkerSlot& slot : slots) {
    if (slot.position > 0) return absl::OkStatus();
  }
  return absl::UnimplementedError(
      "groups of one worker have no partners to place");
}

absl::Status CheckApart(const Parts& parts, const CpuSet& cpus) {
  if (parts.cpus.size() >= 2) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat(
      "it takes CPUs of two ", parts.many, ", but the allowed ones, ",
      cpus.ToString(), ", are of ",
      parts.cpus.empty() ? "none"
                         : absl::StrCat("one ", parts.one, ", number ",
                                        parts.cpus.begin()->first)));
}

absl::StatusOr<Placement> Apart(const Parts& parts, const CpuSet& cpus,
                                Slots slots) {
  KTSTR_RETURN_IF_ERROR(CheckPartners(slots));
  KTSTR_RETURN_IF_ERROR(CheckApart(parts, cpus));
  std::map<uint32_t, uint32_t> last;  // Position of each group.
  for (const WorkerSlot& slot : slots) {
    last[slot.group] = std::max(last[slot.group], slot.position);
  }
  const std::vector<CpuSet> sets = SetsOf(parts);
  Placement placement;
  for (const WorkerSlot& slot : slots) {
    size_t set = size_t{slot.group} + slot.position;
    // The last one would meet the first; one further on is neither with that
    // nor, as there are three, with the one before it.
    const bool meets_first = slot.position > 0 &&
                             slot.position == last[slot.group] &&
                             slot.position % sets.size() == 0;
    if (meets_first && sets.size() > 2) ++set;
    placement.push_back(sets[set % sets.size()]);
  }
  return placement;
}

// Two siblings of each core that has them, as often as it has them; by the
// first one.
std::map<uint32_t, uint32_t> SiblingPairs(const Topology& topology,
                                          const CpuSet& cpus) {
  std::map<uint32_t, uint32_t> pairs;
  for (const auto& [unused, core] : PartBy(&Cpu::core, topology, cpus)) {
    const std::vector<uint32_t> siblings = core.cpus();
    for (size_t i = 0; i + 1 < siblings.size(); i += 2) {
      pairs[siblings[i]] = siblings[i + 1];
    }
  }
  return pairs;
}

absl::StatusOr<Placement> OnSiblings(const Topology& topology,
                                     const CpuSet& cpus, Slots slots) {
  KTSTR_RETURN_IF_ERROR(CheckPartners(slots));
  const std::map<uint32_t, uint32_t> pairs = SiblingPairs(topology, cpus);
  if (pairs.empty()) {
    return absl::UnimplementedError(absl::StrCat(
        "it takes two siblings of a core, but each of the allowed CPUs, ",
        cpus.ToString(), ", is of another core"));
  }
  CpuSet firsts;
  for (const auto& [first, second] : pairs) firsts.Add(first);
  const std::vector<uint32_t> order = SpreadOrder(topology, firsts);
  std::map<std::pair<uint32_t, uint32_t>, size_t> numbers;  // Of the pairs.
  Placement placement;
  for (const WorkerSlot& slot : slots) {
    const size_t number =
        numbers.try_emplace({slot.group, slot.position / 2}, numbers.size())
            .first->second;
    const uint32_t first = order[number % order.size()];
    placement.push_back(
        CpuSet{slot.position % 2 == 0 ? first : pairs.at(first)});
  }
  return placement;
}

absl::StatusOr<Placement> AtRandom(uint32_t count, const CpuSet& cpus,
                                   Slots slots, uint64_t seed) {
  if (count > cpus.Count()) {
    return absl::OutOfRangeError(
        absl::StrCat(cpus.Count(), " CPUs are allowed", ": ", cpus.ToString()));
  }
  Placement placement;
  for (const WorkerSlot& slot : slots) {
    const uint64_t worker = uint64_t{slot.group} << 32 | slot.position;
    placement.push_back(RandomCpus(cpus, count, seed, worker));
  }
  return placement;
}

absl::Status CheckRoles(const AffinitySpec& spec, Slots slots) {
  std::set<absl::string_view> there_are;
  for (const WorkerSlot& slot : slots) there_are.insert(slot.role);
  const std::vector<absl::string_view> names(there_are.begin(),
                                             there_are.end());
  for (const AffinitySpec::RoleCpus& cpus : spec.roles) {
    if (there_are.count(cpus.role) > 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("no worker has the role '", cpus.role, "'",
                     DidYouMean(cpus.role, names), "; there are ",
                     absl::StrJoin(names, ", ")));
  }
  return absl::OkStatus();
}

absl::StatusOr<Placement> ByRole(const AffinitySpec& spec,
                                 const Topology& topology,
                                 const CpuSet& allowed, Slots slots) {
  KTSTR_RETURN_IF_ERROR(CheckRoles(spec, slots));
  std::map<absl::string_view, CpuSet> cpus_of;
  for (const auto& [role, words] : spec.roles) {
    absl::StatusOr<CpuSet> cpus = ParseCpuWords(words, topology, allowed);
    if (!cpus.ok()) {
      return absl::Status(cpus.status().code(),
                          absl::StrCat(role, ": ", cpus.status().message()));
    }
    cpus_of[role] = *std::move(cpus);
  }
  Placement placement;
  for (const WorkerSlot& slot : slots) {
    placement.push_back(cpus_of.try_emplace(slot.role, allowed).first->second);
  }
  return placement;
}

bool NeedsTopology(Kind kind) {
  switch (kind) {
    case Kind::kInherit:
    case Kind::kAll:
    case Kind::kOne:
    case Kind::kRandom:
    case Kind::kRoles:  // Its words say so themselves.
      return false;
    case Kind::kSpread:
    case Kind::kPack:
    case Kind::kLlc:
    case Kind::kNode:
    case Kind::kSmtPair:
    case Kind::kCrossLlc:
    case Kind::kCrossNode:
      return true;
  }
  return true;
}

absl::StatusOr<Placement> Place(const AffinitySpec& spec,
                                const Topology& topology, const CpuSet& cpus,
                                Slots slots, uint64_t seed) {
  if (NeedsTopology(spec.kind) && !topology.known()) {
    return absl::UnimplementedError(
        absl::StrCat("the topology of this machine is unknown (",
                     topology.unknown_reason(), ")"));
  }
  switch (spec.kind) {
    case Kind::kInherit:
    case Kind::kAll:
      return Placement(slots.size(), cpus);
    case Kind::kSpread:
      return InTurn(SpreadOrder(topology, cpus), slots.size());
    case Kind::kPack:
      return InTurn(PackOrder(topology, cpus), slots.size());
    case Kind::kOne:
      return Placement(slots.size(), CpuSet{cpus.First()});
    case Kind::kLlc:
      return Within(Llcs(topology, cpus), slots);
    case Kind::kNode:
      return Within(Nodes(topology, cpus), slots);
    case Kind::kSmtPair:
      return OnSiblings(topology, cpus, slots);
    case Kind::kCrossLlc:
      return Apart(Llcs(topology, cpus), cpus, slots);
    case Kind::kCrossNode:
      return Apart(Nodes(topology, cpus), cpus, slots);
    case Kind::kRandom:
      return AtRandom(spec.random_cpus, cpus, slots, seed);
    case Kind::kRoles:
      return ByRole(spec, topology, cpus, slots);
  }
  return absl::InternalError("no such kind");
}

}  // namespace

absl::StatusOr<std::vector<CpuSet>> PlaceWorkers(
    const AffinitySpec& spec, const Topology& topology, const CpuSet& allowed,
    absl::Span<const WorkerSlot> slots, uint64_t seed) {
  if (slots.empty()) return Placement();
  const CpuSet cpus =
      topology.known() ? allowed.Intersect(topology.online()) : allowed;
  if (cpus.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("none of the allowed CPUs (", allowed.ToString(),
                     ") is online; online are ", topology.online().ToString()));
  }
  absl::StatusOr<Placement> placement =
      Place(spec, topology, cpus, slots, seed);
  if (placement.ok()) return placement;
  return absl::Status(
      placement.status().code(),
      absl::StrCat(spec.ToString(), ": ", placement.status().message()));
}

}  // namespace ktstr
