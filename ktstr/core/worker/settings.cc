// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/settings.h"

#include <errno.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/sched/core_cookie.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/thread_settings.h"
#include "ktstr/base/user/user.h"
#include "ktstr/core/host/sched_ext.h"
#include "ktstr/core/placement/placement_options.h"
#include "ktstr/core/worker/place/note_setting.h"
#include "ktstr/core/worker/place/own_session.h"
#include "ktstr/core/worker/place/share_cookie.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {
namespace {

// Half of what the supervisor gives everybody to come to the start barrier.
constexpr int64_t kCookieTimeoutNs = 5 * kNanosPerSecond;

// From SIGXCPU to SIGKILL.
constexpr absl::Duration kRealTimeGrace = absl::Seconds(1);

std::string Print(int64_t ns) {
  return absl::FormatDuration(absl::Nanoseconds(ns));
}

// OK if what was set is there; `otherwise` is why the kernel, which took it,
// may have made something else of it.
template <typename T>
absl::Status Compare(const absl::Status& set, const absl::StatusOr<T>& got,
                     const T& asked, absl::string_view otherwise) {
  if (!set.ok()) return set;
  if (!got.ok()) return got.status();
  if (*got == asked) return absl::OkStatus();
  return absl::FailedPreconditionError(otherwise);
}

void ApplyAutogroup(const AutogroupOptions& autogroup, WorkerRecord& record) {
  const std::string asked = autogroup.nice.has_value()
                                ? absl::StrCat("own:", *autogroup.nice)
                                : "own";
  const absl::Status entered = EnterOwnSession(autogroup.nice);
  std::string got = DescribeAutogroup();
  if (!autogroup.nice.has_value()) got.resize(got.find(':'));
  NoteSetting(record, "autogroup", asked, got,
              Compare<std::string>(entered, got, asked,
                                   "somebody else gives it another nice"));
}

void ApplyAffinity(const CpuSet& cpus, WorkerRecord& record) {
  constexpr absl::string_view kMissing =
      "what is missing is offline, or not in the cpuset (cpuset.cpus)";
  absl::Status set = SetAffinity(0, cpus);
  // The text of the error would repeat a list that may be long.
  if (ErrnoOf(set) == EINVAL) {
    set = PosixError(EINVAL, "sched_setaffinity", kMissing);
  }
  const absl::StatusOr<CpuSet> got = GetAffinity(0);
  NoteSetting(record, "affinity", cpus.ToString(),
              got.ok() ? got->ToString() : "",
              Compare(set, got, cpus, kMissing));
}

void ApplyMemoryPolicy(const MemoryPolicy& policy, WorkerRecord& record) {
  const absl::Status set = SetMemoryPolicy(policy);
  const absl::StatusOr<MemoryPolicy> got = GetMemoryPolicy();
  NoteSetting(record, "mempolicy", policy.ToText(),
              got.ok() ? got->ToText() : "",
              Compare(set, got, policy,
                      "what is missing has no memory, or is not in the cpuset "
                      "(cpuset.mems)"));
}

absl::StatusOr<uint64_t> MakeOwnCookie() {
  const absl::Status made = CreateCoreCookie(/*tid=*/0);
  return made.ok() ? GetCoreCookie(/*tid=*/0) : made;
}

absl::string_view NameOf(CookieSharing sharing) {
  switch (sharing) {
    case CookieSharing::kNone:
      return "none";
    case CookieSharing::kWorker:
      return "worker";
    case CookieSharing::kGroup:
      return "group";
    case CookieSharing::kAll:
      return "all";
  }
  return "";
}

void ApplyCookie(CookieSharing sharing, const WorkerRecord* leader,
                 WorkerRecord& record) {
  const absl::StatusOr<uint64_t> cookie =
      leader == nullptr ? MakeOwnCookie()
                        : TakeCookieOf(*leader, kCookieTimeoutNs);
  std::string got;
  if (cookie.ok() && leader == nullptr) {
    got = absl::StrCat("own 0x", absl::Hex(*cookie));
  } else if (cookie.ok()) {
    // Relaxed: published before its phase, for which was waited.
    got = absl::StrCat("shared with worker ",
                       leader->index.load(std::memory_order_relaxed), " 0x",
                       absl::Hex(*cookie));
  }
  NoteSetting(record, "core_cookie", NameOf(sharing), got, cookie.status());
}

void ApplyNice(int nice, WorkerRecord& record) {
  const absl::Status set = SetNice(0, nice);
  const absl::StatusOr<int> got = GetNice(0);
  NoteSetting(record, "nice", absl::StrCat(nice),
              got.ok() ? absl::StrCat(*got) : "", Compare(set, got, nice, ""));
}

void ApplyRealTimeLimit(int64_t limit_ns, WorkerRecord& record) {
  // The kernel counts in microseconds.
  const absl::Duration soft =
      absl::Floor(absl::Nanoseconds(limit_ns), absl::Microseconds(1));
  const absl::Status set = LimitRealTime(soft, soft + kRealTimeGrace);
  const absl::StatusOr<absl::Duration> got = GetRealTimeLimit();
  NoteSetting(record, "rt_limit", absl::FormatDuration(soft),
              got.ok() ? absl::FormatDuration(*got) : "",
              Compare(set, got, soft, ""));
}

// Without a scheduler of its own, the class hands its threads to the fair one.
absl::Status CheckSchedExt() {
  const SchedExtState now = ReadSchedExtState();
  if (now.state == "enabled") return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "no sched_ext scheduler is loaded: /sys/kernel/sched_ext/state is '",
      now.state, "', and ext means normal"));
}

