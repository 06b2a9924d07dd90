// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_SAMPLE_VM_REPORT_H_
#define KTSTR_REPORT_WRITERS_SAMPLE_VM_REPORT_H_

#include "ktstr/report/report.pb.h"

namespace ktstr {

// For tests: reports as they come from virtual machines, concluded.

// A guest that completed: one stressor, and a scheduler that stayed loaded.
proto::Report SampleVmReport();

// One whose kernel panicked in the second of three stressors, after it had
// ejected the scheduler.
proto::Report DeadGuestReport();

// QEMU refused its options: no guest ever was.
proto::Report NoGuestReport();

// These three and one that ran on the host, as cells; a fifth never ran.
proto::Report SampleMergedReport();

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_SAMPLE_VM_REPORT_H_
