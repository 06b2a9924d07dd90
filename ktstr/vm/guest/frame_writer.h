// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_GUEST_FRAME_WRITER_H_
#define KTSTR_VM_GUEST_FRAME_WRITER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/stream_writer.h"
#include "ktstr/vm/channel/sender.h"

namespace ktstr {

// Tells the host how a run in a guest gets on, part by part: what was sent is
// safe whatever becomes of the guest.
class FrameWriter final : public StreamWriter {
 public:
  // `sender` outlives it.
  explicit FrameWriter(Sender& sender) : sender_(sender) {}

  absl::Status Begin(const proto::Report& report) override;
  absl::Status Stressor(const proto::Report& report,
                        const proto::Stressor& stressor) override;
  absl::Status Cell(const proto::Report& merged,
                    const proto::Report& cell) override;
  absl::Status End(const proto::Report& report) override;

  // A step of these stressors, by their names in the report, begins.
  absl::Status StepBegin(const std::vector<std::string>& names);
  // How it is getting on, as a line for people.
  absl::Status Live(absl::string_view line);
  // What the user should know besides the report.
  absl::Status Trouble(absl::string_view text);

 private:
  Sender& sender_;
};

}  // namespace ktstr

#endif  // KTSTR_VM_GUEST_FRAME_WRITER_H_
