// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_MESSAGE_SCHEDULER_PROTO_H_
#define KTSTR_REPORT_MESSAGE_SCHEDULER_PROTO_H_

#include "ktstr/report/report.pb.h"
#include "ktstr/scheduler/scheduler_result.h"

namespace ktstr {

// How it went with a sched_ext scheduler as a message, all of it UTF-8.
proto::Scheduler ToProto(const SchedulerResult& scheduler);

}  // namespace ktstr

#endif  // KTSTR_REPORT_MESSAGE_SCHEDULER_PROTO_H_
