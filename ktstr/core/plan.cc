// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/plan.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/params.h"
#include "ktstr/core/stressor.h"

namespace ktstr {
namespace {

// More would be a mistake of the caller's: each has 64 KiB of shared memory.
constexpr uint64_t kMaxWorkers = 100'000;

absl::Status Named(const absl::Status& status, absl::string_view alias) {
  return absl::Status(status.code(),
                      absl::StrCat(alias, ": ", status.message()));
}

// Hands each word to the selection that it names.
absl::Status DealWords(absl::Span<const ParamText> words,
                       std::vector<PlannedStressor>& stressors) {
  for (const ParamText& word : words) {
    const size_t dot = word.name.find('.');
    if (dot == std::string::npos) {
      if (stressors.size() == 1) {
        stressors[0].texts.push_back(word);
        continue;
      }
      return absl::InvalidArgumentError(absl::StrCat(
          "'", word.name, "=", word.value, "' could be for any of ",
          stressors.size(), " stressors; say which: ", stressors[0].alias, ".",
          word.name, "=", word.value));
    }
    const absl::string_view alias = absl::string_view(word.name).substr(0, dot);
    std::vector<absl::string_view> aliases;
    bool found = false;
    for (PlannedStressor& stressor : stressors) {
      aliases.push_back(stressor.alias);
      if (stressor.alias != alias) continue;
      found = true;
      stressor.texts.push_back({word.name.substr(dot + 1), word.value});
    }
    if (found) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("'", word.name, "=", word.value, "': no stressor '", alias,
                     "' in this run", DidYouMean(alias, aliases)));
  }
  return absl::OkStatus();
}

uint64_t DefaultWorkers(const StressorDef& def, uint32_t group_size,
                        size_t cpus) {
  const uint64_t wanted = uint64_t{def.workers_per_cpu} * cpus;
  return std::max<uint64_t>((wanted + group_size - 1) / group_size, 1) *
         group_size;
}

absl::StatusOr<uint32_t> CountWorkers(const StressorDef& def,
                                      uint32_t group_size,
                                      const RunOptions& options) {
  const uint64_t workers =
      options.workers != 0
          ? options.workers
          : DefaultWorkers(def, group_size, options.cpus.Count());
  if (workers > kMaxWorkers) {
    return absl::OutOfRangeError(
        absl::StrCat(workers, " workers are too many: at most ", kMaxWorkers));
  }
  const uint64_t rest = workers % group_size;
  if (rest == 0) return static_cast<uint32_t>(workers);
  const uint64_t below = workers - rest;
  return absl::InvalidArgumentError(absl::StrCat(
      "--workers=", workers, " is not a multiple of its group of ", group_size,
      "; the nearest are ", below == 0 ? "" : absl::StrCat(below, " and "),
      below + group_size,
      below == 0 ? absl::StrCat(" and ", 2 * group_size) : ""));
}

absl::Status Complete(const RunOptions& options, PlannedStressor& planned) {
  KTSTR_ASSIGN_OR_RETURN(MadeStressor made, planned.def->Make(planned.texts));
  planned.params = std::move(made.params);
  planned.group_size = made.stressor->GroupSize();
  for (uint32_t i = 0; i < planned.group_size; ++i) {
    planned.roles.emplace_back(made.stressor->Role(i));
  }
  KTSTR_ASSIGN_OR_RETURN(
      planned.workers, CountWorkers(*planned.def, planned.group_size, options));
  return absl::OkStatus();
}

std::string DescribeParams(const PlannedStressor& planned) {
  std::string text;
  for (const ParamValue& param : planned.params) {
    absl::StrAppend(&text, " ", param.name, "=", param.value);
  }
  return text;
}

// "CPUs 0-1, fifo:50, cgroup a"
std::string DescribePlace(const PlannedStressor& planned,
                          const RunOptions& options, uint32_t worker) {
  const PlacedWorker place =
      planned.placed.empty() ? PlacedWorker() : planned.placed[worker];
  std::string text =
      place.cpus.has_value()
          ? absl::StrCat("CPUs ", place.cpus->ToString())
          : absl::StrCat("CPUs ", options.cpus.ToString(),
                         options.cpus_given ? "" : " (inherited)");
  if (place.sched.has_value()) {
    absl::StrAppend(&text, ", ", place.sched->ToText());
  }
  if (place.cgroup != PlacedWorker::kNoCgroup) {
    absl::StrAppend(&text, ", cgroup ",
                    options.placement.cgroups[place.cgroup].name);
  }
  return text;
}

void DescribeStressor(const PlannedStressor& planned, const RunOptions& options,
                      std::string* text) {
  absl::StrAppend(text, "  ", planned.alias);
  if (planned.alias != planned.def->name) {
    absl::StrAppend(text, " (", planned.def->name, ")");
  }
  const uint32_t groups = planned.workers / planned.group_size;
  absl::StrAppend(
      text, DescribeParams(planned), "\n    ", planned.workers,
      planned.workers == 1 ? " worker in " : " workers in ", groups,
      groups == 1 ? " group" : " groups", " of ", planned.group_size,
      options.mode == WorkerMode::kFork ? ", a process each\n" : ", threads\n");
  if (!planned.placement.ok()) {
    absl::StrAppend(text, "    skipped: ", planned.placement.message(), "\n");
    return;
  }
  for (uint32_t i = 0; i < planned.workers; ++i) {
    absl::StrAppendFormat(text, "    worker %-4d group %-4d %-10s %s\n", i,
                          i / planned.group_size,
                          planned.roles[i % planned.group_size],
                          DescribePlace(planned, options, i));
  }
}

}  // namespace

absl::StatusOr<Plan> MakePlan(const RunOptions& options,
                              absl::Span<const Selection> selections,
                              absl::Span<const ParamText> words) {
  std::vector<PlannedStressor> stressors;
  for (const Selection& selection : selections) {
    PlannedStressor planned;
    planned.alias = selection.alias;
    planned.def = selection.def;
    stressors.push_back(std::move(planned));
  }
  KTSTR_RETURN_IF_ERROR(DealWords(words, stressors));
  Plan plan;
  plan.options = options;
  for (PlannedStressor& planned : stressors) {
    const absl::Status status = Complete(options, planned);
    if (!status.ok()) return Named(status, planned.alias);
    if (plan.steps.empty() || !options.together) plan.steps.emplace_back();
    plan.steps.back().stressors.push_back(std::move(planned));
  }
  return plan;
}

std::string DescribePlan(const Plan& plan) {
  std::string text;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    absl::StrAppend(&text, "step ", i + 1, " of ", plan.steps.size(), ", ",
                    absl::FormatDuration(plan.options.duration));
    if (plan.options.iterations != 0) {
      absl::StrAppend(&text, " or ", plan.options.iterations,
                      " iterations of each worker");
    }
    absl::StrAppend(&text, ":\n");
    for (const PlannedStressor& planned : plan.steps[i].stressors) {
      DescribeStressor(planned, plan.options, &text);
    }
  }
  return text;
}

}  // namespace ktstr
