// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_NUMA_WORKING_SET_SWEEP_NODE_LIST_H_
#define KTSTR_STRESSORS_NUMA_WORKING_SET_SWEEP_NODE_LIST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "ktstr/base/memory/memory_policy.h"

namespace ktstr {

// A parameter: two nodes or more, or all that there are.
struct NodeList {
  NodeSet nodes;  // Empty: all.
};

// "all" or "0-1,4".
bool AbslParseFlag(absl::string_view text, NodeList* list, std::string* error);
std::string AbslUnparseFlag(const NodeList& list);

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_NUMA_WORKING_SET_SWEEP_NODE_LIST_H_
