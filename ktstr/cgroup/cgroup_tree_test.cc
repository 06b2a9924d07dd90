// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cgroup/cgroup_tree.h"

#include <unistd.h>

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/cgroup/cgroup_files.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Above every PID that there can be (PID_MAX_LIMIT is 2^22).
constexpr int kNoPid = 5'000'000;
constexpr int kStart = 4711;

std::string StatOf(absl::string_view comm) {
  return absl::StrCat("77 (", comm,
                      ") S 1 77 77 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 ",
                      kStart, " 0 0\n");
}

// One v1 hierarchy at /cg, in folders that are no cgroups.
class CgroupTreeTest : public testing::Test {
 protected:
  CgroupTreeTest() {
    root_.Write("proc/self/cgroup", "1:cpu:/\n");
    root_.Write("proc/self/mountinfo", "1 2 0:1 / /cg rw - cgroup c rw,cpu\n");
    root_.Write("proc/self/stat", StatOf("a ) b"));
    root_.Write("cg/cgroup.procs", "");
  }

  CgroupHierarchy Hierarchy() const {
    return CgroupHierarchy::Read(root_.path()).value();
  }
  std::string Folder(absl::string_view name) const {
    return absl::StrCat(root_.path(), "/cg/", name);
  }
  std::string Made(absl::string_view name) const {
    EXPECT_THAT(MakeCgroup(Folder(name)), IsOk());
    return Folder(name);
  }

  TempDir root_;
};

TEST_F(CgroupTreeTest, IsNamedAfterItsOwner) {
  absl::StatusOr<CgroupTree> tree = CgroupTree::Create(Hierarchy());
  ASSERT_THAT(tree, IsOk());
  EXPECT_THAT(CgroupsBelow(root_.path() + "/cg"), IsEmpty());
  const std::string folder =
      Folder(absl::StrCat("ktstr.", getpid(), ".", kStart));
  EXPECT_EQ(tree->Provide("cpu")->folder, folder);
  EXPECT_EQ(tree->Provide("cpu")->folder, folder);
  EXPECT_THAT(CgroupsBelow(root_.path() + "/cg"), ElementsAre(folder));
}

TEST_F(CgroupTreeTest, IsGoneAfterwards) {
  {
    CgroupTree tree = CgroupTree::Create(Hierarchy()).value();
    ASSERT_THAT(tree.Provide("cpu"), IsOk());
    const CgroupTree moved = std::move(tree);
  }
  EXPECT_THAT(CgroupsBelow(root_.path() + "/cg"), IsEmpty());
}

TEST_F(CgroupTreeTest, TellsWhatCannotBeRemoved) {
  CgroupTree tree = CgroupTree::Create(Hierarchy()).value();
  const std::string folder = tree.Provide("cpu")->folder;
  ASSERT_THAT(MakeCgroup(folder + "/left"), IsOk());
  EXPECT_THAT(tree.Remove(), Not(IsOk()));
}

TEST_F(CgroupTreeTest, ProvidesWhatThereIs) {
  CgroupTree tree = CgroupTree::Create(Hierarchy()).value();
  EXPECT_THAT(tree.Provide("memory"), Not(IsOk()));
  EXPECT_THAT(CgroupsBelow(root_.path() + "/cg"), IsEmpty());
}

TEST_F(CgroupTreeTest, StaleOnesGoWithWhatIsInThem) {
  const std::string dead = Made(absl::StrCat("ktstr.", kNoPid, ".1"));
  const std::string inner = dead + "/a";
  ASSERT_THAT(MakeCgroup(inner), IsOk());
  const StaleCgroups stale = RemoveStaleCgroups(Hierarchy());
  EXPECT_THAT(stale.removed, ElementsAre(inner, dead));
  EXPECT_THAT(stale.kept, IsEmpty());
  EXPECT_THAT(CgroupsBelow(root_.path() + "/cg"), IsEmpty());
}

TEST_F(CgroupTreeTest, LabelsMakeRoomForSeveral) {
  CgroupTree tree = CgroupTree::Create(Hierarchy()).value();
  CgroupTree other = CgroupTree::Create(Hierarchy(), "", "other").value();
  const std::string folder = tree.Provide("cpu")->folder;
  EXPECT_EQ(other.Provide("cpu")->folder, folder + ".other");
  const std::string dead = Made(absl::StrCat("ktstr.", kNoPid, ".1.other.0"));
  EXPECT_THAT(RemoveStaleBelow(root_.path(), root_.path() + "/cg").removed,
              Contains(dead));
  EXPECT_EQ(NameOfOwnCgroup(root_.path(), "x").value(),
            absl::StrCat("ktstr.", getpid(), ".", kStart, ".x"));
}

TEST_F(CgroupTreeTest, OwnersAreKnownByTheirStart) {
  root_.Write("proc/77/stat", StatOf("ktstr"));
  const std::string live = Made(absl::StrCat("ktstr.77.", kStart));
  const std::string reused = Made(absl::StrCat("ktstr.77.", kStart - 1));
  EXPECT_THAT(RemoveStaleCgroups(Hierarchy()).removed, ElementsAre(reused));
  EXPECT_THAT(CgroupsBelow(root_.path() + "/cg"), ElementsAre(live));
}

TEST_F(CgroupTreeTest, InDoubtNothingIsStale) {
  root_.Write("proc/77/stat", "77 (mangled");
  Made("ktstr.77.1");
  // Hidden in /proc, but there.
  Made(absl::StrCat("ktstr.", getpid(), ".1"));
  for (const char* name :
       {"ktstr", "ktstr.1", "ktstr.5000000.x", "ktstr.5000000.x.1",
        "ktstr.-5.1", "ktstr.0.1", "other.5000000.1", "ktstr.5000000."}) {
    Made(name);
  }
  const StaleCgroups stale = RemoveStaleCgroups(Hierarchy());
  EXPECT_THAT(stale.removed, IsEmpty());
  EXPECT_THAT(stale.kept, IsEmpty());
}

TEST_F(CgroupTreeTest, WhatIsInUseIsKeptAndTold) {
  const std::string dead = Made(absl::StrCat("ktstr.", kNoPid, ".1"));
  // As a process would be in the way of a real one's removal.
  root_.Write(absl::StrCat("cg/ktstr.", kNoPid, ".1/file"), "");
  EXPECT_THAT(RemoveStaleCgroups(Hierarchy()).kept,
              ElementsAre(HasSubstr(dead)));
}

}  // namespace
}  // namespace ktstr
