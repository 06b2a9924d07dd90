// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/testing/binary/saved_report.h"

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "ktstr/report/read_report.h"

namespace ktstr {

proto::Report ReportIn(absl::string_view bytes) {
  const absl::StatusOr<proto::Report> report = ParseReport(bytes, "the output");
  EXPECT_TRUE(report.ok()) << report.status() << "\n" << bytes;
  return report.ok() ? *report : proto::Report();
}

proto::Check CheckOf(const proto::Stressor& stressor, absl::string_view name) {
  for (const proto::Check& check : stressor.checks()) {
    if (check.name() == name) return check;
  }
  ADD_FAILURE() << stressor.name() << " has no check " << name;
  return proto::Check();
}

proto::Setting SettingOf(const proto::Worker& worker, absl::string_view name) {
  for (const proto::Setting& setting : worker.settings()) {
    if (setting.name() == name) return setting;
  }
  ADD_FAILURE() << "worker " << worker.index() << " has no setting " << name
                << ": " << worker.ShortDebugString();
  return proto::Setting();
}

}  // namespace ktstr
