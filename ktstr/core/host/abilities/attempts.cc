// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/abilities/attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/child.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/base/memory/page_locality.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/sched/core_cookie.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_refusal.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/thread_settings.h"

namespace ktstr {
namespace {

constexpr int kLowestNice = -20;
constexpr size_t kAttempts = static_cast<size_t>(Attempt::kCount);

// What the child writes into memory that it shares with its parent, who reads
// it when the child has ended.
struct Sheet {
  static constexpr size_t kTextBytes = 300;
  struct Line {
    bool ended = false;
    int code = 0;
    char text[kTextBytes] = {};  // Cut off; ends with a NUL.
  };
  Line lines[kAttempts];
  int priority = 0;
  int lowest_nice = 0;
};

void Book(Attempt attempt, const absl::Status& status, Sheet& sheet) {
  Sheet::Line& line = sheet.lines[static_cast<size_t>(attempt)];
  line.code = static_cast<int>(status.code());
  const absl::string_view text = status.message().substr(
      0, std::min(status.message().size(), Sheet::kTextBytes - 1));
  std::copy(text.begin(), text.end(), line.text);
  line.ended = true;
}

absl::Status TryAffinity() {
  KTSTR_ASSIGN_OR_RETURN(const CpuSet cpus, GetAffinity());
  return SetAffinity(/*tid=*/0, cpus);
}

// Leaves the policy again, if that may be.
absl::Status TryPolicy(const SchedSpec& spec) {
  absl::Status status = SetSched(/*tid=*/0, spec);
  if (status.ok()) SetSched(/*tid=*/0, SchedSpec()).IgnoreError();
  return status;
}

// From the highest priority down to what the limit allows.
absl::Status TryRealTime(int& priority) {
  const SchedRights rights = ReadSchedRights(/*tid=*/0);
  const int limit = static_cast<int>(std::clamp<uint64_t>(
      rights.rlimit_rtprio, SchedSpec::kMinPriority, SchedSpec::kMaxPriority));
  SchedSpec fifo = {.policy = SchedPolicy::kFifo, .priority = limit};
  if (rights.cap_sys_nice) fifo.priority = SchedSpec::kMaxPriority;
  absl::Status status = TryPolicy(fifo);
  if (!status.ok() && fifo.priority != limit) {
    fifo.priority = limit;
    status = TryPolicy(fifo);
  }
  priority = status.ok() ? fifo.priority : 0;
  return status;
}

absl::Status TryDeadline() {
  constexpr int64_t kMillisecond = 1'000'000;
  return TryPolicy({.policy = SchedPolicy::kDeadline,
                    .runtime_ns = kMillisecond,
                    .deadline_ns = 100 * kMillisecond,
                    .period_ns = 100 * kMillisecond});
}

absl::Status TryNice(int& lowest) {
  KTSTR_ASSIGN_OR_RETURN(lowest, GetNice(/*tid=*/0));
  absl::Status status = SetNice(/*tid=*/0, kLowestNice);
  if (status.ok()) {
    lowest = kLowestNice;
    return status;
  }
  // RLIMIT_NICE counts down from 20.
  const uint64_t limit = ReadSchedRights(/*tid=*/0).rlimit_nice;
  const int allowed = 20 - static_cast<int>(std::min<uint64_t>(limit, 40));
  if (allowed < lowest && SetNice(/*tid=*/0, allowed).ok()) lowest = allowed;
  return status;
}

absl::Status TrySlice() {
  constexpr int64_t kSliceNs = 3'210'000;  // Not any kernel's own.
  KTSTR_RETURN_IF_ERROR(SetFairSlice(kSliceNs));
  KTSTR_ASSIGN_OR_RETURN(const int64_t got, GetFairSlice());
  if (got == kSliceNs) return absl::OkStatus();
  return absl::UnimplementedError(
      "the kernel keeps its own; Linux 6.12 is the first that has it");
}

absl::Status TryTimerSlack() {
  constexpr int64_t kSlackNs = 1;
  KTSTR_RETURN_IF_ERROR(SetTimerSlack(kSlackNs));
  KTSTR_ASSIGN_OR_RETURN(const int64_t got, GetTimerSlack());
  if (got == kSlackNs) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat("it stays ", got, " ns"));
}

absl::Status TryMemory(MemoryMode mode) {
  KTSTR_ASSIGN_OR_RETURN(const MemoryNodes nodes, GetMemoryNodes());
  const NodeSet usable = nodes.with_memory.empty()
                             ? nodes.allowed
                             : nodes.allowed.Intersect(nodes.with_memory);
  KTSTR_RETURN_IF_ERROR(SetMemoryPolicy({.mode = mode, .nodes = usable}));
  return SetMemoryPolicy(MemoryPolicy());
}

// `touched` is on a page that was written to.
absl::Status TryPages(const void* touched) {
  KTSTR_ASSIGN_OR_RETURN(const PageLocality pages,
                         CountPages({{touched, 1}}, /*max_pages=*/1));
  if (!pages.on_node.empty()) return absl::OkStatus();
  return absl::UnavailableError("move_pages does not tell the node of a page");
}

absl::Status TryUser() {
  constexpr uid_t kNobody = 65534;
  if (setgroups(0, nullptr) != 0) {
    return PosixError(errno, "setgroups()",
                      "needs CAP_SETGID, and /proc/self/setgroups not to deny");
  }
  if (setresgid(kNobody, kNobody, kNobody) != 0) {
    return PosixError(errno, "setresgid(65534)",
                      "needs CAP_SETGID, and the id in /proc/self/gid_map");
  }
  if (setresuid(kNobody, kNobody, kNobody) != 0) {
    return PosixError(errno, "setresuid(65534)",
                      "needs CAP_SETUID, and the id in /proc/self/uid_map");
  }
  return absl::OkStatus();
}

void TrySchedulers(Sheet& sheet) {
  // It may have been started as something else.
  SetSched(/*tid=*/0, SchedSpec()).IgnoreError();
  Book(Attempt::kSlice, TrySlice(), sheet);
  Book(Attempt::kBatch, TryPolicy({.policy = SchedPolicy::kBatch}), sheet);
  Book(Attempt::kExt, TryPolicy({.policy = SchedPolicy::kExt}), sheet);
  Book(Attempt::kUclamp, CheckUclamp(), sheet);
  Book(Attempt::kCoreCookie, GetCoreCookie(/*tid=*/0).status(), sheet);
  Book(Attempt::kRealTime, TryRealTime(sheet.priority), sheet);
  Book(Attempt::kDeadline, TryDeadline(), sheet);
  Book(Attempt::kNice, TryNice(sheet.lowest_nice), sheet);
  // Not everybody may leave it again.
  Book(Attempt::kIdle, TryPolicy({.policy = SchedPolicy::kIdle}), sheet);
}

int BeChild(pid_t parent, Sheet& sheet) {
  if (!DieWithParent(parent).ok()) return 1;
  Book(Attempt::kAffinity, TryAffinity(), sheet);
  Book(Attempt::kTimerSlack, TryTimerSlack(), sheet);
  Book(Attempt::kMemoryPolicy, TryMemory(MemoryMode::kBind), sheet);
  Book(Attempt::kWeighted, TryMemory(MemoryMode::kWeightedInterleave), sheet);
  Book(Attempt::kPages, TryPages(&sheet), sheet);
  TrySchedulers(sheet);
  Book(Attempt::kUser, TryUser(), sheet);
  return 0;
}

// The folder of the caller's own cgroup of v2.
absl::StatusOr<Fd> OpenOwnCgroup(
    const absl::StatusOr<CgroupHierarchy>& cgroups) {
  KTSTR_RETURN_IF_ERROR(cgroups.status());
  const CgroupMount* v2 = cgroups->v2();
  if (v2 == nullptr) {
    return absl::UnimplementedError("no cgroup v2 is mounted");
  }
  if (v2->own_folder.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(v2->folder, " does not show the cgroup ", v2->own));
  }
  return OpenFile(v2->own_folder, O_RDONLY | O_DIRECTORY);
}

