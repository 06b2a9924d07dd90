// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/machine_spec/node_distances.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/check.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

// LOCAL_DISTANCE and REMOTE_DISTANCE of Linux; 255 means unreachable.
constexpr uint32_t kLocal = 10;
constexpr uint32_t kRemote = 20;
constexpr uint32_t kFarthest = 254;

absl::Status Wrong(absl::StatusCode code, absl::string_view text,
                   absl::string_view why) {
  return absl::Status(
      code, absl::StrCat("cannot take the node distances '", text, "': ", why,
                         "; they are one number for all pairs of nodes, as in "
                         "20, or rows of a matrix, as in 10,20;20,10"));
}

absl::Status Malformed(absl::string_view text, absl::string_view why) {
  return Wrong(absl::StatusCode::kInvalidArgument, text, why);
}

absl::StatusOr<uint32_t> ParseDistance(absl::string_view text,
                                       absl::string_view word) {
  const bool digits = !word.empty() && std::all_of(word.begin(), word.end(),
                                                   absl::ascii_isdigit);
  if (!digits) {
    return Malformed(text, absl::StrCat("'", word, "' is not a number"));
  }
  uint32_t distance = 0;
  if (!absl::SimpleAtoi(word, &distance)) distance = UINT32_MAX;
  return distance;
}

NodeDistances Uniform(uint32_t nodes, uint32_t remote) {
  NodeDistances matrix(nodes, std::vector<uint32_t>(nodes, remote));
  for (uint32_t node = 0; node < nodes; ++node) matrix[node][node] = kLocal;
  return matrix;
}

absl::StatusOr<NodeDistances> ParseMatrix(absl::string_view text) {
  NodeDistances matrix;
  for (const absl::string_view row : absl::StrSplit(text, ';')) {
    matrix.emplace_back();
    for (const absl::string_view word : absl::StrSplit(row, ',')) {
      KTSTR_ASSIGN_OR_RETURN(const uint32_t distance,
                             ParseDistance(text, word));
      matrix.back().push_back(distance);
    }
  }
  return matrix;
}

absl::Status CheckShape(absl::string_view text, const NodeDistances& matrix,
                        uint32_t nodes) {
  if (matrix.size() != nodes) {
    return Malformed(text, absl::StrCat("there are ", nodes, " nodes and ",
                                        matrix.size(), " rows"));
  }
  for (size_t row = 0; row < nodes; ++row) {
    if (matrix[row].size() == nodes) continue;
    return Malformed(text,
                     absl::StrCat("row ", row, " has ", matrix[row].size(),
                                  " numbers for ", nodes, " nodes"));
  }
  return absl::OkStatus();
}

absl::Status CheckDistance(absl::string_view text, const NodeDistances& matrix,
                           size_t from, size_t to) {
  const uint32_t distance = matrix[from][to];
  const std::string which =
      absl::StrCat("node ", from, " to node ", to, " is ", distance);
  if (from == to) {
    if (distance == kLocal) return absl::OkStatus();
    return Malformed(text,
                     absl::StrCat(which, ", and a node's own is ", kLocal));
  }
  if (distance <= kLocal || distance > kFarthest) {
    return Wrong(absl::StatusCode::kOutOfRange, text,
                 absl::StrCat(which, ", not ", kLocal + 1, " .. ", kFarthest));
  }
  if (distance != matrix[to][from]) {
    return Malformed(text,
                     absl::StrCat(which, ", the way back ", matrix[to][from]));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<NodeDistances> ParseDistances(absl::string_view text,
                                             uint32_t nodes) {
  KTSTR_CHECK(nodes >= 1);
  NodeDistances matrix;
  if (absl::StrContains(text, ',') || absl::StrContains(text, ';')) {
    KTSTR_ASSIGN_OR_RETURN(matrix, ParseMatrix(text));
    KTSTR_RETURN_IF_ERROR(CheckShape(text, matrix, nodes));
  } else {
    KTSTR_ASSIGN_OR_RETURN(const uint32_t remote, ParseDistance(text, text));
    if (remote <= kLocal || remote > kFarthest) {
      return Wrong(absl::StatusCode::kOutOfRange, text,
                   absl::StrCat("it is not ", kLocal + 1, " .. ", kFarthest));
    }
    matrix = Uniform(nodes, remote);
  }
  for (size_t from = 0; from < nodes; ++from) {
    for (size_t to = 0; to < nodes; ++to) {
      KTSTR_RETURN_IF_ERROR(CheckDistance(text, matrix, from, to));
    }
  }
  return matrix;
}

NodeDistances DefaultDistances(uint32_t nodes) {
  return Uniform(nodes, kRemote);
}

}  // namespace ktstr
