// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/placement_proto.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_field.h"
#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/user/user.h"
#include "ktstr/cgroup/cgroup_spec.h"
#include "ktstr/core/placement/affinity_spec.h"
#include "ktstr/core/placement/placement_options.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {
namespace {

std::string AutogroupText(const AutogroupOptions& autogroup) {
  if (!autogroup.own) return "";
  return autogroup.nice.has_value() ? absl::StrCat("own:", *autogroup.nice)
                                    : "own";
}

absl::string_view CookieText(CookieSharing sharing) {
  switch (sharing) {
    case CookieSharing::kWorker:
      return "worker";
    case CookieSharing::kGroup:
      return "group";
    case CookieSharing::kAll:
      return "all";
    default:
      return "";
  }
}

std::string AffinityText(const AffinitySpec& affinity) {
  return affinity.kind == AffinitySpec::Kind::kInherit ? ""
                                                       : affinity.ToString();
}

}  // namespace

google::protobuf::RepeatedPtrField<proto::NameValue> ToProto(
    const PlacementOptions& placement) {
  google::protobuf::RepeatedPtrField<proto::NameValue> values;
  // Empty is what was not asked for.
  const auto add = [&values](const char* name, absl::string_view value) {
    if (value.empty()) return;
    proto::NameValue& pair = *values.Add();
    pair.set_name(name);
    pair.set_value(std::string(value));
  };
  add("affinity", AffinityText(placement.affinity));
  if (placement.sched) add("sched", placement.sched->ToText());
  if (placement.nice) add("nice", absl::StrCat(*placement.nice));
  if (placement.uclamp) {
    add("uclamp",
        absl::StrCat(placement.uclamp->min, ":", placement.uclamp->max));
  }
  if (placement.slice_ns) {
    add("slice", absl::FormatDuration(absl::Nanoseconds(*placement.slice_ns)));
  }
  add("autogroup", AutogroupText(placement.autogroup));
  add("core_cookie", CookieText(placement.core_cookie));
  if (placement.memory) add("mempolicy", placement.memory->ToText());
  if (placement.user) add("user", placement.user->ToText());
  add("cgroup", placement.cgroup);
  add("cgroups", ToText(placement.cgroups));
  if (placement.allow_rt_everywhere) add("allow_rt_everywhere", "true");
  return values;
}

}  // namespace ktstr
