// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/cells_rows.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "ktstr/report/human.h"
#include "ktstr/report/merge/planned_cells.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/writers/text/text_vm.h"
#include "ktstr/report/writers/words.h"

namespace ktstr {
namespace {

constexpr char kNothing[] = "-";

// --- of a cell ---------------------------------------------------------------

std::string Verdict(const proto::Report& cell) {
  return std::string(VerdictWord(cell.verdict()));
}

std::string Guest(const proto::Report& cell) {
  return std::string(VmEndWord(cell.vm().end()));
}

std::string Accelerator(const proto::Report& cell) {
  return cell.vm().accelerator();
}

std::string Kernel(const proto::Report& cell) {
  return cell.host().kernel_release();
}

std::string Cpus(const proto::Report& cell) {
  const uint32_t cpus = cell.host().topology().cpus();
  return cpus == 0 ? "" : absl::StrCat(cpus);
}

// Until the run begins.
std::string Boot(const proto::Report& cell) {
  double ns = 0;  // A foreign report may hold anything.
  for (const proto::Phase& phase : cell.vm().phases()) {
    if (phase.name() == "run") break;
    ns += static_cast<double>(phase.ns());
  }
  return ns == 0 ? "" : HumanNanos(ns);
}

std::string Scheduler(const proto::Report& cell) {
  const proto::Scheduler& scheduler = cell.scheduler();
  if (!scheduler.ops().empty() || scheduler.command().empty()) {
    return scheduler.ops();
  }
  const std::string& program = scheduler.command(0);
  return program.substr(program.rfind('/') + 1);  // npos + 1 is 0.
}

std::string StayedLoaded(const proto::Report& cell) {
  if (!cell.has_scheduler()) return "";
  return cell.scheduler().failure().empty() ? "yes" : "no";
}

struct CellTrait {
  absl::string_view label;
  std::string (*value)(const proto::Report& cell);  // "": there is none.
};

constexpr CellTrait kCellTraits[] = {
    {"verdict", Verdict},     {"guest", Guest},
    {"kernel", Kernel},       {"accelerator", Accelerator},
    {"CPUs", Cpus},           {"boot", Boot},
    {"scheduler", Scheduler}, {"  stayed loaded", StayedLoaded},
};

// --- of a stressor -----------------------------------------------------------

double SumOf(const proto::Stressor& stressor,
             double (*value)(const proto::Role& role)) {
  double sum = 0;
  for (const proto::Role& role : stressor.roles()) sum += value(role);
  return stressor.roles().empty() ? kNotMeasured : sum;
}

std::string RateOf(const proto::Stressor& stressor,
                   double (*value)(const proto::Role& role)) {
  return HumanRate(SumOf(stressor, value),
                   static_cast<double>(stressor.run_ns()));
}

std::string Iterations(const proto::Stressor& stressor) {
  return RateOf(stressor, [](const proto::Role& role) {
    return static_cast<double>(role.iterations());
  });
}

std::string Migrations(const proto::Stressor& stressor) {
  return RateOf(stressor, [](const proto::Role& role) {
    return role.counters().has_migrations()
               ? static_cast<double>(role.counters().migrations())
               : static_cast<double>(role.migrations());
  });
}

std::string RunDelay(const proto::Stressor& stressor) {
  const double worker_ns = SumOf(stressor, [](const proto::Role& role) {
    return static_cast<double>(role.run_ns());
  });
  if (!(worker_ns > 0)) return kNothing;
  const double delay_ns = SumOf(stressor, [](const proto::Role& role) {
    return role.counters().has_run_delay_ns()
               ? static_cast<double>(role.counters().run_delay_ns())
               : kNotMeasured;
  });
  return HumanShare(delay_ns / worker_ns);
}

// Most minus least iterations of the workers of `role`, of their mean.
absl::optional<double> SpreadOf(const proto::Stressor& stressor,
                                const std::string& role) {
  uint64_t least = std::numeric_limits<uint64_t>::max();
  uint64_t most = 0;
  double sum = 0;
  int workers = 0;
  for (const proto::Worker& worker : stressor.workers()) {
    if (worker.role() != role) continue;
    least = std::min<uint64_t>(least, worker.iterations());
    most = std::max<uint64_t>(most, worker.iterations());
    sum += static_cast<double>(worker.iterations());
    ++workers;
  }
  if (workers < 2 || sum == 0) return absl::nullopt;
  return static_cast<double>(most - least) / (sum / workers);
}

// Of the least fair role.
std::string Spread(const proto::Stressor& stressor) {
  double worst = -1;
  for (const proto::Role& role : stressor.roles()) {
    worst = std::max(worst, SpreadOf(stressor, role.name()).value_or(-1));
  }
  return worst < 0 ? kNothing : HumanShare(worst);
}

std::string LongestGap(const proto::Stressor& stressor) {
  int64_t longest_ns = 0;
  for (const proto::Worker& worker : stressor.workers()) {
    longest_ns = std::max<int64_t>(longest_ns, worker.max_gap_ns());
  }
  return longest_ns == 0 ? kNothing
                         : HumanNanos(static_cast<double>(longest_ns));
}

struct StressorTrait {
  absl::string_view label;
  std::string (*value)(const proto::Stressor& stressor);
};

constexpr StressorTrait kStressorTraits[] = {
    {"iterations/s", Iterations}, {"migrations/s", Migrations},
    {"run delay", RunDelay},      {"spread", Spread},
    {"longest gap", LongestGap},
};

// --- latencies ---------------------------------------------------------------

struct MetricKey {
  std::string role;
  std::string metric;
  bool operator==(const MetricKey&) const = default;
};

// nullptr where `stressor` has no samples of it.
const proto::Histogram* Find(const proto::Stressor& stressor,
                             const MetricKey& key) {
  for (const proto::Role& role : stressor.roles()) {
    if (role.name() != key.role) continue;
    for (const proto::Metric& metric : role.metrics()) {
      if (metric.name() == key.metric && metric.histogram().count() > 0) {
        return &metric.histogram();
      }
    }
  }
  return nullptr;
}

// --- all of them -------------------------------------------------------------

class Rows final {
 public:
  explicit Rows(const std::vector<PlannedCell>& cells) : cells_(cells) {}

