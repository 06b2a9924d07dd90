// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/sched_ext.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/file.h"

namespace ktstr {

std::string ReadSchedExt(const std::string& root) {
  const std::string folder = root + "/sys/kernel/sched_ext/";
  absl::StatusOr<std::string> line = ReadFileTrimmed(folder + "state");
  if (!line.ok()) return "";
  // The folder of the loaded scheduler exists only while there is one.
  if (const auto ops = ReadFileTrimmed(folder + "root/ops"); ops.ok()) {
    absl::StrAppend(&*line, " ", *ops);
  }
  if (const auto seq = ReadFileTrimmed(folder + "enable_seq"); seq.ok()) {
    absl::StrAppend(&*line, " (seq ", *seq, ")");
  }
  return *std::move(line);
}

}  // namespace ktstr
