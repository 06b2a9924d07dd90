// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/text_placement.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/human.h"
#include "ktstr/report/message/locality.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/writers/text/layout/short_list.h"
#include "ktstr/report/writers/text/layout/table.h"
#include "ktstr/report/writers/words.h"

namespace ktstr {
namespace {

constexpr size_t kIndent = 2;
constexpr size_t kCgroupColumns = 19;

std::string Nanos(bool measured, int64_t ns) {
  return HumanNanos(measured ? static_cast<double>(ns) : kNotMeasured);
}

// Not measured, if any is not.
double UsageOfAll(const proto::Stressor& stressor) {
  double sum = 0;
  for (const proto::Cgroup& cgroup : stressor.cgroups()) {
    if (!cgroup.has_usage_ns()) return kNotMeasured;
    sum += static_cast<double>(cgroup.usage_ns());
  }
  return sum > 0 ? sum : kNotMeasured;
}

std::vector<std::string> CgroupRow(const proto::Cgroup& cgroup,
                                   double usage_of_all) {
  return {
      cgroup.name(),
      absl::StrCat(cgroup.workers()),
      // Whole but for that of idle ones.
      cgroup.has_cpu() ? absl::StrFormat("%.5g", cgroup.weight()) : "-",
      HumanShare(static_cast<double>(cgroup.usage_ns()) / usage_of_all),
      Nanos(cgroup.has_usage_ns(), cgroup.usage_ns()),
      Nanos(cgroup.has_throttled_ns(), cgroup.throttled_ns()),
      Nanos(cgroup.has_some_stalled_ns(), cgroup.some_stalled_ns()),
      Nanos(cgroup.has_full_stalled_ns(), cgroup.full_stalled_ns()),
  };
}

std::set<int> NodesWithPages(const proto::Stressor& stressor) {
  std::set<int> nodes;
  for (const proto::Worker& worker : stressor.workers()) {
    for (const proto::Pages::OnNode& on : worker.pages().on_nodes()) {
      if (on.pages() > 0) nodes.insert(on.node());
    }
  }
  return nodes;
}

// "1.79% on node 1"
std::string AwayText(const Locality& locality) {
  constexpr size_t kMostNodes = 4;
  const auto share = [&](uint64_t pages) {
    return HumanShare(static_cast<double>(pages) /
                      static_cast<double>(locality.Pages()));
  };
  if (locality.away.size() > kMostNodes) {
    return absl::StrCat(share(locality.Away()), " on ", locality.away.size(),
                        " others");
  }
  std::vector<std::string> parts;
  for (const auto& [node, pages] : locality.away) {
    parts.push_back(absl::StrCat(share(pages), " on node ", node));
  }
  return absl::StrJoin(parts, ", ");
}

std::string PageLines(const proto::Stressor& stressor) {
  const bool several = NodesWithPages(stressor).size() > 1;
  ShortList list("pages");
  for (const proto::Role& role : stressor.roles()) {
    const Locality locality = LocalityOf(role.name(), stressor);
    if (locality.Pages() == 0) continue;
    if (!several && locality.away.empty()) continue;
    std::string text = absl::StrCat(
        role.name(), ": ", HumanShare(locality.Share()), " on their own node");
    if (!locality.away.empty()) {
      absl::StrAppend(&text, ", ", AwayText(locality));
    }
    list.Add(text);
  }
  return list.Render();
}

void AddIfRefused(const proto::Setting& setting, absl::string_view who,
                  Grouped& refused) {
  if (setting.applied()) return;
  std::string what =
      absl::StrCat(setting.name(), ": asked ", setting.asked(), ", got ",
                   setting.got().empty() ? "-" : setting.got());
  if (setting.error() != 0) {
    absl::StrAppend(&what, ", ", setting.error_name());
  }
  refused.Add(what, who, setting.why());
}

std::string RefusedSettings(const proto::Stressor& stressor) {
  Grouped refused;
  for (const proto::Cgroup& cgroup : stressor.cgroups()) {
    for (const proto::Setting& setting : cgroup.settings()) {
      AddIfRefused(setting, absl::StrCat("cgroup ", cgroup.name()), refused);
    }
  }
  for (const proto::Worker& worker : stressor.workers()) {
    for (const proto::Setting& setting : worker.settings()) {
      AddIfRefused(setting, WorkerName(worker), refused);
    }
  }
  return refused.Render("refused");
}

std::string LeftCgroups(const proto::Stressor& stressor) {
  ShortList list("left over");
  for (const proto::Cgroup& cgroup : stressor.cgroups()) {
    if (cgroup.trouble().empty()) continue;
    list.Add(absl::StrCat("cgroup ", cgroup.name(), ": ", cgroup.trouble()));
  }
  return list.Render();
}

}  // namespace

std::string AskedPlacement(const proto::Report& report) {
  std::string lines;
  const auto& placement = report.options().placement();
  if (!placement.empty()) {
    absl::StrAppend(
        &lines,
        Labelled("asked", absl::StrJoin(placement, " ",
                                        [](std::string* out,
                                           const proto::NameValue& pair) {
                                          absl::StrAppend(out, pair.name(), "=",
                                                          pair.value());
                                        })));
  }
  std::vector<absl::string_view> cannot;
  for (const proto::Ability& ability : report.host().abilities()) {
    if (!ability.can()) cannot.push_back(ability.name());
  }
  if (!cannot.empty()) {
    absl::StrAppend(
        &lines,
        Labelled("host cannot", absl::StrCat(absl::StrJoin(cannot, ", "),
                                             " ('ktstr describe host' says "
                                             "why)")));
  }
  return lines;
}

std::string CgroupTable(const proto::Stressor& stressor) {
  if (stressor.cgroups().empty()) return "";
  Table table(/*names=*/1, kCgroupColumns);
  table.Add({"cgroup", "workers", "weight", "CPU share", "usage", "throttled",
             "stalled", "all stalled"});
  const double usage_of_all = UsageOfAll(stressor);
  for (const proto::Cgroup& cgroup : stressor.cgroups()) {
    table.Add(CgroupRow(cgroup, usage_of_all));
  }
  return table.Render(kIndent);
}

std::string PlacementFindings(const proto::Stressor& stressor) {
  return absl::StrCat(PageLines(stressor), RefusedSettings(stressor),
                      LeftCgroups(stressor));
}

}  // namespace ktstr