  std::vector<CellsRow> Take() && {
    for (const CellTrait& trait : kCellTraits) AddTrait(trait);
    for (const std::string& name : StressorNames()) AddStressor(name);
    return std::move(rows_);
  }

 private:
  // By cell; nullptr where a cell has none of that name.
  using Stressors = std::vector<const proto::Stressor*>;

  void Add(std::string label, std::vector<std::string> values) {
    bool any = false;
    for (std::string& value : values) {
      if (value.empty()) value = kNothing;
      any |= value != kNothing;
    }
    if (any) rows_.push_back({std::move(label), std::move(values)});
  }

  void AddTrait(const CellTrait& trait) {
    std::vector<std::string> values;
    for (const PlannedCell& cell : cells_) {
      values.push_back(cell.report != nullptr    ? trait.value(*cell.report)
                       : trait.value == &Verdict ? "not run"
                                                 : "");
    }
    Add(std::string(trait.label), std::move(values));
  }

  // What ran, and what was only planned, each once.
  std::vector<std::string> StressorNames() const {
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const PlannedCell& cell : cells_) {
      if (cell.report == nullptr) continue;
      for (const proto::PlannedStressor& planned : cell.report->plan()) {
        if (seen.insert(planned.name()).second) names.push_back(planned.name());
      }
      for (const proto::Stressor& ran : cell.report->stressors()) {
        if (seen.insert(ran.name()).second) names.push_back(ran.name());
      }
    }
    return names;
  }

  Stressors Named(const std::string& name) const {
    Stressors stressors;
    for (const PlannedCell& cell : cells_) {
      const proto::Stressor* found = nullptr;
      for (int i = 0; cell.report != nullptr && found == nullptr &&
                      i < cell.report->stressors_size();
           ++i) {
        const proto::Stressor& stressor = cell.report->stressors(i);
        if (stressor.name() == name) found = &stressor;
      }
      stressors.push_back(found);
    }
    return stressors;
  }

  static bool Plans(const PlannedCell& cell, const std::string& name) {
    if (cell.report == nullptr) return false;
    for (const proto::PlannedStressor& planned : cell.report->plan()) {
      if (planned.name() == name) return true;
    }
    return false;
  }

  void AddStressor(const std::string& name) {
    const Stressors stressors = Named(name);
    rows_.push_back({"", {}});
    std::vector<std::string> verdicts =
        Values(stressors, [](const proto::Stressor& stressor) {
          return std::string(VerdictWord(stressor.verdict()));
        });
    for (size_t i = 0; i < cells_.size(); ++i) {
      if (stressors[i] == nullptr && Plans(cells_[i], name)) {
        verdicts[i] = "not run";
      }
    }
    Add(name, std::move(verdicts));
    for (const StressorTrait& trait : kStressorTraits) {
      Add(absl::StrCat("  ", trait.label), Values(stressors, trait.value));
    }
    AddLatencies(stressors);
  }

  template <typename Value>
  static std::vector<std::string> Values(const Stressors& stressors,
                                         Value value) {
    std::vector<std::string> values;
    for (const proto::Stressor* stressor : stressors) {
      values.push_back(stressor == nullptr ? std::string(kNothing)
                                           : value(*stressor));
    }
    return values;
  }

  // Those of wake-ups, or all others where no cell has any. Gaps have a row.
  static std::vector<MetricKey> LatencyKeys(const Stressors& stressors) {
    std::vector<MetricKey> wakes;
    std::vector<MetricKey> others;
    for (const proto::Stressor* stressor : stressors) {
      if (stressor == nullptr) continue;
      for (const proto::Role& role : stressor->roles()) {
        for (const proto::Metric& metric : role.metrics()) {
          if (metric.name() == "gap") continue;
          auto& keys =
              absl::StartsWith(metric.name(), "wake_latency") ? wakes : others;
          const MetricKey key = {role.name(), metric.name()};
          if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
            keys.push_back(key);
          }
        }
      }
    }
    return wakes.empty() ? others : wakes;
  }

  void AddLatencies(const Stressors& stressors) {
    const std::vector<MetricKey> keys = LatencyKeys(stressors);
    for (const MetricKey& key : keys) {
      const auto namesakes = std::count_if(
          keys.begin(), keys.end(),
          [&key](const MetricKey& k) { return k.metric == key.metric; });
      const std::string label = absl::StrCat(
          "  ", namesakes > 1 ? absl::StrCat(key.role, " ") : "", key.metric);
      const auto add = [&](absl::string_view name, auto time) {
        Add(absl::StrCat(label, name),
            Values(stressors, [&](const proto::Stressor& stressor) {
              const proto::Histogram* times = Find(stressor, key);
              return times == nullptr
                         ? std::string(kNothing)
                         : HumanNanos(static_cast<double>((times->*time)()));
            }));
      };
      add(" p50", &proto::Histogram::p50_ns);
      add(" p99", &proto::Histogram::p99_ns);
    }
  }

  const std::vector<PlannedCell>& cells_;
  std::vector<CellsRow> rows_;
};

}  // namespace

std::vector<CellsRow> CellsRows(const std::vector<PlannedCell>& cells) {
  return Rows(cells).Take();
}

}  // namespace ktstr
