// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/memory/memory_policy.h"

#include <errno.h>
#include <numaif.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/file.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

// linux/mempolicy.h does not go together with numaif.h, which lacks these.
constexpr int kStaticNodes = 1 << 15;
constexpr int kRelativeNodes = 1 << 14;
constexpr int kNumaBalancing = MPOL_F_NUMA_BALANCING;
constexpr int kAllFlags = kStaticNodes | kRelativeNodes | kNumaBalancing;

constexpr size_t kWordBits = 64;
static_assert(sizeof(unsigned long) * 8 == kWordBits);
// Bits of the smallest mask to read into, and the largest the kernel takes.
constexpr size_t kFirstBits = 1024;
constexpr size_t kMostBits = 32768;

struct ModeRow {
  absl::string_view name;
  MemoryMode mode;
  absl::string_view since;
};

constexpr ModeRow kModes[] = {
    {"default", MemoryMode::kDefault, ""},
    {"local", MemoryMode::kLocal, ""},
    {"bind", MemoryMode::kBind, ""},
    {"preferred", MemoryMode::kPreferred, ""},
    {"preferred_many", MemoryMode::kPreferredMany, "Linux 5.15"},
    {"interleave", MemoryMode::kInterleave, ""},
    {"weighted_interleave", MemoryMode::kWeightedInterleave, "Linux 6.9"},
    {"weighted", MemoryMode::kWeightedInterleave, "Linux 6.9"},
};

struct FlagRow {
  absl::string_view name;
  bool MemoryPolicy::*member;
  int bit;
};

constexpr FlagRow kFlags[] = {
    {"static", &MemoryPolicy::is_static, kStaticNodes},
    {"relative", &MemoryPolicy::is_relative, kRelativeNodes},
    {"balancing", &MemoryPolicy::is_balancing, kNumaBalancing},
};

const ModeRow& RowOf(MemoryMode mode) {
  for (const ModeRow& row : kModes) {
    if (row.mode == mode) return row;
  }
  return kModes[0];
}

bool TakesNodes(MemoryMode mode) {
  return mode != MemoryMode::kDefault && mode != MemoryMode::kLocal;
}

absl::StatusOr<MemoryMode> ParseMode(absl::string_view name) {
  std::vector<absl::string_view> names;
  for (const ModeRow& row : kModes) {
    if (row.name == name) return row.mode;
    names.push_back(row.name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", name, "' is not a mode", DidYouMean(name, names),
                   "; it takes default, local, preferred:NODE, and "
                   "MODE:NODES with bind, preferred_many, interleave, "
                   "weighted_interleave"));
}

absl::Status ParseFlag(absl::string_view name, MemoryPolicy& policy) {
  std::vector<absl::string_view> names;
  for (const FlagRow& row : kFlags) {
    names.push_back(row.name);
    if (row.name != name) continue;
    if (std::exchange(policy.*row.member, true)) {
      return absl::InvalidArgumentError(
          absl::StrCat("flag '", name, "' is given twice"));
    }
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", name, "' is not a flag", DidYouMean(name, names),
                   "; it takes static, relative, balancing"));
}

absl::Status ParseNodes(absl::string_view text, MemoryPolicy& policy) {
  if (text.empty()) {
    return absl::InvalidArgumentError("nodes are missing, such as in bind:0-1");
  }
  absl::StatusOr<NodeSet> nodes = NodeSet::Parse(text);
  if (!nodes.ok()) {
    const std::string prefix = absl::StrCat("cpulist '", text, "': ");
    return absl::Status(
        nodes.status().code(),
        absl::StrCat("nodes '", text, "': ",
                     absl::StripPrefix(nodes.status().message(), prefix)));
  }
  policy.nodes = *std::move(nodes);
  return absl::OkStatus();
}

