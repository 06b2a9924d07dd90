// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/place/note_setting.h"

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/check.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {

void NoteSetting(WorkerRecord& record, absl::string_view name,
                 absl::string_view asked, absl::string_view got,
                 const absl::Status& why) {
  // Relaxed: the record's phase publishes all settings.
  const uint32_t count = record.setting_count.load(std::memory_order_relaxed);
  KTSTR_CHECK(count < WorkerRecord::kMaxSettings);
  SettingRecord& setting = record.settings[count];
  setting.name.Set(name);
  setting.asked.Set(asked);
  setting.got.Set(got);
  setting.why.Set(why.message());
  setting.error = ErrnoOf(why);
  setting.applied = why.ok();
  record.setting_count.store(count + 1, std::memory_order_relaxed);
}

}  // namespace ktstr
