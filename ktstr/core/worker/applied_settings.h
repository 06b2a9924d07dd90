// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// For tests: settings applied where they do no harm.
#ifndef KTSTR_CORE_WORKER_APPLIED_SETTINGS_H_
#define KTSTR_CORE_WORKER_APPLIED_SETTINGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "ktstr/core/worker/settings.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {

struct Applied {
  std::vector<SettingRecord> settings;
  std::string seen;    // What `look` saw afterwards, there.
  std::string beside;  // What it saw in the main thread; threads only.

  // "NAME ASKED, got GOT", with " !ERRNO: WHY" unless applied; a line each.
  std::string Text() const;
};

struct ApplyOptions {
  bool in_thread = false;  // Instead of in the only thread of the process.
  uid_t as_user = 0;       // Whom the process is to be before.
};

// Applies `settings`, with this process as parent, in a child of its own and
// has it `look`.
Applied ApplyApart(WorkerSettings settings, const ApplyOptions& options,
                   absl::FunctionRef<std::string()> look);

// Number `field` of /proc/thread-self/stat, counted as in proc(5).
std::string StatField(int field);

// What /proc/thread-self/FILE has behind `name`, white space squeezed.
std::string ProcLine(absl::string_view file, absl::string_view name);

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_APPLIED_SETTINGS_H_
