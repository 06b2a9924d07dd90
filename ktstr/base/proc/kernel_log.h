// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_PROC_KERNEL_LOG_H_
#define KTSTR_BASE_PROC_KERNEL_LOG_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ktstr/base/fd.h"

namespace ktstr {

// Reads what the kernel logs from now on.
class KernelLog final {
 public:
  // Opens `path` behind its last record. EPERM or EACCES without CAP_SYSLOG
  // where kernel.dmesg_restrict is set, ENOENT in many containers.
  static absl::StatusOr<KernelLog> OpenAtEnd(
      const std::string& path = "/dev/kmsg");

  // The texts of the kernel's own records that came since, without their prefix
  // and properties; what programs wrote to the log is left out. Never waits.
  absl::StatusOr<std::vector<std::string>> ReadNew();

  // How often records were overwritten before they were read: how many were
  // lost each time the kernel does not say.
  int64_t overruns() const { return overruns_; }

  // Becomes readable (POLLIN) when there is something to read.
  int fd() const { return fd_.get(); }

 private:
  explicit KernelLog(Fd fd) : fd_(std::move(fd)) {}

  Fd fd_;
  int64_t overruns_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_BASE_PROC_KERNEL_LOG_H_
