// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/commands/topology_command.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ktstr/cli/commands/columns.h"
#include "ktstr/report/paragraph.h"

namespace ktstr {
namespace {

std::string NodeLine(const Topology::Node& node) {
  std::string line = absl::StrCat(
      "node ", node.id, ": ",
      node.cpus.empty() ? "no CPU"
                        : absl::StrCat("CPUs ", node.cpus.ToString()));
  if (node.memory_bytes.has_value()) {
    constexpr double kGiB = 1 << 30;
    absl::StrAppendFormat(&line, ", %.1f GiB",
                          static_cast<double>(*node.memory_bytes) / kGiB);
  }
  return absl::StrCat(line, "\n");
}

// The caches that have CPUs of `node`, each with its cores.
std::string Caches(const Topology& topology, const Topology::Node& node) {
  std::string text;
  for (size_t i = 0; i < topology.llcs().size(); ++i) {
    const CpuSet here = topology.llcs()[i].Intersect(node.cpus);
    if (here.empty()) continue;
    std::string cores;
    for (const CpuSet& core : topology.cores()) {
      if (core.Intersect(here).empty()) continue;
      absl::StrAppend(&cores, cores.empty() ? "" : " ", core.ToString());
    }
    const std::string head =
        absl::StrCat("  llc ", i, ": CPUs ", here.ToString(), ", cores ");
    absl::StrAppend(&text, Paragraph(head, head.size(), cores, kHelpColumns));
  }
  return text;
}

}  // namespace

std::string DescribeTopology(const Topology& topology, const CpuSet& allowed) {
  std::string text = absl::StrCat(topology.Summary(), "\n");
  if (!topology.known()) {
    absl::StrAppend(&text, "the kernel does not tell more: ",
                    topology.unknown_reason(), "\n");
  }
  for (const Topology::Node& node : topology.nodes()) {
    absl::StrAppend(&text, NodeLine(node), Caches(topology, node));
  }
  if (topology.known() && !topology.llc_known()) {
    text.append("caches are not described: each package counts as one llc\n");
  }
  const CpuSet offline = topology.possible().Difference(topology.online());
  if (!offline.empty()) {
    absl::StrAppend(&text, "offline: ", offline.ToString(), "\n");
  }
  absl::StrAppend(&text, "a run may use: ", allowed.ToString(), "\n");
  return text;
}

}  // namespace ktstr
