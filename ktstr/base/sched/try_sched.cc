// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/try_sched.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/child.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_refusal.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

constexpr int kOther = 255;  // Of exit codes: no errno is that high.

}  // namespace

absl::Status TrySched(const SchedSpec& spec) {
  KTSTR_ASSIGN_OR_RETURN(Child child, Child::Spawn([&]() -> int {
                           const absl::Status set = SetSched(0, spec);
                           if (set.ok()) return 0;
                           const int error = ErrnoOf(set);
                           return error > 0 && error < kOther ? error : kOther;
                         }));
  KTSTR_ASSIGN_OR_RETURN(const ChildEnd end, child.Reap());
  const std::string call = absl::StrCat("sched_setattr(", spec.ToText(), ")");
  if (end.kind != ChildEnd::kExited || end.value == kOther) {
    return absl::InternalError(
        absl::StrCat(call, " in a child, which ", DescribeEnd(end)));
  }
  if (end.value == 0) return absl::OkStatus();
  return SchedRefusal(end.value, call, spec, ReadSchedRights(0));
}

}  // namespace ktstr
