// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_WORKER_PLACE_NOTE_SETTING_H_
#define KTSTR_CORE_WORKER_PLACE_NOTE_SETTING_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {

// Adds a setting to `record`, of which there are at most kMaxSettings
// (checked). `asked` is in the user's words, `got` what was read back in the
// same words, "" if it could not be. `why` is OK if it was applied; otherwise
// it says what was in the way, and carries the errno of what was refused. For
// the worker itself, before it is ready.
void NoteSetting(WorkerRecord& record, absl::string_view name,
                 absl::string_view asked, absl::string_view got,
                 const absl::Status& why);

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_PLACE_NOTE_SETTING_H_
