// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/requested/requested.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/types/optional.h"
#include "ktstr/checks/check_line.h"
#include "ktstr/checks/requested/measure.h"
#include "ktstr/report/human.h"

namespace ktstr {
namespace {

struct Worst {
  Measurement measurement;
  std::string role;
};

bool IsWorse(double value, double than, const Condition& condition) {
  const bool small_is_good = condition.comparison == Comparison::kLess ||
                             condition.comparison == Comparison::kAtMost;
  return small_is_good ? value > than : value < than;
}

std::string Print(double value, Unit unit) {
  switch (unit) {
    case Unit::kNanos:
      return HumanNanos(value);
    case Unit::kPercent:
      return absl::StrFormat("%.3g%%", value);
    case Unit::kPerSecond:
      return absl::StrFormat("%.6g/s", value);
    case Unit::kFraction:
      return absl::StrFormat("%.4g", value);
    default:
      return absl::StrFormat("%.15g", value);
  }
}

const char* UnitName(Unit unit) {
  switch (unit) {
    case Unit::kNanos:
      return "ns";
    case Unit::kPercent:
      return "%";
    case Unit::kPerSecond:
      return "1/s";
    default:
      return "";
  }
}

std::string Detail(const Worst& worst, const Condition& condition,
                   bool one_role) {
  const Measurement& measurement = worst.measurement;
  std::string text = Print(measurement.value, condition.unit);
  if (!one_role) absl::StrAppend(&text, " in role ", worst.role);
  if (measurement.samples.has_value()) {
    absl::StrAppend(&text, ", of ", Counted(*measurement.samples, "sample"));
  }
  if (!measurement.caveat.empty()) {
    absl::StrAppend(&text, ", ", measurement.caveat);
  }
  return text;
}

std::string RoleNames(const proto::Stressor& stressor) {
  return absl::StrJoin(stressor.roles(), ", ",
                       [](std::string* out, const proto::Role& role) {
                         absl::StrAppend(out, role.name());
                       });
}

}  // namespace

proto::Check CheckRequested(const Condition& condition,
                            const proto::Stressor& stressor) {
  const std::string name = absl::StrCat("check:", condition.name);
  absl::optional<Worst> worst;
  std::string missing;
  for (const proto::Role& role : stressor.roles()) {
    if (!condition.role.empty() && role.name() != condition.role) continue;
    absl::StatusOr<Measurement> measured = Measure(condition, stressor, role);
    if (!measured.ok()) {
      if (missing.empty()) missing = std::string(measured.status().message());
      continue;
    }
    if (!worst.has_value() ||
        IsWorse(measured->value, worst->measurement.value, condition)) {
      worst = Worst{*measured, role.name()};
    }
  }
  if (!worst.has_value()) {
    if (missing.empty()) {
      missing = absl::StrCat("there is no role '", condition.role,
                             "'; the roles are: ", RoleNames(stressor));
    }
    return CheckLine(name, proto::FAIL, missing);
  }
  const double value = worst->measurement.value;
  proto::Check line =
      CheckLine(name, Satisfies(value, condition) ? proto::PASS : proto::FAIL,
                Detail(*worst, condition, stressor.roles_size() == 1));
  proto::Number* number = line.add_numbers();
  number->set_name(
      condition.statistic.empty()
          ? condition.quantity
          : absl::StrCat(condition.quantity, ".", condition.statistic));
  number->set_value(value);
  number->set_unit(UnitName(condition.unit));
  return line;
}

}  // namespace ktstr
