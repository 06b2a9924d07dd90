// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/human.h"

#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace ktstr {
namespace {

struct Unit {
  double size;
  absl::string_view name;
};

constexpr Unit kTimes[] = {{3.15576e16, "y"}, {8.64e13, "d"}, {3.6e12, "h"},
                           {6e10, "min"},     {1e9, "s"},     {1e6, "ms"},
                           {1e3, "us"}};
constexpr Unit kCounts[] = {{1e18, "E"}, {1e15, "P"}, {1e12, "T"},
                            {1e9, "G"},  {1e6, "M"},  {1e3, "k"}};

// Up to here seconds have three digits; from here on there are minutes.
constexpr double kSecondsUpTo = 999.5e9;
constexpr size_t kUnitsAboveSeconds = 4;

// Three significant digits, as few characters as that takes.
std::string Digits(double value) {
  const double size = std::abs(value);
  if (size >= 99999.5) return absl::StrFormat("%.3g", value);
  if (size >= 99.95) return absl::StrFormat("%.0f", value);
  if (size >= 9.995) return absl::StrFormat("%.1f", value);
  return absl::StrFormat("%.2f", value);
}

// `value` in the first of `units` (largest first) in which it is at least 1
// after rounding, else the empty string.
std::string InUnits(double value, absl::Span<const Unit> units) {
  for (const Unit& unit : units) {
    if (std::abs(value) < unit.size * 0.9995) continue;
    return absl::StrCat(Digits(value / unit.size), unit.name);
  }
  return "";
}

}  // namespace

const double kNotMeasured = std::numeric_limits<double>::quiet_NaN();

std::string HumanNanos(double ns) {
  if (std::isnan(ns)) return "-";
  const size_t skipped = std::abs(ns) < kSecondsUpTo ? kUnitsAboveSeconds : 0;
  const std::string text =
      InUnits(ns, absl::MakeConstSpan(kTimes).subspan(skipped));
  if (!text.empty()) return text;
  return absl::StrFormat("%.0fns", std::abs(ns) < 0.5 ? 0.0 : ns);
}

std::string HumanCount(double count) {
  if (std::isnan(count)) return "-";
  const std::string text = InUnits(count, kCounts);
  if (!text.empty()) return text;
  if (count == std::trunc(count)) return absl::StrFormat("%.0f", count);
  return Digits(count);
}

std::string HumanRate(double count, double ns) {
  if (!(ns > 0)) return "-";
  return HumanCount(count / ns * 1e9);
}

std::string HumanShare(double share) {
  if (std::isnan(share)) return "-";
  const double percent = share * 100;
  if (percent == 0) return "0%";
  if (percent > 0 && percent < 0.005) return "<0.01%";
  if (std::abs(percent) < 0.9995) return absl::StrFormat("%.2f%%", percent);
  return absl::StrCat(Digits(percent), "%");
}

}  // namespace ktstr
