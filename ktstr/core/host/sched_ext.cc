// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/sched_ext.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/file.h"

namespace ktstr {

SchedExtState ReadSchedExtState(const std::string& root) {
  const std::string folder = root + "/sys/kernel/sched_ext/";
  SchedExtState state;
  state.state = ReadFileTrimmed(folder + "state").value_or("");
  // The folder of the loaded scheduler exists only while there is one.
  state.ops = ReadFileTrimmed(folder + "root/ops").value_or("");
  const std::string seq = ReadFileTrimmed(folder + "enable_seq").value_or("");
  if (!absl::SimpleAtoi(seq, &state.enable_seq)) state.enable_seq = -1;
  return state;
}

std::string ToText(const SchedExtState& state) {
  if (state.state.empty()) return "";
  std::string line = state.state;
  if (!state.ops.empty()) absl::StrAppend(&line, " ", state.ops);
  if (state.enable_seq >= 0) {
    absl::StrAppend(&line, " (seq ", state.enable_seq, ")");
  }
  return line;
}

std::string ReadSchedExt(const std::string& root) {
  return ToText(ReadSchedExtState(root));
}

}  // namespace ktstr
