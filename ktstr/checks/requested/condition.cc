// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/requested/condition.h"

#include <cmath>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/metric.h"

namespace ktstr {
namespace {

constexpr absl::string_view kCounted[] = {"iterations", "migrations",
                                          "switches"};
constexpr absl::string_view kShares[] = {"spread", "run_delay", "cpu_share"};
constexpr absl::string_view kFractions[] = {"node_locality"};
constexpr absl::string_view kWakeLatency = "wake_latency";

std::vector<absl::string_view> MetricNames() {
  std::vector<absl::string_view> names = {kWakeLatency};
  for (size_t i = 0; i < kMetricCount; ++i) {
    names.push_back(MetricName(static_cast<Metric>(i)));
  }
  return names;
}

template <typename Names>
bool Has(const Names& names, absl::string_view name) {
  for (absl::string_view each : names) {
    if (each == name) return true;
  }
  return false;
}

absl::Status UnknownQuantity(absl::string_view name) {
  std::vector<absl::string_view> names = MetricNames();
  names.insert(names.end(), std::begin(kCounted), std::end(kCounted));
  names.insert(names.end(), std::begin(kShares), std::end(kShares));
  names.insert(names.end(), std::begin(kFractions), std::end(kFractions));
  return absl::InvalidArgumentError(
      absl::StrCat("there is no quantity '", name, "'", DidYouMean(name, names),
                   "; to compare: ", absl::StrJoin(names, ", ")));
}

// Reads "p99" and "p999" as 99 and 99.9. Returns 0 for anything else.
double ReadPercentile(absl::string_view statistic) {
  if (!absl::ConsumePrefix(&statistic, "p")) return 0;
  constexpr size_t kMostDigits = 5;
  if (statistic.size() < 2 || statistic.size() > kMostDigits) return 0;
  // Longer ones are fractions of the last per cent: p100 is none.
  if (statistic.size() > 2 && statistic.substr(0, 2) != "99") return 0;
  uint32_t digits = 0;
  for (char c : statistic) {
    if (!absl::ascii_isdigit(c)) return 0;
    digits = digits * 10 + (c - '0');
  }
  return digits * std::pow(10, 2 - static_cast<int>(statistic.size()));
}

absl::Status ReadMetricStatistic(Condition& condition) {
  const std::string& statistic = condition.statistic;
  condition.unit = statistic == "count" ? Unit::kCount : Unit::kNanos;
  condition.percentile = ReadPercentile(statistic);
  constexpr absl::string_view kOthers[] = {"count", "mean", "min", "max"};
  if (condition.percentile > 0 || Has(kOthers, statistic)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      condition.quantity,
      " is compared by .count, .mean, .min, .p50, .p90, .p99, .p999 or .max"));
}

absl::Status ReadCountedStatistic(Condition& condition) {
  condition.unit =
      condition.statistic == "rate" ? Unit::kPerSecond : Unit::kCount;
  if (condition.statistic == "rate" || condition.statistic == "count") {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(condition.quantity, " is compared by .rate or .count"));
}

// Sets quantity, statistic and unit from "wake_latency.local.p99".
absl::Status ReadQuantity(absl::string_view text, Condition& condition) {
  condition.quantity = std::string(text);
  if (Has(kShares, text)) {
    condition.unit = Unit::kPercent;
    return absl::OkStatus();
  }
  if (Has(kFractions, text)) {
    condition.unit = Unit::kFraction;
    return absl::OkStatus();
  }
  // Metrics have dots in their names, so a name may be all of the text.
  const std::vector<absl::string_view> metrics = MetricNames();
  if (!Has(metrics, text)) {
    const size_t dot = text.rfind('.');
    condition.quantity = std::string(text.substr(0, dot));
    if (dot != absl::string_view::npos) {
      condition.statistic = std::string(text.substr(dot + 1));
    }
  }
  if (Has(metrics, condition.quantity)) return ReadMetricStatistic(condition);
  if (Has(kCounted, condition.quantity)) {
    return ReadCountedStatistic(condition);
  }
  if (Has(kShares, condition.quantity) || Has(kFractions, condition.quantity)) {
    return absl::InvalidArgumentError(absl::StrCat(
        condition.quantity, " is one number, without .", condition.statistic));
  }
  return UnknownQuantity(condition.quantity);
}

absl::Status ReadNumber(absl::string_view text, Condition& condition) {
  // SimpleAtod alone would also take inf, nan and -1.
  if (text.find_first_not_of("0123456789.") == absl::string_view::npos &&
      absl::SimpleAtod(text, &condition.bound)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is not a number"));
}

// "0.9" or "90%".
absl::Status ReadFraction(absl::string_view text, Condition& condition) {
  absl::string_view number = text;
  const bool percent = absl::ConsumeSuffix(&number, "%");
  if (ReadNumber(number, condition).ok()) {
    if (percent) condition.bound /= 100;
    if (condition.bound <= 1) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is not a share such as 0.9 or 90%"));
}

absl::Status ReadBound(absl::string_view text, Condition& condition) {
  switch (condition.unit) {
    case Unit::kNanos: {
      absl::Duration bound;
      if (!absl::ParseDuration(text, &bound) || bound < absl::ZeroDuration() ||
          bound == absl::InfiniteDuration()) {
        return absl::InvalidArgumentError(absl::StrCat(
            "'", text, "' is not a duration such as 500us, 1.5ms or 2s"));
      }
      condition.bound = absl::ToDoubleNanoseconds(bound);
      return absl::OkStatus();
    }
    case Unit::kPercent:
      if (!absl::ConsumeSuffix(&text, "%")) {
        return absl::InvalidArgumentError(
            absl::StrCat("'", text, "' is not a percentage such as 15%"));
      }
      return ReadNumber(text, condition);
    case Unit::kFraction:
      return ReadFraction(text, condition);
    default:
      return ReadNumber(text, condition);
  }
}

bool IsWord(absl::string_view text) {
  for (char c : text) {
    if (!absl::ascii_isalnum(c) && c != '_') return false;
  }
  return !text.empty();
}

// Takes "role=NAME" and "stressor=NAME" from the front of `text`.
absl::Status ReadNarrowing(absl::string_view& text, Condition& condition) {
  while (true) {
    text = absl::StripLeadingAsciiWhitespace(text);
    std::string* target = nullptr;
    if (absl::ConsumePrefix(&text, "role=")) target = &condition.role;
    if (absl::ConsumePrefix(&text, "stressor=")) target = &condition.stressor;
    if (target == nullptr) return absl::OkStatus();
    const size_t end = text.find_first_of(" \t,");
    *target = std::string(text.substr(0, end));
    if (!IsWord(*target) || end == absl::string_view::npos) {
      return absl::InvalidArgumentError(
          "after role= and stressor= comes a name, a blank and what to "
          "compare, as in 'role=stage wake_latency.p99<500us'");
    }
    text.remove_prefix(end + 1);
  }
}

std::string StableName(const Condition& condition, absl::string_view compared,
                       absl::string_view sign, absl::string_view bound) {
  std::string name;
  if (!condition.stressor.empty()) {
    absl::StrAppend(&name, "stressor=", condition.stressor, ",");
  }
  if (!condition.role.empty()) {
    absl::StrAppend(&name, "role=", condition.role, ",");
  }
  absl::StrAppend(&name, compared, sign, bound);
  return name;
}

absl::StatusOr<Condition> ReadCondition(absl::string_view text) {
  Condition condition;
  KTSTR_RETURN_IF_ERROR(ReadNarrowing(text, condition));
  const size_t at = text.find_first_of("<>");
  if (at == absl::string_view::npos) {
    return absl::InvalidArgumentError(
        "nothing is compared; write QUANTITY<BOUND with one of < <= > >=, as "
        "in 'wake_latency.p99<500us'");
  }
  const bool or_equal = text.substr(at + 1, 1) == "=";
  const bool less = text[at] == '<';
  condition.comparison =
      less ? (or_equal ? Comparison::kAtMost : Comparison::kLess)
           : (or_equal ? Comparison::kAtLeast : Comparison::kMore);
  const absl::string_view sign = text.substr(at, or_equal ? 2 : 1);
  const absl::string_view compared =
      absl::StripAsciiWhitespace(text.substr(0, at));
  const absl::string_view bound =
      absl::StripAsciiWhitespace(text.substr(at + sign.size()));
  KTSTR_RETURN_IF_ERROR(ReadQuantity(compared, condition));
  KTSTR_RETURN_IF_ERROR(ReadBound(bound, condition));
  condition.name = StableName(condition, compared, sign, bound);
  return condition;
}

}  // namespace

absl::StatusOr<Condition> ParseCondition(absl::string_view text) {
  absl::StatusOr<Condition> condition = ReadCondition(text);
  if (condition.ok()) return condition;
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "': ", condition.status().message()));
}

bool Satisfies(double value, const Condition& condition) {
  switch (condition.comparison) {
    case Comparison::kLess:
      return value < condition.bound;
    case Comparison::kAtMost:
      return value <= condition.bound;
    case Comparison::kMore:
      return value > condition.bound;
    default:
      return value >= condition.bound;
  }
}

}  // namespace ktstr
