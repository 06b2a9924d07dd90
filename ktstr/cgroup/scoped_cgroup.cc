// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cgroup/scoped_cgroup.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cgroup/cgroup_files.h"
#include "ktstr/cgroup/cgroup_folders.h"
#include "ktstr/cgroup/cgroup_spec.h"
#include "ktstr/cgroup/cgroup_tree.h"
#include "ktstr/cgroup/hierarchy.h"

namespace ktstr {
namespace {

// The v2 folder by itself comes last: it is where one with controllers is.
constexpr absl::string_view kControllers[] = {"cpu", "cpuset", "memory",
                                              "cpuacct", ""};

// Had even if no control asks for it.
bool IsAlwaysTried(absl::string_view controller) {
  return controller != "cpuset" && controller != "memory";
}

AppliedControl NotApplied(const CgroupControl& control, absl::string_view file,
                          const absl::Status& why) {
  AppliedControl applied;
  applied.name = control.name;
  applied.asked = control.text;
  applied.error = ErrnoOf(why);
  applied.file = std::string(file);
  applied.why = std::string(why.message());
  return applied;
}

AppliedControl Apply(const CgroupControl& control, const std::string& folder) {
  const std::string file = absl::StrCat(folder, "/", control.file);
  const absl::Status written = WriteCgroupFile(file, control.text);
  AppliedControl applied = NotApplied(control, file, written);
  // Read in any case: the kernel's own value is told beside the refusal.
  const std::string read_file = absl::StrCat(folder, "/", control.read_file);
  const absl::StatusOr<std::string> got = ReadFileTrimmed(read_file);
  if (got.ok()) applied.got = *got;
  if (!written.ok()) return applied;
  if (!got.ok()) {
    applied.error = ErrnoOf(got.status());
    applied.why = std::string(got.status().message());
  } else if (*got != control.expected) {
    applied.why = absl::StrCat(read_file, " says '", *got, "', not '",
                               control.expected, "'");
  } else {
    applied.kept = true;
  }
  return applied;
}

}  // namespace

absl::StatusOr<ScopedCgroup> ScopedCgroup::Create(CgroupTree& tree,
                                                  const CgroupSpec& spec,
                                                  CgroupMembers members) {
  const std::vector<CgroupControl> v1 = ControlsOf(spec, CgroupVersion::kV1);
  const std::vector<CgroupControl> v2 = ControlsOf(spec, CgroupVersion::kV2);
  ScopedCgroup cgroup(spec.name);
  absl::Status first_error;
  for (const absl::string_view controller : kControllers) {
    const bool asked = std::any_of(v2.begin(), v2.end(),
                                   [controller](const CgroupControl& control) {
                                     return control.controller == controller;
                                   });
    if (!asked && !IsAlwaysTried(controller)) continue;
    const absl::StatusOr<const CgroupFolders::Folder*> folder =
        cgroup.Join(tree, controller, members);
    if (absl::IsAlreadyExists(folder.status())) return folder.status();
    if (first_error.ok()) first_error = folder.status();
    const bool as_v1 = folder.ok() && !(*folder)->v2;
    for (const CgroupControl& control : as_v1 ? v1 : v2) {
      if (control.controller != controller) continue;
      cgroup.applied_.push_back(
          folder.ok() ? Apply(control, (*folder)->path)
                      : NotApplied(control, control.file, folder.status()));
    }
  }
  if (cgroup.folders_.all().empty()) return first_error;
  return cgroup;
}

// The folder that has `controller`, made if need be.
absl::StatusOr<const CgroupFolders::Folder*> ScopedCgroup::Join(
    CgroupTree& tree, absl::string_view controller, CgroupMembers members) {
  KTSTR_ASSIGN_OR_RETURN(const CgroupPlace run, tree.Provide(controller));
  KTSTR_ASSIGN_OR_RETURN(const CgroupFolders::Folder* const folder,
                         FolderIn(tree.hierarchy(), run, members));
  if (!folder->v2 && controller == "cpuset") {
    KTSTR_RETURN_IF_ERROR(FillCpuset(run.folder, folder->path));
  }
  if (!controller.empty()) controllers_.push_back(std::string(controller));
  return folder;
}

absl::StatusOr<const CgroupFolders::Folder*> ScopedCgroup::FolderIn(
    const CgroupHierarchy& hierarchy, const CgroupPlace& run,
    CgroupMembers members) {
  const std::string path = absl::StrCat(run.folder, "/", name_);
  if (folders_.Find(path) != nullptr) return folders_.Find(path);
  KTSTR_RETURN_IF_ERROR(MakeCgroup(path));
  absl::Cleanup remove = [&path] {
    // New and empty: nothing is in the way.
    RemoveCgroup(path, absl::ZeroDuration()).IgnoreError();
  };
  if (run.v2 && members == CgroupMembers::kThreads) {
    KTSTR_RETURN_IF_ERROR(WriteCgroupFile(path + "/cgroup.type", "threaded"));
  }
  KTSTR_RETURN_IF_ERROR(folders_.Add(hierarchy, run.v2, path));
  std::move(remove).Cancel();
  return folders_.Find(path);
}

ScopedCgroup::~ScopedCgroup() {
  // What stays is stale for a later run.
  Remove().IgnoreError();
}

bool ScopedCgroup::has_cpu() const {
  return std::find(controllers_.begin(), controllers_.end(), "cpu") !=
         controllers_.end();
}

absl::Status ScopedCgroup::Remove(absl::Duration patience) {
  // Of members that made some for themselves and were killed.
  for (const CgroupFolders::Folder& folder : folders_.all()) {
    RemoveStaleBelow(/*root=*/"", folder.path);
  }
  return folders_.RemoveAll(patience);
}

}  // namespace ktstr
