// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/try_sched.h"

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_refusal.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/user/try_as.h"
#include "ktstr/base/user/user.h"

namespace ktstr {

absl::Status TrySched(const SchedSpec& spec,
                      const std::optional<UserIds>& user) {
  return TryAs(user, [&spec] {
    absl::Status set = SetSched(0, spec);
    const int error = ErrnoOf(set);
    if (error == 0) return set;
    return SchedRefusal(error,
                        absl::StrCat("sched_setattr(", spec.ToText(), ")"),
                        spec, ReadSchedRights(0));
  });
}

}  // namespace ktstr
