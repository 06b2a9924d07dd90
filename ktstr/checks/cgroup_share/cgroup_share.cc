// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/cgroup_share/cgroup_share.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/checks/cgroup_share/contest.h"
#include "ktstr/checks/cgroup_share/promise.h"
#include "ktstr/checks/check_line.h"
#include "ktstr/report/human.h"

namespace ktstr {
namespace {

constexpr absl::string_view kName = "cgroup_share";

// Of the promised share.
constexpr double kTolerance = 0.05;
// What a cgroup has to be promised on a CPU: of it the tolerance is 10 ms, the
// longest that a tick may be late (HZ=100).
constexpr double kLeastPromisedNs = 200e6;
// From here on others matter, of what the CPUs could give.
constexpr double kOthersMatter = 0.05;
constexpr size_t kShown = 4;

struct Share {
  std::string name;
  double got = 0;  // Of the CPU time of all cgroups, 0 .. 1.
  double promised = 0;

  double Deviation() const { return std::fabs(got - promised) / promised; }
};

std::string Percent(double share) {
  return absl::StrFormat("%.3g%%", 100 * share);
}

std::string Describe(const Share& share) {
  return absl::StrCat(share.name, ": ", Percent(share.got),
                      " of CPU, weights promise ", Percent(share.promised));
}

std::string DescribeAll(absl::Span<const Share> shares) {
  const size_t shown = std::min(shares.size(), kShown);
  std::string text = absl::StrJoin(shares.subspan(0, shown), "; ",
                                   [](std::string* out, const Share& share) {
                                     absl::StrAppend(out, Describe(share));
                                   });
  if (shown < shares.size()) {
    absl::StrAppend(&text, "; and ", shares.size() - shown, " more");
  }
  return text;
}

// What else may have moved the shares; "" if nothing is known.
std::string Disturbance(const proto::HostDisturbance& host) {
  std::string text;
  const double others = static_cast<double>(host.foreign_cpu_ns()) +
                        static_cast<double>(host.steal_ns());
  const auto capacity = static_cast<double>(host.capacity_ns());
  if (capacity > 0 && others > kOthersMatter * capacity) {
    absl::StrAppend(&text, "; others took ", Percent(others / capacity),
                    " of the CPUs meanwhile");
  }
  if (absl::StartsWith(host.sched_ext_after(), "enabled")) {
    absl::StrAppend(&text, "; sched_ext, ", host.sched_ext_after(),
                    ", decides on shares");
  }
  return text;
}

double RunNs(const proto::Stressor& stressor) {
  int64_t run_ns = 0;
  for (const proto::Worker& worker : stressor.workers()) {
    run_ns = std::max<int64_t>(run_ns, worker.run_ns());
  }
  return static_cast<double>(run_ns);
}

// "" if the run was long enough.
std::string TooShort(const proto::Stressor& stressor,
                     absl::Span<const Promise> promises) {
  const auto least = std::min_element(
      promises.begin(), promises.end(),
      [](const Promise& a, const Promise& b) { return a.least < b.least; });
  const double promised_ns = least->least * RunNs(stressor);
  if (promised_ns >= kLeastPromisedNs) return "";
  constexpr double kNanosPerSecond = 1e9;
  const double seconds =
      std::ceil(kLeastPromisedNs / least->least / kNanosPerSecond);
  return absl::StrCat(
      "cgroup ",
      stressor.cgroups(static_cast<int>(least - promises.begin())).name(),
      " is promised ", HumanNanos(promised_ns),
      " of a CPU, which is a few time slices; raise --duration to ",
      HumanCount(seconds), "s");
}

absl::StatusOr<std::vector<Share>> Shares(const proto::Stressor& stressor,
                                          absl::Span<const Promise> promises) {
  double used = 0;
  for (const proto::Cgroup& cgroup : stressor.cgroups()) {
    used += static_cast<double>(cgroup.usage_ns());
  }
  if (used <= 0) {
    return absl::FailedPreconditionError(
        "the kernel counted no CPU time for any cgroup");
  }
  std::vector<Share> shares;
  shares.reserve(promises.size());
  for (size_t i = 0; i < promises.size(); ++i) {
    const proto::Cgroup& cgroup = stressor.cgroups(static_cast<int>(i));
    if (promises[i].share <= 0) {
      return absl::FailedPreconditionError(absl::StrCat(
          "others took all of the CPUs of cgroup ", cgroup.name()));
    }
    shares.push_back({.name = cgroup.name(),
                      .got = static_cast<double>(cgroup.usage_ns()) / used,
                      .promised = promises[i].share});
  }
  return shares;
}

void AddNumbers(absl::Span<const Share> shares, proto::Check& line) {
  const auto add = [&line](absl::string_view what, const Share& share,
                           double value) {
    proto::Number& number = *line.add_numbers();
    number.set_name(absl::StrCat(what, ".", share.name));
    number.set_value(100 * value);
    number.set_unit("%");
  };
  for (const Share& share : shares) {
    add("share", share, share.got);
    add("promised", share, share.promised);
  }
}

proto::Check Judge(const proto::Stressor& stressor,
                   const std::vector<Share>& shares) {
  std::vector<Share> wrong;
  for (const Share& share : shares) {
    if (!(share.Deviation() <= kTolerance)) wrong.push_back(share);
  }
  std::stable_sort(wrong.begin(), wrong.end(),
                   [](const Share& a, const Share& b) {
                     return a.Deviation() > b.Deviation();
                   });
  proto::Check line =
      wrong.empty() ? CheckLine(kName, proto::PASS, DescribeAll(shares))
                    : CheckLine(kName, proto::FAIL,
                                absl::StrCat(DescribeAll(wrong),
                                             Disturbance(stressor.host())));
  AddNumbers(shares, line);
  return line;
}

}  // namespace

bool HasCgroupShare(const proto::Options& options,
                    const proto::Stressor& stressor) {
  if (stressor.cgroups_size() >= 2) return true;
  for (const proto::NameValue& asked : options.placement()) {
    // In the text of one cgroup there is no comma.
    if (asked.name() == "cgroups" && absl::StrContains(asked.value(), ',')) {
      return true;
    }
  }
  return false;
}

proto::Check CheckCgroupShare(const proto::Options& options,
                              const proto::Stressor& stressor) {
  const absl::StatusOr<Contest> contest = FairContest(options, stressor);
  if (!contest.ok()) {
    return CheckLine(kName, proto::SKIP, contest.status().message());
  }
  const std::vector<Promise> promises = PromisesIn(*contest);
  const std::string too_short = TooShort(stressor, promises);
  if (!too_short.empty()) return CheckLine(kName, proto::SKIP, too_short);
  const absl::StatusOr<std::vector<Share>> shares = Shares(stressor, promises);
  if (!shares.ok()) {
    return CheckLine(kName, proto::SKIP, shares.status().message());
  }
  return Judge(stressor, *shares);
}

}  // namespace ktstr
