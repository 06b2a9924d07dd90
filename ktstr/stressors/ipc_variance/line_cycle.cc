// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/ipc_variance/line_cycle.h"

#include <cstddef>
#include <utility>

#include "absl/status/statusor.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {

absl::StatusOr<LineCycle> LineCycle::Create(size_t bytes) {
  KTSTR_ASSIGN_OR_RETURN(Mapping memory, Mapping::CreatePrivate(bytes));
  return LineCycle(std::move(memory), bytes / kLineBytes);
}

}  // namespace ktstr
