// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/plan/make_plan.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cli/flags.h"
#include "ktstr/cli/plan/selection.h"
#include "ktstr/cli/plan/shard.h"
#include "ktstr/cli/run/conditions.h"
#include "ktstr/core/placement/place_plan.h"
#include "ktstr/core/plan.h"

namespace ktstr {
namespace {

absl::StatusOr<std::vector<ParamText>> ReadWords(
    absl::Span<const std::string> words) {
  std::vector<ParamText> texts;
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", word, "' does not set a parameter: it has to be NAME=VALUE"));
    }
    texts.push_back({word.substr(0, equals), word.substr(equals + 1)});
  }
  return texts;
}

}  // namespace

absl::StatusOr<Plan> MakePlanOf(const CliOptions& options,
                                absl::Span<const std::string> words,
                                StressorTable table, const Topology& topology) {
  KTSTR_ASSIGN_OR_RETURN(const std::vector<ParamText> texts, ReadWords(words));
  KTSTR_ASSIGN_OR_RETURN(const std::vector<Selection> selections,
                         SelectStressors(options.selection, table));
  KTSTR_ASSIGN_OR_RETURN(Plan plan, MakePlan(options.run, selections, texts));
  KTSTR_RETURN_IF_ERROR(PlacePlan(topology, plan));
  KTSTR_RETURN_IF_ERROR(CheckNarrowing(options.conditions, plan));
  KTSTR_ASSIGN_OR_RETURN(const Shard shard, ShardOfEnvironment());
  KeepShard(shard, plan);
  return plan;
}

}  // namespace ktstr
