// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/guest/frame_writer.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/vm/channel/channel.pb.h"
#include "ktstr/vm/channel/sender.h"

namespace ktstr {

absl::Status FrameWriter::Begin(const proto::Report& report) {
  proto::ToHost event;
  *event.mutable_begin() = report;
  return sender_.Send(std::move(event));
}

absl::Status FrameWriter::Stressor(const proto::Report&,
                                   const proto::Stressor& stressor) {
  proto::ToHost event;
  *event.mutable_stressor() = stressor;
  return sender_.Send(std::move(event));
}

absl::Status FrameWriter::Cell(const proto::Report&, const proto::Report&) {
  return absl::InternalError("a guest is one cell");
}

absl::Status FrameWriter::End(const proto::Report& report) {
  proto::ToHost event;
  *event.mutable_end() = report;
  event.mutable_end()->clear_stressors();
  return sender_.Send(std::move(event));
}

absl::Status FrameWriter::StepBegin(const std::vector<std::string>& names) {
  proto::ToHost event;
  for (const std::string& name : names) event.mutable_step()->add_names(name);
  return sender_.Send(std::move(event));
}

absl::Status FrameWriter::Live(absl::string_view line) {
  proto::ToHost event;
  event.set_live(std::string(line));
  return sender_.Send(std::move(event));
}

absl::Status FrameWriter::Trouble(absl::string_view text) {
  proto::ToHost event;
  event.set_trouble(std::string(text));
  return sender_.Send(std::move(event));
}

}  // namespace ktstr