void ApplyPolicy(const SchedSpec& spec, WorkerRecord& record) {
  const bool is_deadline = spec.policy == SchedPolicy::kDeadline;
  const absl::Status set = SetSched(0, spec, {.reset_on_fork = is_deadline});
  const absl::StatusOr<SchedState> state = GetSched(0);
  const absl::StatusOr<SchedSpec> got =
      state.ok() ? absl::StatusOr<SchedSpec>(state->spec) : state.status();
  std::string text = got.ok() ? got->ToText() : "";
  absl::Status why = Compare(set, got, spec, "the kernel took another");
  if (why.ok() && spec.policy == SchedPolicy::kExt) {
    why = CheckSchedExt();
    if (!why.ok()) text = "ext (means normal)";
  }
  NoteSetting(record, "policy", spec.ToText(), text, why);
}

void ApplyUclamp(const ClampRange& clamp, WorkerRecord& record) {
  const auto print = [](int min, int max) {
    return absl::StrCat(min, ":", max);
  };
  const std::string asked = print(clamp.min, clamp.max);
  const absl::Status set = SetUclamp(0, clamp.min, clamp.max);
  const absl::StatusOr<SchedState> state = GetSched(0);
  std::string got;
  if (state.ok() && !absl::IsUnimplemented(set)) {
    got = print(state->uclamp_min, state->uclamp_max);
  }
  NoteSetting(record, "uclamp", asked, got,
              Compare<std::string>(set, got, asked, "the kernel took another"));
}

void ApplySlice(int64_t slice_ns, WorkerRecord& record) {
  const absl::StatusOr<SchedState> state = GetSched(0);
  if (state.ok() && state->spec.policy != SchedPolicy::kNormal &&
      state->spec.policy != SchedPolicy::kBatch) {
    NoteSetting(record, "slice", Print(slice_ns), "",
                absl::FailedPreconditionError(absl::StrCat(
                    state->spec.ToText(),
                    " has no slice: only normal and batch have one")));
    return;
  }
  const absl::Status set = SetFairSlice(slice_ns);
  const absl::StatusOr<int64_t> got = GetFairSlice();
  NoteSetting(record, "slice", Print(slice_ns), got.ok() ? Print(*got) : "",
              Compare(set, got, slice_ns,
                      "Linux before 6.12 takes slices and ignores them"));
}

void ApplyTimerSlack(int64_t slack_ns, WorkerRecord& record) {
  const absl::Status set = SetTimerSlack(slack_ns);
  const absl::StatusOr<SchedState> state = GetSched(0);
  if (set.ok() && state.ok() &&
      (state->spec.IsRealTime() ||
       state->spec.policy == SchedPolicy::kDeadline)) {
    NoteSetting(record, "timer_slack", Print(slack_ns), "0 (real-time)", set);
    return;
  }
  const absl::StatusOr<int64_t> got = GetTimerSlack();
  NoteSetting(record, "timer_slack", Print(slack_ns),
              got.ok() ? Print(*got) : "", Compare(set, got, slack_ns, ""));
}

void ApplyUser(const UserIds& user, pid_t parent, WorkerRecord& record) {
  const absl::Status became = BecomeUser(user, parent);
  // Nobody reads the record any more, and nobody would end this worker.
  if (absl::IsAborted(became)) _exit(1);
  const UserIds got = CurrentUser();
  NoteSetting(record, "user", user.ToText(), got.ToText(),
              Compare<UserIds>(became, got, user, ""));
}

void ApplyWhere(const WorkerSettings& settings, const PlacementOptions& asked,
                WorkerRecord& record) {
  if (asked.autogroup.own) ApplyAutogroup(asked.autogroup, record);
  if (settings.cpus != nullptr) ApplyAffinity(*settings.cpus, record);
  if (asked.memory.has_value()) ApplyMemoryPolicy(*asked.memory, record);
  if (asked.core_cookie != CookieSharing::kNone) {
    ApplyCookie(asked.core_cookie, settings.cookie_from, record);
  }
}

// Nice comes first, as the policy takes it along; slices, clamps and timer
// slack come last, as the kernel keeps them by policy.
void ApplyHow(const WorkerSettings& settings, const PlacementOptions& asked,
              WorkerRecord& record) {
  if (asked.nice.has_value()) ApplyNice(*asked.nice, record);
  if (settings.rt_limit_ns != 0) {
    ApplyRealTimeLimit(settings.rt_limit_ns, record);
  }
  if (settings.sched != nullptr) ApplyPolicy(*settings.sched, record);
  if (asked.uclamp.has_value()) ApplyUclamp(*asked.uclamp, record);
  if (asked.slice_ns.has_value()) ApplySlice(*asked.slice_ns, record);
  ApplyTimerSlack(settings.timer_slack_ns, record);
}

}  // namespace

void ApplySettings(const WorkerSettings& settings, WorkerRecord& record) {
  const PlacementOptions nothing;
  const PlacementOptions& asked =
      settings.placement != nullptr ? *settings.placement : nothing;
  ApplyWhere(settings, asked, record);
  ApplyHow(settings, asked, record);
  // Last: who drops root has no right to any of the above.
  if (asked.user.has_value()) ApplyUser(*asked.user, settings.parent, record);
}

}  // namespace ktstr
