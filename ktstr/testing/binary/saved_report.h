// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The report of a run of the binary, out of what it printed.
#ifndef KTSTR_TESTING_BINARY_SAVED_REPORT_H_
#define KTSTR_TESTING_BINARY_SAVED_REPORT_H_

#include "absl/strings/string_view.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// The report in `bytes` (json, textproto or pb). Fails the test, and returns
// an empty one, if there is none.
proto::Report ReportIn(absl::string_view bytes);

// The line of the stressor's check `name`; fails the test if there is none.
proto::Check CheckOf(const proto::Stressor& stressor, absl::string_view name);

// The worker's setting `name`; fails the test if it was never asked for.
proto::Setting SettingOf(const proto::Worker& worker, absl::string_view name);

}  // namespace ktstr

#endif  // KTSTR_TESTING_BINARY_SAVED_REPORT_H_
