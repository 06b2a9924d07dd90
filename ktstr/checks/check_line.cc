// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/check_line.h"

#include "absl/strings/str_cat.h"

namespace ktstr {

proto::Check CheckLine(absl::string_view name, proto::Verdict verdict,
                       absl::string_view detail) {
  proto::Check line;
  line.set_name(std::string(name));
  line.set_verdict(verdict);
  line.set_detail(std::string(detail));
  return line;
}

std::string WorkerLabel(const proto::Worker& worker) {
  return absl::StrCat("worker ", worker.index(), " (", worker.role(), ")");
}

std::string Counted(uint64_t count, absl::string_view noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

}  // namespace ktstr
