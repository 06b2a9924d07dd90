// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_MESSAGE_HISTOGRAM_PROTO_H_
#define KTSTR_REPORT_MESSAGE_HISTOGRAM_PROTO_H_

#include "absl/status/statusor.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/stats/snapshot.h"

namespace ktstr {

// A snapshot as a message: its buckets, and its percentiles for those who read
// the message without us.
proto::Histogram ToProto(const HistogramSnapshot& snapshot);

// The way back, from the buckets: merged and asked for any percentile as the
// original. InvalidArgument for contents that no histogram can have.
absl::StatusOr<HistogramSnapshot> FromProto(const proto::Histogram& histogram);

}  // namespace ktstr

#endif  // KTSTR_REPORT_MESSAGE_HISTOGRAM_PROTO_H_
