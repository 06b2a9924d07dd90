// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/words.h"

#include <string.h>

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

std::string Plural(uint64_t count, absl::string_view noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

std::string SignalName(int signal) {
  const char* name = sigabbrev_np(signal);
  return name == nullptr ? absl::StrCat("signal ", signal)
                         : absl::StrCat("SIG", name);
}

absl::string_view VerdictWord(proto::Verdict verdict) {
  switch (verdict) {
    case proto::PASS:
      return "PASS";
    case proto::FAIL:
      return "FAIL";
    case proto::SKIP:
      return "SKIP";
    default:
      return "----";
  }
}

std::string WorkerName(const proto::Worker& worker) {
  return absl::StrCat(worker.role(), " ", worker.index(), " (pid ",
                      worker.pid(), ")");
}

std::string ParamWords(
    const google::protobuf::RepeatedPtrField<proto::Param>& params) {
  return absl::StrJoin(params, " ",
                       [](std::string* out, const proto::Param& param) {
                         absl::StrAppend(out, param.name(), "=", param.value());
                       });
}

}  // namespace ktstr
