// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_MESSAGE_SETTING_PROTO_H_
#define KTSTR_REPORT_MESSAGE_SETTING_PROTO_H_

#include "ktstr/core/run_result.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// A setting of a worker or of a cgroup as it stands in a report.
proto::Setting ToProto(const SettingResult& setting);

}  // namespace ktstr

#endif  // KTSTR_REPORT_MESSAGE_SETTING_PROTO_H_
