// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/settings.h"

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/check.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/thread_settings.h"

namespace ktstr {
namespace {

void Note(WorkerRecord& record, absl::string_view name, absl::string_view asked,
          absl::string_view got, const absl::Status& result, bool applied) {
  // Relaxed: the record's phase publishes all settings.
  const uint32_t count = record.setting_count.load(std::memory_order_relaxed);
  KTSTR_CHECK(count < WorkerRecord::kMaxSettings);
  SettingRecord& setting = record.settings[count];
  setting.name.Set(name);
  setting.asked.Set(asked);
  setting.got.Set(got);
  setting.error = ErrnoOf(result);
  setting.applied = applied;
  record.setting_count.store(count + 1, std::memory_order_relaxed);
}

void ApplyAffinity(const CpuSet& cpus, WorkerRecord& record) {
  const absl::Status result = SetAffinity(0, cpus);
  const absl::StatusOr<CpuSet> got = GetAffinity(0);
  Note(record, "affinity", cpus.ToString(), got.ok() ? got->ToString() : "",
       result, got.ok() && *got == cpus);
}

std::string Print(int64_t ns) {
  return absl::FormatDuration(absl::Nanoseconds(ns));
}

void ApplyTimerSlack(int64_t slack_ns, WorkerRecord& record) {
  const absl::Status result = SetTimerSlack(slack_ns);
  const absl::StatusOr<int64_t> got = GetTimerSlack();
  Note(record, "timer_slack", Print(slack_ns), got.ok() ? Print(*got) : "",
       result, got.ok() && *got == slack_ns);
}

}  // namespace

void ApplySettings(const WorkerSettings& settings, WorkerRecord& record) {
  if (settings.cpus != nullptr) ApplyAffinity(*settings.cpus, record);
  ApplyTimerSlack(settings.timer_slack_ns, record);
}

}  // namespace ktstr
