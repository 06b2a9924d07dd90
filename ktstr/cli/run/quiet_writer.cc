// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/quiet_writer.h"

#include "ktstr/base/status_macros.h"

namespace ktstr {

absl::Status QuietWriter::Begin(const proto::Report&) {
  return absl::OkStatus();
}

absl::Status QuietWriter::Stressor(const proto::Report& report,
                                   const proto::Stressor& stressor) {
  if (stressor.verdict() == proto::PASS) return absl::OkStatus();
  if (!begun_) KTSTR_RETURN_IF_ERROR(writer_.Begin(report));
  begun_ = true;
  return writer_.Stressor(report, stressor);
}

absl::Status QuietWriter::Cell(const proto::Report& merged,
                               const proto::Report& cell) {
  if (cell.verdict() == proto::PASS) return absl::OkStatus();
  if (!begun_) KTSTR_RETURN_IF_ERROR(writer_.Begin(merged));
  begun_ = true;
  return writer_.Cell(merged, cell);
}

absl::Status QuietWriter::End(const proto::Report& report) {
  // An interrupted run is said to be one, even if nothing failed in it, and a
  // check or a cell can fail that no stressor tells of.
  if (!begun_ &&
      (report.interrupted_by() != 0 || report.verdict() == proto::FAIL)) {
    KTSTR_RETURN_IF_ERROR(writer_.Begin(report));
    begun_ = true;
  }
  return begun_ ? writer_.End(report) : absl::OkStatus();
}

}  // namespace ktstr
