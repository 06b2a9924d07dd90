// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/cgroup_proto.h"

#include "ktstr/cgroup/cgroup_stats.h"
#include "ktstr/core/run_result.h"
#include "ktstr/report/message/setting_proto.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {
namespace {

void SetStats(const CgroupStats& stats, proto::Cgroup& message) {
  if (stats.usage_known) {
    message.set_usage_ns(stats.usage_ns);
    message.set_user_ns(stats.user_ns);
    message.set_system_ns(stats.system_ns);
  }
  if (stats.bandwidth_known) {
    message.set_periods(stats.periods);
    message.set_throttled_periods(stats.throttled_periods);
    message.set_throttled_ns(stats.throttled_ns);
  }
  if (stats.pressure_known) {
    message.set_some_stalled_ns(stats.some_stalled_ns);
    message.set_full_stalled_ns(stats.full_stalled_ns);
  }
}

}  // namespace

proto::Cgroup ToProto(const CgroupResult& cgroup) {
  proto::Cgroup message;
  message.set_name(cgroup.name);
  message.set_folder(cgroup.folder);
  message.set_workers(cgroup.workers);
  message.set_weight(cgroup.weight);
  message.set_has_cpu(cgroup.has_cpu);
  for (const SettingResult& setting : cgroup.settings) {
    *message.add_settings() = ToProto(setting);
  }
  SetStats(cgroup.stats, message);
  message.set_trouble(cgroup.trouble);
  return message;
}

}  // namespace ktstr