absl::Status CheckTogether(const MemoryPolicy& policy) {
  if (policy.mode == MemoryMode::kPreferred && policy.nodes.Count() != 1) {
    return absl::InvalidArgumentError(
        "preferred takes one node, preferred_many takes several");
  }
  if (policy.is_static && policy.is_relative) {
    return absl::InvalidArgumentError("static and relative exclude each other");
  }
  if (policy.is_balancing && policy.mode != MemoryMode::kBind &&
      policy.mode != MemoryMode::kPreferredMany) {
    return absl::InvalidArgumentError(
        "balancing goes with bind and preferred_many");
  }
  return absl::OkStatus();
}

absl::StatusOr<MemoryPolicy> ParseParts(absl::string_view text) {
  std::vector<absl::string_view> parts = absl::StrSplit(text, '+');
  const size_t colon = parts[0].find(':');
  const absl::string_view name = parts[0].substr(0, colon);
  MemoryPolicy policy;
  KTSTR_ASSIGN_OR_RETURN(policy.mode, ParseMode(name));
  if (!TakesNodes(policy.mode)) {
    if (name == text) return policy;
    return absl::InvalidArgumentError(
        absl::StrCat(name, " takes neither nodes nor flags"));
  }
  KTSTR_RETURN_IF_ERROR(ParseNodes(
      colon == parts[0].npos ? absl::string_view() : parts[0].substr(colon + 1),
      policy));
  for (size_t i = 1; i < parts.size(); ++i) {
    KTSTR_RETURN_IF_ERROR(ParseFlag(parts[i], policy));
  }
  KTSTR_RETURN_IF_ERROR(CheckTogether(policy));
  return policy;
}

std::vector<unsigned long> MaskOf(const NodeSet& nodes) {
  std::vector<unsigned long> words;
  if (!nodes.empty()) words.resize(nodes.Max() / kWordBits + 1);
  for (const uint32_t node : nodes.cpus()) {
    words[node / kWordBits] |= 1UL << node % kWordBits;
  }
  return words;
}

NodeSet NodesOf(const std::vector<unsigned long>& words) {
  NodeSet nodes;
  for (size_t node = 0; node < words.size() * kWordBits; ++node) {
    if ((words[node / kWordBits] >> node % kWordBits & 1) != 0) {
      nodes.Add(static_cast<uint32_t>(node));
    }
  }
  return nodes;
}

// get_mempolicy() with `flags` and a mask that is large enough; gives `mode`,
// too, if it is not null.
absl::StatusOr<NodeSet> GetNodes(int* mode, unsigned flags) {
  for (size_t bits = kFirstBits; bits <= kMostBits; bits *= 2) {
    std::vector<unsigned long> words(bits / kWordBits);
    // The kernel takes the number for one more than there are.
    if (get_mempolicy(mode, words.data(), bits + 1, /*addr=*/nullptr, flags) ==
        0) {
      return NodesOf(words);
    }
    // EINVAL: the kernel was built for more nodes than there are bits.
    if (errno != EINVAL) break;
  }
  const int error = errno;
  if (error == ENOSYS) {
    return NotInKernel(error, "get_mempolicy", "no CONFIG_NUMA");
  }
  return PosixError(error, "get_mempolicy");
}

absl::string_view OrNone(absl::string_view list) {
  return list.empty() ? "none" : list;
}

std::string WhyInvalid(const MemoryPolicy& policy, const MemoryNodes& nodes) {
  // Relative numbers fit any cpuset.
  const bool needs_nodes = TakesNodes(policy.mode) && !policy.is_relative;
  const NodeSet missing = policy.nodes.Difference(nodes.with_memory);
  if (needs_nodes && !nodes.with_memory.empty() && missing == policy.nodes) {
    return absl::StrCat("node ", missing.ToString(),
                        " has no memory or does not exist; there is memory on ",
                        nodes.with_memory.ToString());
  }
  if (needs_nodes && policy.nodes.Intersect(nodes.allowed).empty()) {
    return absl::StrCat("the cpuset allows memory of node ",
                        OrNone(nodes.allowed.ToString()), " (cpuset.mems)");
  }
  if (policy.is_balancing) {
    return policy.mode == MemoryMode::kBind
               ? "balancing takes Linux 5.12 and CONFIG_NUMA_BALANCING"
               : "balancing takes Linux 6.10 and CONFIG_NUMA_BALANCING";
  }
  const ModeRow& row = RowOf(policy.mode);
  return row.since.empty() ? "" : absl::StrCat(row.name, " is of ", row.since);
}

}  // namespace

