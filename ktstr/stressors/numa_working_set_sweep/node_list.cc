// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/numa_working_set_sweep/node_list.h"

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/memory/memory_policy.h"

namespace ktstr {

bool AbslParseFlag(absl::string_view text, NodeList* list, std::string* error) {
  list->nodes = NodeSet();
  if (text == "all") return true;
  absl::StatusOr<NodeSet> nodes = NodeSet::Parse(text);
  if (!nodes.ok()) {
    *error = std::string(nodes.status().message());
    return false;
  }
  if (nodes->Count() < 2) {
    *error = "on one node nothing moves";
    return false;
  }
  list->nodes = *std::move(nodes);
  return true;
}

std::string AbslUnparseFlag(const NodeList& list) {
  return list.nodes.empty() ? "all" : list.nodes.ToString();
}

}  // namespace ktstr
