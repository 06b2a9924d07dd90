// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/host.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/checks/check_line.h"

namespace ktstr {
namespace {

std::string OrNone(const std::string& sched_ext) {
  return sched_ext.empty() ? "none" : sched_ext;
}

}  // namespace

proto::Check CheckHost(const proto::Stressor& stressor) {
  constexpr absl::string_view kName = "host";
  const proto::HostDisturbance& host = stressor.host();
  if (host.kernel_faults_size() > 0) {
    std::string detail =
        absl::StrCat("kernel log: \"", host.kernel_faults(0), "\"");
    if (host.kernel_faults_size() > 1) {
      absl::StrAppend(&detail, "; and ", host.kernel_faults_size() - 1,
                      " more");
    }
    return CheckLine(kName, proto::FAIL, detail);
  }
  if (host.sched_ext_before() != host.sched_ext_after()) {
    return CheckLine(
        kName, proto::FAIL,
        absl::StrCat("sched_ext was ", OrNone(host.sched_ext_before()),
                     " before the run and is ", OrNone(host.sched_ext_after()),
                     " after it"));
  }
  if (!host.kernel_log_unread().empty()) {
    return CheckLine(kName, proto::PASS,
                     absl::StrCat("the kernel log was not watched: ",
                                  host.kernel_log_unread()));
  }
  if (host.kernel_log_lost() > 0) {
    return CheckLine(kName, proto::PASS,
                     absl::StrCat("no fault in the kernel log, but ",
                                  Counted(host.kernel_log_lost(), "record"),
                                  " of it went by unread"));
  }
  return CheckLine(kName, proto::PASS, "no fault in the kernel log");
}

}  // namespace ktstr
