// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_MESSAGE_CGROUP_PROTO_H_
#define KTSTR_REPORT_MESSAGE_CGROUP_PROTO_H_

#include "ktstr/core/run_result.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// A cgroup of a stressor's workers as it stands in a report. What the kernel
// did not tell is absent.
proto::Cgroup ToProto(const CgroupResult& cgroup);

}  // namespace ktstr

#endif  // KTSTR_REPORT_MESSAGE_CGROUP_PROTO_H_
