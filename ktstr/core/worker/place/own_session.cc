// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/place/own_session.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/sched/autogroup.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cgroup/hierarchy.h"

namespace ktstr {
namespace {

constexpr int64_t kTurnTimeoutNs = 5 * kNanosPerSecond;
constexpr int64_t kTurnPauseNs = 10'000'000;

bool LeadsSession() { return getsid(0) == getpid(); }

absl::Status CheckEnabled(const std::string& proc) {
  KTSTR_ASSIGN_OR_RETURN(const bool enabled, AutogroupEnabled(proc));
  if (enabled) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "autogroups are off: /proc/sys/kernel/sched_autogroup_enabled is 0");
}

absl::Status LeadSession() {
  if (LeadsSession() || setsid() >= 0) return absl::OkStatus();
  return PosixError("setsid");
}

absl::Status GiveNice(int nice, const std::string& proc) {
  const int64_t deadline = MonotonicNanos() + kTurnTimeoutNs;
  while (true) {
    KTSTR_ASSIGN_OR_RETURN(const absl::optional<Autogroup> group,
                           GetAutogroup(proc));
    if (group.has_value() && group->nice == nice) return absl::OkStatus();
    absl::Status status = SetAutogroupNice(nice, proc);
    if (ErrnoOf(status) != EAGAIN || MonotonicNanos() >= deadline) {
      return status;
    }
    const struct timespec pause = ToTimespec(kTurnPauseNs);
    // Cut short by a signal, it has been long enough.
    clock_nanosleep(CLOCK_MONOTONIC, /*flags=*/0, &pause, nullptr);
  }
}

// Autogroups are for threads in the root of the cpu controller.
absl::Status CheckInRootCgroup(const std::string& root) {
  const absl::StatusOr<CgroupHierarchy> hierarchy = CgroupHierarchy::Read(root);
  if (!hierarchy.ok()) return absl::OkStatus();  // Then there is no cgroup.
  const CgroupMount* mount = hierarchy->V1Of("cpu");
  bool is_below = mount != nullptr && mount->own != "/";
  if (mount == nullptr && (mount = hierarchy->v2()) != nullptr) {
    // Every cgroup that the controller is handed to has the file, the root not.
    std::string folder = mount->own_folder;
    while (!is_below && folder.size() >= mount->folder.size()) {
      is_below = ReadFile(absl::StrCat(folder, "/cpu.weight")).ok();
      folder.resize(folder.rfind('/'));
    }
  }
  if (!is_below) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "autogroups mean nothing in cgroup '", mount->own,
      "', which has the cpu controller: be in the root, or use its weight"));
}

}  // namespace

absl::Status EnterOwnSession(std::optional<int> nice, const std::string& root) {
  const std::string proc = absl::StrCat(root, "/proc");
  KTSTR_RETURN_IF_ERROR(CheckEnabled(proc));
  {
    // setsid() is seen by other threads before the autogroup is there: their
    // nice would go to that of everybody else in the old session.
    static std::mutex mutex;
    const std::lock_guard<std::mutex> lock(mutex);
    KTSTR_RETURN_IF_ERROR(LeadSession());
    if (nice.has_value()) KTSTR_RETURN_IF_ERROR(GiveNice(*nice, proc));
  }
  return CheckInRootCgroup(root);
}

std::string DescribeAutogroup() {
  const absl::StatusOr<absl::optional<Autogroup>> group = GetAutogroup();
  std::string text = LeadsSession() ? "own" : "shared";
  if (group.ok() && group->has_value()) {
    absl::StrAppend(&text, ":", (*group)->nice);
  }
  return text;
}

}  // namespace ktstr
