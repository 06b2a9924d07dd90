// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_PLACEMENT_AFFINITY_SPEC_H_
#define KTSTR_CORE_PLACEMENT_AFFINITY_SPEC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// How workers are to be placed on CPUs; a value. PlaceWorkers says what it
// comes to on one machine.
struct AffinitySpec {
  enum class Kind {
    kInherit,    // Whatever the kernel gives them: no call is made.
    kAll,        // Each on all allowed CPUs.
    kSpread,     // A CPU each, as far apart as there are nodes, LLCs, cores.
    kPack,       // A CPU each, as close together.
    kOne,        // All on one CPU.
    kLlc,        // Each group within an LLC.
    kNode,       // Each group within a node.
    kSmtPair,    // Each pair of a group on siblings of a core.
    kCrossLlc,   // Neighbours of a group on different LLCs.
    kCrossNode,  // Neighbours of a group on different nodes.
    kRandom,     // Each worker on random CPUs of its own.
    kRoles,      // Each role on CPUs that are named.
  };
  struct RoleCpus {
    std::string role;
    std::string words;  // For ParseCpuWords, with commas.

    friend bool operator==(const RoleCpus&, const RoleCpus&) = default;
  };

  Kind kind = Kind::kInherit;
  uint32_t random_cpus = 0;          // Of each worker; only for kRandom.
  std::vector<RoleCpus> roles = {};  // In the order given; only for kRoles.

  // What ParseAffinity reads.
  std::string ToString() const;

  friend bool operator==(const AffinitySpec&, const AffinitySpec&) = default;
};

// Reads one of
//   inherit all spread pack one llc node smt_pair cross_llc cross_node
//   random:K              K CPUs, 1 or more
//   waker=0,wakee=llc:1   the CPUs of each role
// Commas stand between roles, so the words of one role (see ParseCpuWords) are
// joined by '+': "waker=0-1+8,wakee=llc:1+!cpu:4". Roles are in lower case,
// and each is named once. Whether there is such a role, and what the words mean
// here, is for PlaceWorkers to say. kInvalidArgument, in one line, for anything
// else.
absl::StatusOr<AffinitySpec> ParseAffinity(absl::string_view text);

}  // namespace ktstr

#endif  // KTSTR_CORE_PLACEMENT_AFFINITY_SPEC_H_
