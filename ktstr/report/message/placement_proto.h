// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_MESSAGE_PLACEMENT_PROTO_H_
#define KTSTR_REPORT_MESSAGE_PLACEMENT_PROTO_H_

#include "google/protobuf/repeated_field.h"
#include "ktstr/core/placement/placement_options.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// What was asked of where and as what workers are, and nothing else: names of
// flags and the text that these would read again.
google::protobuf::RepeatedPtrField<proto::NameValue> ToProto(
    const PlacementOptions& placement);

}  // namespace ktstr

#endif  // KTSTR_REPORT_MESSAGE_PLACEMENT_PROTO_H_
