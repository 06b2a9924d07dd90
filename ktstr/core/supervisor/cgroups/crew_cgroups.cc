// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/supervisor/cgroups/crew_cgroups.h"

#include <errno.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/child.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cgroup/cgroup_folders.h"
#include "ktstr/cgroup/cgroup_spec.h"
#include "ktstr/cgroup/cgroup_tree.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/cgroup/scoped_cgroup.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/worker/place/note_setting.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {
namespace {

SettingResult ResultOf(const AppliedControl& control) {
  SettingResult result;
  result.name = control.name;
  result.asked = control.asked;
  result.got = control.got;
  result.error = control.error;
  result.applied = control.kept;
  result.why = control.why;
  return result;
}

// Of a cgroup that exists.
bool HasCpu(const CgroupFolders& folders) {
  for (const CgroupFolders::Folder& folder : folders.all()) {
    if (folder.v2) {
      const std::string weight = folder.path + "/cpu.weight";
      if (access(weight.c_str(), F_OK) == 0) return true;
    }
    const absl::string_view controllers =
        absl::string_view(folder.line).substr(0, folder.line.find(':'));
    for (const absl::string_view controller :
         absl::StrSplit(controllers, ',')) {
      if (controller == "cpu") return true;
    }
  }
  return false;
}

}  // namespace

absl::StatusOr<CrewCgroups> CrewCgroups::Make(
    CgroupTree& tree, absl::Span<const CgroupSpec> specs,
    absl::string_view prefix, const PlannedStressor& planned, WorkerMode mode) {
  CrewCgroups cgroups;
  cgroups.planned_ = &planned;
  cgroups.tree_ = &tree;
  cgroups.specs_ = specs;
  cgroups.threads_apart_ = mode == WorkerMode::kThread && specs.size() > 1;
  cgroups.made_.reserve(specs.size());
  for (CgroupSpec spec : specs) {
    cgroups.names_.push_back(spec.name);
    spec.name = absl::StrCat(prefix, spec.name);
    KTSTR_ASSIGN_OR_RETURN(
        ScopedCgroup made,
        ScopedCgroup::Create(tree, spec,
                             cgroups.threads_apart_
                                 ? CgroupMembers::kThreads
                                 : CgroupMembers::kProcesses));
    cgroups.made_.push_back(std::move(made));
  }
  return cgroups;
}

absl::StatusOr<CrewCgroups> CrewCgroups::Use(const CgroupHierarchy& hierarchy,
                                             const std::string& given,
                                             const PlannedStressor& planned) {
  CrewCgroups cgroups;
  cgroups.planned_ = &planned;
  cgroups.names_ = {given};
  KTSTR_ASSIGN_OR_RETURN(cgroups.given_, CgroupFolders::Open(hierarchy, given));
  return cgroups;
}

const CgroupFolders* CrewCgroups::FoldersOf(uint32_t worker) const {
  if (!any()) return nullptr;
  if (made_.empty()) return &given_;
  if (planned_->placed.empty()) return nullptr;
  const uint32_t index = planned_->placed[worker].cgroup;
  return index < made_.size() ? &made_[index].folders() : nullptr;
}

std::string CrewCgroups::NameOf(uint32_t worker) const {
  const CgroupFolders* const folders = FoldersOf(worker);
  for (size_t i = 0; folders != nullptr && i < size(); ++i) {
    if (&FoldersAt(i) == folders) return names_[i];
  }
  return "";
}

absl::StatusOr<Child> CrewCgroups::Spawn(uint32_t first,
                                         absl::FunctionRef<int()> body) {
  const CgroupFolders* const folders = FoldersOf(first);
  if (folders == nullptr) return Child::Spawn(body);
  if (!threads_apart_ && folders->dirfd() >= 0) {
    absl::StatusOr<Child> child = Child::Spawn(
        [&] {
          entered_ = EnterProcess(folders, /*is_born_inside=*/true);
          return body();
        },
        folders->dirfd());
    // At a limit it would fail outside as well. Whatever else was in the way,
    // the file that is written instead tells more about it, or lets it pass.
    if (child.ok() || ErrnoOf(child.status()) == EAGAIN) return child;
  }
  return Child::Spawn([&] {
    entered_ = EnterProcess(folders, /*is_born_inside=*/false);
    return body();
  });
}

absl::Status CrewCgroups::EnterProcess(const CgroupFolders* folders,
                                       bool is_born_inside) {
  // This process has a copy of the tree, which ends by _exit.
  if (threads_apart_) return tree_->EnterForThreads();
  if (is_born_inside && folders->v2_only()) return absl::OkStatus();
  return folders->AddProcess(getpid());
}

void CrewCgroups::EnterWorker(uint32_t worker, WorkerRecord& record) const {
  const CgroupFolders* const folders = FoldersOf(worker);
  if (folders == nullptr) return;
  absl::Status entered = entered_;
  if (threads_apart_ && entered.ok()) entered = folders->AddThread(gettid());
  const absl::StatusOr<std::string> elsewhere = folders->WhereElse();
  if (entered.ok()) entered = elsewhere.status();
  std::string got = elsewhere.value_or("");
  const std::string name = NameOf(worker);
  if (elsewhere.ok() && got.empty()) {
    got = name;
  } else if (entered.ok()) {
    entered = absl::FailedPreconditionError("somebody moved it meanwhile");
  }
  NoteSetting(record, "cgroup", name, got, entered);
}

void CrewCgroups::Begin() {
  for (size_t i = 0; i < size(); ++i) at_begin_.push_back(FoldersAt(i).Read());
}

void CrewCgroups::Stop() {
  if (at_begin_.empty()) return;
  for (size_t i = 0; i < size(); ++i) at_stop_.push_back(FoldersAt(i).Read());
}

std::vector<CgroupResult> CrewCgroups::Finish() {
  if (at_stop_.empty()) Stop();
  std::vector<CgroupResult> results(size());
  for (size_t i = 0; i < size(); ++i) {
    CgroupResult& result = results[i];
    const CgroupFolders& folders = FoldersAt(i);
    result.name = names_[i];
    if (folders.all().size() == 1) result.folder = folders.all()[0].path;
    for (uint32_t worker = 0; worker < planned_->workers; ++worker) {
      if (FoldersOf(worker) == &folders) ++result.workers;
    }
    if (!at_begin_.empty()) result.stats = at_stop_[i] - at_begin_[i];
    result.has_cpu = made_.empty() ? HasCpu(folders) : made_[i].has_cpu();
    if (made_.empty()) continue;
    result.weight = EffectiveWeight(specs_[i]);
    for (const AppliedControl& control : made_[i].applied()) {
      result.settings.push_back(ResultOf(control));
    }
  }
  // All the counters first: to remove one may take its time.
  for (size_t i = 0; i < made_.size(); ++i) {
    results[i].trouble = std::string(made_[i].Remove().message());
  }
  return results;
}

}  // namespace ktstr
