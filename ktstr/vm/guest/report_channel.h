// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_GUEST_REPORT_CHANNEL_H_
#define KTSTR_VM_GUEST_REPORT_CHANNEL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/fd.h"

namespace ktstr {

struct ReportChannel {
  Fd fd;             // For reading and writing.
  std::string name;  // "virtio", "serial".
};

// The device of the virtio port called `port` below `root`/dev, found by
// `root`/sys/class/virtio-ports/*/name. NotFound if there is none.
absl::StatusOr<std::string> FindVirtioPort(absl::string_view port,
                                           const std::string& root = "");

// Opens what leads to the host: the virtio port `port`, which may take up to
// `patience` to appear where the kernel has the driver, else the serial line
// `tty` ("ttyS1"), made raw. NotFound names what was tried.
absl::StatusOr<ReportChannel> OpenReportChannel(absl::string_view port,
                                                absl::string_view tty,
                                                absl::Duration patience);

}  // namespace ktstr

#endif  // KTSTR_VM_GUEST_REPORT_CHANNEL_H_
