// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TEXT_TEXT_VM_H_
#define KTSTR_REPORT_WRITERS_TEXT_TEXT_VM_H_

#include <string>

#include "absl/strings/string_view.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// What the text outputs say of the virtual machine and of the sched_ext
// scheduler of a run. Lines of at most kTextColumns; "" for what there is not.

// For the head: what is known before the first stressor.
std::string VmHeader(const proto::Report& report);

// What is known at the end only: how long each phase took; of a guest that
// did not complete, how it ended and its last words; whether the scheduler
// stayed loaded, and what the kernel said if it did not.
std::string VmFindings(const proto::Report& report);

// "completed", "panicked", "not started"; "-" if nobody said.
absl::string_view VmEndWord(proto::Vm::End end);

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TEXT_TEXT_VM_H_
