// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_MESSAGE_WORKER_PROTO_H_
#define KTSTR_REPORT_MESSAGE_WORKER_PROTO_H_

#include <string>

#include "absl/types/span.h"
#include "ktstr/core/run_result.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// One worker's result as a message.
proto::Worker ToProto(const WorkerResult& worker);

// The workers of `role` as one: sums and merged histograms. A counter that is
// unknown for any of them is unknown for all: a sum over some would look like
// less load.
proto::Role SumOfRole(const std::string& role,
                      absl::Span<const WorkerResult> workers);

}  // namespace ktstr

#endif  // KTSTR_REPORT_MESSAGE_WORKER_PROTO_H_