absl::StatusOr<MemoryPolicy> MemoryPolicy::Parse(absl::string_view text) {
  absl::StatusOr<MemoryPolicy> policy = ParseParts(text);
  if (policy.ok()) return policy;
  return absl::Status(
      policy.status().code(),
      absl::StrCat("memory policy '", text, "': ", policy.status().message()));
}

std::string MemoryPolicy::ToText() const {
  std::string text(RowOf(mode).name);
  if (TakesNodes(mode)) absl::StrAppend(&text, ":", nodes.ToString());
  for (const FlagRow& row : kFlags) {
    if (this->*row.member) absl::StrAppend(&text, "+", row.name);
  }
  return text;
}

absl::Status SetMemoryPolicy(const MemoryPolicy& policy) {
  int mode = static_cast<int>(policy.mode);
  for (const FlagRow& row : kFlags) {
    if (policy.*row.member) mode |= row.bit;
  }
  const std::vector<unsigned long> mask = MaskOf(policy.nodes);
  // One more than there are bits, as the kernel counts; 0 for no mask.
  const unsigned long bits = mask.empty() ? 0 : mask.size() * kWordBits + 1;
  if (set_mempolicy(mode, mask.empty() ? nullptr : mask.data(), bits) == 0) {
    return absl::OkStatus();
  }
  const int error = errno;
  return MemoryPolicyRefusal(error, policy,
                             GetMemoryNodes().value_or(MemoryNodes{}));
}

absl::StatusOr<MemoryPolicy> GetMemoryPolicy() {
  int mode = 0;
  MemoryPolicy policy;
  KTSTR_ASSIGN_OR_RETURN(policy.nodes, GetNodes(&mode, /*flags=*/0));
  for (const FlagRow& row : kFlags) policy.*row.member = (mode & row.bit) != 0;
  mode &= ~kAllFlags;
  policy.mode = static_cast<MemoryMode>(mode);
  if (RowOf(policy.mode).mode != policy.mode) {
    return absl::UnimplementedError(
        absl::StrCat("get_mempolicy: mode ", mode, " is not known"));
  }
  // What Linux before 5.14 said of local.
  if (policy.mode == MemoryMode::kPreferred && policy.nodes.empty()) {
    policy.mode = MemoryMode::kLocal;
  }
  return policy;
}

absl::StatusOr<MemoryNodes> GetMemoryNodes(const std::string& sys) {
  MemoryNodes nodes;
  KTSTR_ASSIGN_OR_RETURN(nodes.allowed,
                         GetNodes(/*mode=*/nullptr, MPOL_F_MEMS_ALLOWED));
  const absl::StatusOr<std::string> list =
      ReadFileTrimmed(absl::StrCat(sys, "/devices/system/node/has_memory"));
  if (list.ok()) {
    nodes.with_memory = NodeSet::Parse(*list).value_or(NodeSet());
  }
  return nodes;
}

absl::Status MemoryPolicyRefusal(int error, const MemoryPolicy& policy,
                                 const MemoryNodes& nodes) {
  const std::string call = absl::StrCat("set_mempolicy(", policy.ToText(), ")");
  switch (error) {
    case EINVAL:
      return PosixError(error, call, WhyInvalid(policy, nodes));
    case ENOSYS:
      return NotInKernel(error, call, "no CONFIG_NUMA");
    case EPERM:
      return PosixError(error, call,
                        "a seccomp filter; containers let it through with "
                        "CAP_SYS_NICE");
    default:
      return PosixError(error, call);
  }
}

}  // namespace ktstr