// Born in its own cgroup if possible, which `birth` tells.
absl::StatusOr<Child> Spawn(absl::FunctionRef<int()> body,
                            const absl::StatusOr<CgroupHierarchy>& cgroups,
                            absl::Status& birth) {
  const absl::StatusOr<Fd> own = OpenOwnCgroup(cgroups);
  birth = own.status();
  if (own.ok()) {
    absl::StatusOr<Child> child = Child::Spawn(body, own->get());
    birth = child.status();
    if (child.ok()) return child;
  }
  return Child::Spawn(body);
}

Attempts AllFailed(const absl::Status& status) {
  Attempts attempts;
  attempts.outcomes.fill(status);
  attempts.priority = 0;
  attempts.lowest_nice = 0;
  return attempts;
}

absl::Status StatusOf(const Sheet::Line& line, const ChildEnd& end) {
  if (!line.ended) {
    return absl::AbortedError(
        absl::StrCat("the process that tries it ", DescribeEnd(end)));
  }
  return absl::Status(static_cast<absl::StatusCode>(line.code), line.text);
}

}  // namespace

Trial Trial::Start(const absl::StatusOr<CgroupHierarchy>& cgroups) {
  Trial trial;
  trial.memory_ = Mapping::CreateShared(sizeof(Sheet));
  if (!trial.memory_.ok()) return trial;
  Sheet& sheet = *new (trial.memory_->data()) Sheet;
  const pid_t parent = getpid();
  trial.child_ =
      Spawn([&] { return BeChild(parent, sheet); }, cgroups, trial.birth_);
  return trial;
}

Attempts Trial::Finish() && {
  if (!memory_.ok()) return AllFailed(memory_.status());
  const absl::StatusOr<ChildEnd> end =
      child_.ok() ? child_->Reap() : child_.status();
  if (!end.ok()) return AllFailed(end.status());
  const Sheet& sheet = *static_cast<const Sheet*>(memory_->data());
  Attempts attempts;
  for (size_t i = 0; i < kAttempts; ++i) {
    attempts.outcomes[i] = StatusOf(sheet.lines[i], *end);
  }
  attempts[Attempt::kBirth] = birth_;
  attempts.priority = sheet.priority;
  attempts.lowest_nice = sheet.lowest_nice;
  return attempts;
}

}  // namespace ktstr
