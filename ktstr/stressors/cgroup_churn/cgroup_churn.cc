// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/cgroup_churn/cgroup_churn.h"

#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/user/try_as.h"
#include "ktstr/cgroup/cgroup_tree.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/cgroup/own_cgroups.h"
#include "ktstr/cgroup/scoped_cgroup.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stressors/cgroup_churn/move_books.h"

namespace ktstr {
namespace {

// Workers that move themselves from cgroup to cgroup, each between its own
// ones, below that in which it was born: all moves take the same locks of the
// kernel, and each takes its task out of one run queue's group and puts it into
// another. Without the controller cpu, which v2 allows only below its root and
// cgroups without processes, all of them are the same group for the scheduler;
// the proof says which it was.
class CgroupChurn final : public Stressor {
 public:
  struct Params {
    uint64_t groups = 2;
    absl::Duration cycle = absl::Milliseconds(100);
  };
  explicit CgroupChurn(const Params& params) : params_(params) {}

  // Removes what killed workers left.
  ~CgroupChurn() override {
    for (uint32_t i = 0; i < workers_; ++i) {
      const MoveBooks& books = BooksOf(i);
      if (books.back || books.groups == 0) continue;
      RemoveStaleBelow(hierarchy_.root(), std::string(books.home.view()));
    }
  }

  absl::Status Prepare(Preparation& preparation) override {
    absl::StatusOr<CgroupHierarchy> hierarchy = CgroupHierarchy::Read();
    if (!hierarchy.ok()) {
      return absl::UnimplementedError(hierarchy.status().message());
    }
    hierarchy_ = *std::move(hierarchy);
    RemoveStaleCgroups(hierarchy_);
    ProvideCpu();
    const CgroupMembers members = preparation.mode() == WorkerMode::kThread
                                      ? CgroupMembers::kThreads
                                      : CgroupMembers::kProcesses;
    const absl::Status allowed = TryAs(preparation.user(), [&] {
      return OwnCgroups::Create(hierarchy_, "probe", /*count=*/1, members)
          .status();
    });
    if (!allowed.ok()) {
      return absl::UnimplementedError(
          absl::StrCat("needs cgroups below its own: ", allowed.message()));
    }
    // Its own, since it is read when the preparation is gone.
    KTSTR_ASSIGN_OR_RETURN(
        shared_,
        Mapping::CreateShared(preparation.workers() * sizeof(MoveBooks)));
    workers_ = preparation.workers();
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    const bool is_process = gettid() == getpid();
    KTSTR_ASSIGN_OR_RETURN(
        OwnCgroups cgroups,
        OwnCgroups::Create(
            hierarchy_, absl::StrCat(worker.index()), params_.groups,
            is_process ? CgroupMembers::kProcesses : CgroupMembers::kThreads));
    MoveBooks& books = BooksOf(worker.index());
    books.home.Set(cgroups.home());
    books.prefix.Set(cgroups.prefix());
    books.groups = params_.groups;
    books.has_cpu = cgroups.has_cpu();
    size_t at = 0;
    for (bool first = true; worker.NextIteration(); first = false, ++at) {
      if (!first && !Stay(worker)) break;
      Move(worker, cgroups, at % params_.groups, books);
    }
    return GoBack(worker, cgroups, books);
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return JudgeMoves(BooksOf(group.group), group.Iterations());
  }

 private:
  // So that it computes in each cgroup, however little.
  static constexpr uint64_t kSpinsInGroup = 256;

  // In v2's root alone, for as long as this object lives. That it cannot be had
  // is told by the proof.
  void ProvideCpu() {
    const CgroupMount* const v2 = hierarchy_.v2();
    if (hierarchy_.V1Of("cpu") != nullptr || v2 == nullptr || !v2->is_root) {
      return;
    }
    absl::StatusOr<CgroupTree> tree =
        CgroupTree::Create(hierarchy_, /*given=*/"", /*label=*/"cpu");
    if (!tree.ok()) return;
    tree_.emplace(*std::move(tree));
    tree_->Provide("cpu").status().IgnoreError();
  }

  bool Stay(Worker& worker) const {
    if (!worker.SleepFor(params_.cycle)) return false;
    worker.Compute(kSpinsInGroup);
    return true;
  }

  static void Move(Worker& worker, const OwnCgroups& cgroups, size_t index,
                   MoveBooks& books) {
    const int64_t begin = worker.Now();
    const absl::Status status = cgroups.Enter(index);
    if (!status.ok()) {
      worker.CountFailure("write to a cgroup's members", ErrnoOf(status));
      return;
    }
    worker.Record(Metric::kMoveTime, worker.Now() - begin);
    ++books.moves;
    if (!cgroups.IsIn(index)) ++books.strays;
  }

  static absl::Status GoBack(Worker& worker, OwnCgroups& cgroups,
                             MoveBooks& books) {
    KTSTR_RETURN_IF_ERROR(cgroups.Return());
    books.back = cgroups.IsBack();
    const absl::Status removed = cgroups.Remove();
    if (!removed.ok()) worker.CountFailure("rmdir", ErrnoOf(removed));
    return absl::OkStatus();
  }

  MoveBooks& BooksOf(uint32_t worker) const {
    return static_cast<MoveBooks*>(shared_.data())[worker];
  }

  const Params params_;
  CgroupHierarchy hierarchy_;
  absl::optional<CgroupTree> tree_;
  Mapping shared_;
  uint32_t workers_ = 0;
};

constexpr FieldDef kFields[] = {
    Field<&CgroupChurn::Params::groups>(
        "groups", "cgroups that each worker makes for itself", 2, 64),
    Field<&CgroupChurn::Params::cycle>("cycle", "sleep between moves",
                                       std::chrono::microseconds(50),
                                       std::chrono::hours(1)),
};
constexpr Metric kMetrics[] = {Metric::kMoveTime};

}  // namespace

constinit const StressorDef kCgroupChurn = DefineStressor<CgroupChurn>({
    .name = "cgroup_churn",
    .summary = "workers that move themselves from cgroup to cgroup",
    .kernel_path = "write to cgroup.procs or cgroup.threads: "
                   "cgroup_attach_task, sched_move_task",
    .needs = "cgroup v2, or v1's cpu, to make cgroups in",
    .proof = "after each move /proc/self/cgroup names the target; at the end "
             "the worker is where it was and its cgroups are gone",
    .fields = kFields,
    .metrics = kMetrics,
    .own_place = true,
});

}  // namespace ktstr
