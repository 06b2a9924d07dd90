// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/perf/ipc_counter.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

// `group` is the descriptor of the leader, -1 for the leader itself.
absl::StatusOr<Fd> Open(uint32_t type, uint64_t event, int group) {
  struct perf_event_attr attr = {};
  attr.size = sizeof(attr);
  attr.type = type;
  attr.config = event;
  attr.read_format = PERF_FORMAT_GROUP;
  attr.exclude_kernel = 1;
  attr.exclude_hv = 1;
  Fd fd(static_cast<int>(syscall(SYS_perf_event_open, &attr, /*pid=*/0,
                                 /*cpu=*/-1, group, PERF_FLAG_FD_CLOEXEC)));
  if (fd.valid()) return fd;
  switch (errno) {
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
      return NotInKernel(errno, "perf_event_open", "there is no PMU");
    default:
      return PosixError("perf_event_open");
  }
}

}  // namespace

absl::StatusOr<IpcCounter> IpcCounter::Create() {
  return CreateOf(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES,
                  PERF_COUNT_HW_INSTRUCTIONS);
}

absl::StatusOr<IpcCounter> IpcCounter::CreateOf(uint32_t type, uint64_t cycles,
                                                uint64_t instructions) {
  KTSTR_ASSIGN_OR_RETURN(Fd leader, Open(type, cycles, -1));
  KTSTR_ASSIGN_OR_RETURN(Fd member, Open(type, instructions, leader.get()));
  return IpcCounter(std::move(leader), std::move(member));
}

IpcCounter::Counts IpcCounter::Read() const {
  struct {
    uint64_t events;
    uint64_t values[2];
  } group = {};
  if (read(leader_.get(), &group, sizeof(group)) != sizeof(group)) return {};
  return {group.values[0], group.values[1]};
}

}  // namespace ktstr
