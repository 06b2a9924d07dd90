// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/no_errors.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/checks/check_line.h"

namespace ktstr {
namespace {

struct Failures {
  uint64_t calls = 0;
  uint64_t workers = 0;
};

}  // namespace

proto::Check CheckNoErrors(const proto::Stressor& stressor) {
  constexpr absl::string_view kName = "no_errors";
  std::map<std::string, Failures> by_call;  // "futex(FUTEX_WAKE): EPERM"
  for (const proto::Worker& worker : stressor.workers()) {
    for (const proto::CallFailure& failure : worker.call_failures()) {
      Failures& failures =
          by_call[absl::StrCat(failure.call(), ": ", failure.error_name())];
      failures.calls += failure.count();
      ++failures.workers;
    }
  }
  if (by_call.empty()) {
    return CheckLine(kName, proto::PASS, "no system call failed unexpectedly");
  }
  const auto worst = std::max_element(by_call.begin(), by_call.end(),
                                      [](const auto& a, const auto& b) {
                                        return a.second.calls < b.second.calls;
                                      });
  std::string detail =
      absl::StrCat(worst->first, ", ", Counted(worst->second.calls, "time"),
                   " in ", Counted(worst->second.workers, "worker"));
  if (by_call.size() > 1) {
    absl::StrAppend(&detail, "; and ",
                    Counted(by_call.size() - 1, "more kind"));
  }
  return CheckLine(kName, proto::FAIL, detail);
}

}  // namespace ktstr
