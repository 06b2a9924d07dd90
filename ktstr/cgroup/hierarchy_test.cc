// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cgroup/hierarchy.h"

#include <sys/types.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr uid_t kNobody = 65534;

// A host under a folder of ours.
class FakeCgroups {
 public:
  // `own` and `mounts` are the texts of /proc/self/cgroup and mountinfo.
  FakeCgroups(absl::string_view own, absl::string_view mounts) {
    root_.Write("proc/self/cgroup", own);
    root_.Write("proc/self/mountinfo", mounts);
  }

  // A cgroup of v2. Only the root has no type.
  void AddV2(absl::string_view folder, absl::string_view controllers,
             absl::string_view handed_down, absl::string_view processes,
             bool is_root = false) {
    const std::string path = absl::StrCat(folder.substr(1), "/cgroup.");
    root_.Write(path + "controllers", absl::StrCat(controllers, "\n"));
    root_.Write(path + "subtree_control", absl::StrCat(handed_down, "\n"));
    root_.Write(path + "procs", processes);
    if (!is_root) root_.Write(path + "type", "domain\n");
  }
  void AddFolder(absl::string_view folder) {
    root_.Write(absl::StrCat(folder.substr(1), "/cgroup.procs"), "");
  }

  CgroupHierarchy Read() const {
    absl::StatusOr<CgroupHierarchy> read = CgroupHierarchy::Read(root_.path());
    EXPECT_THAT(read, IsOk());
    return read.ok() ? *std::move(read) : CgroupHierarchy();
  }
  const std::string& root() const { return root_.path(); }
  std::string Path(absl::string_view folder) const {
    return absl::StrCat(root(), folder);
  }

 private:
  TempDir root_;
};

constexpr char kV2Mount[] =
    "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 "
    "rw,nsdelegate,memory_recursiveprot\n";

// A login on a systemd host.
class SystemdHost : public FakeCgroups {
 public:
  SystemdHost() : FakeCgroups("0::/user.slice/run.scope\n", kV2Mount) {
    AddV2("/sys/fs/cgroup", "cpuset cpu io memory", "cpu memory", "1\n",
          /*is_root=*/true);
    AddV2("/sys/fs/cgroup/user.slice", "cpu memory", "memory", "");
    AddV2("/sys/fs/cgroup/user.slice/run.scope", "memory", "", "7\n");
  }
};

auto IsAt(bool v2, const std::string& folder, bool enable) {
  return IsOkAndHolds(AllOf(Field(&CgroupPlace::v2, v2),
                            Field(&CgroupPlace::folder, folder),
                            Field(&CgroupPlace::enable, enable)));
}

TEST(CgroupHierarchyTest, ReadsV1AndHybrid) {
  FakeCgroups host(
      "4:memory:/box\n2:cpu,cpuacct:/box\n1:name=systemd:/\n0::/\n",
      "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup "
      "rw,name=systemd\n"
      "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup "
      "rw,cpu,cpuacct\n"
      "35 31 0:32 /box /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
      "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
      "42 31 0:39 / /sys rw - sysfs sysfs rw\n");
  host.AddFolder("/sys/fs/cgroup/cpu,cpuacct/box");
  host.AddFolder("/sys/fs/cgroup/memory");
  host.AddV2("/sys/fs/cgroup/unified", "hugetlb", "", "1\n", /*is_root=*/true);
  const CgroupHierarchy read = host.Read();
  EXPECT_THAT(read.mounts(), SizeIs(4));
  EXPECT_THAT(read.PlaceFor("cpu"),
              IsAt(false, host.Path("/sys/fs/cgroup/cpu,cpuacct/box"), false));
  EXPECT_EQ(read.V1Of("cpu"), read.V1Of("cpuacct"));
  EXPECT_THAT(read.PlaceFor("memory"),
              IsAt(false, host.Path("/sys/fs/cgroup/memory"), false));
  EXPECT_THAT(read.PlaceFor(""),
              IsAt(true, host.Path("/sys/fs/cgroup/unified"), false));
  EXPECT_THAT(read.PlaceFor("cpuset"),
              StatusIs(absl::StatusCode::kUnimplemented,
                       AllOf(HasSubstr("unified/cgroup.controllers"),
                             Not(HasSubstr("\n")))));
}

TEST(CgroupHierarchyTest, RootOfV2HoldsProcessesAndControllers) {
  FakeCgroups host("0::/\n", kV2Mount);
  host.AddV2("/sys/fs/cgroup", "cpuset cpu", "cpu", "1\n2\n",
             /*is_root=*/true);
  const std::string top = host.Path("/sys/fs/cgroup");
  EXPECT_TRUE(host.Read().v2()->nsdelegate);
  EXPECT_THAT(host.Read().PlaceFor("cpu"), IsAt(true, top, false));
  EXPECT_THAT(host.Read().PlaceFor("cpuset"), IsAt(true, top, true));
}

TEST(CgroupHierarchyTest, TreesOfV2AreBesideTheOwnCgroup) {
  const SystemdHost host;
  const std::string above = host.Path("/sys/fs/cgroup/user.slice");
  EXPECT_THAT(host.Read().PlaceFor("memory"), IsAt(true, above, false));
  EXPECT_THAT(host.Read().PlaceFor("cpu"), IsAt(true, above, true));
}

TEST(CgroupHierarchyTest, TellsWhichCgroupDoesNotHandDown) {
  const SystemdHost host;
  EXPECT_THAT(
      host.Read().PlaceFor("cpuset"),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(StartsWith(host.Path("/sys/fs/cgroup/cgroup.subtree")),
                     HasSubstr("systemd-run --user --scope -p Delegate=yes"),
                     HasSubstr("lacks cpuset"))));
}

TEST(CgroupHierarchyTest, TellsWhatIsNobodys) {
  EXPECT_THAT(SystemdHost().Read().PlaceFor("pids"),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("no controller pids")));
}

TEST(CgroupHierarchyTest, GivenCgroupsHaveNoProcesses) {
  SystemdHost host;
  host.AddV2("/sys/fs/cgroup/full", "cpu memory", "", "8\n9\n");
  host.AddV2("/sys/fs/cgroup/free", "cpu memory", "", "");
  const CgroupHierarchy read = host.Read();
  EXPECT_THAT(read.PlaceFor("cpu", "/full"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("2 processes are in that cgroup"),
                             HasSubstr("full/cgroup.subtree_control"))));
  const std::string free = host.Path("/sys/fs/cgroup/free");
  for (const char* given : {"/free", "free", "/free/", "/sys/fs/cgroup/free"}) {
    EXPECT_THAT(read.PlaceFor("cpu", given), IsAt(true, free, true)) << given;
  }
  EXPECT_THAT(read.PlaceFor("cpu", "/none"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("cgroup/none")));
  EXPECT_THAT(read.PlaceFor("cpu", "/../etc"), Not(IsOk()));
}

TEST(CgroupHierarchyTest, FoldersOfOneHierarchyStandForAll) {
  FakeCgroups host("2:cpu:/\n1:memory:/\n",
                   "1 2 0:1 / /cg/cpu rw - cgroup c rw,cpu\n"
                   "1 2 0:1 / /cg/memory rw - cgroup c rw,memory\n");
  host.AddFolder("/cg/cpu/x");
  host.AddFolder("/cg/memory/x");
  for (const char* given : {"/cg/cpu/x", "/cg/memory/x", "x"}) {
    EXPECT_THAT(host.Read().PlaceFor("memory", given),
                IsAt(false, host.Path("/cg/memory/x"), false))
        << given;
  }
}

TEST(CgroupHierarchyTest, ExistingOnesAreFoundWhereTheyAre) {
  FakeCgroups host("3:cpu,cpuacct:/\n2:memory:/\n1:freezer:/\n",
                   "1 2 0:1 / /cg/cpu rw - cgroup c rw,cpu,cpuacct\n"
                   "1 2 0:1 / /cg/memory rw - cgroup c rw,memory\n"
                   "1 2 0:1 / /cg/freezer rw - cgroup c rw,freezer\n");
  host.AddFolder("/cg/cpu/x");
  host.AddFolder("/cg/freezer/x");
  const CgroupHierarchy read = host.Read();
  for (const char* given : {"/cg/cpu/x/", "x"}) {
    EXPECT_THAT(read.Existing(given),
                IsOkAndHolds(ElementsAre(
                    Field(&CgroupPlace::folder, host.Path("/cg/cpu/x")))))
        << given;
  }
  EXPECT_THAT(read.Existing("y"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("'y'")));
}

TEST(CgroupHierarchyTest, ProcessesGoWhereNoControllersAreHandedDown) {
  SystemdHost host;
  host.AddV2("/sys/fs/cgroup/inner", "cpu memory", "memory", "");
  host.AddV2("/sys/fs/cgroup/full", "cpu memory", "", "8\n9\n");
  const CgroupHierarchy read = host.Read();
  EXPECT_THAT(read.Existing("/full"), IsOk());
  EXPECT_THAT(read.Existing("/"), IsOk());
  EXPECT_THAT(read.Existing("/inner"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("inner/cgroup.subtree_control hands")));
}

TEST(CgroupHierarchyTest, LinesAreThoseOfProc) {
  FakeCgroups host("4:memory:/box\n2:cpu,cpuacct:/box\n0::/\n",
                   "1 2 0:1 / /cg/cpu rw - cgroup c rw,cpu,cpuacct\n"
                   "1 2 0:1 /box /cg/memory rw - cgroup c rw,memory\n"
                   "1 2 0:1 / /cg rw - cgroup2 c rw\n");
  const CgroupHierarchy read = host.Read();
  EXPECT_EQ(read.LineOf(host.Path("/cg/cpu/a/b")), "cpu,cpuacct:/a/b");
  EXPECT_EQ(read.LineOf(host.Path("/cg/memory/a")), "memory:/box/a");
  EXPECT_EQ(read.LineOf(host.Path("/cg/a")), ":/a");
  EXPECT_EQ(read.LineOf(host.Path("/cg")), ":/");
  EXPECT_EQ(read.LineOf("/elsewhere"), "");
}

TEST(CgroupHierarchyTest, ContainersMountReadOnly) {
  FakeCgroups host("0::/\n",
                   "31 23 0:28 / /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n");
  host.AddV2("/sys/fs/cgroup", "cpu", "", "1\n");
  EXPECT_THAT(host.Read().PlaceFor(""),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("sys/fs/cgroup is mounted read-only")));
}

TEST(CgroupHierarchyTest, RootOfANamespaceIsNoRoot) {
  FakeCgroups host("0::/\n", kV2Mount);
  host.AddV2("/sys/fs/cgroup", "cpu", "", "1\n");
  EXPECT_THAT(host.Read().PlaceFor("cpu"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("root of a cgroup namespace")));
  EXPECT_THAT(host.Read().PlaceFor(""),
              IsAt(true, host.Path("/sys/fs/cgroup"), false));
}

TEST(CgroupHierarchyTest, OtherNamespacesAreTold) {
  const FakeCgroups host(
      "0::/docker/me\n",
      "31 23 0:28 /docker/you /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  EXPECT_THAT(host.Read().PlaceFor("cpu"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("/docker/me"), HasSubstr("/docker/you"),
                             HasSubstr("another cgroup namespace"))));
}

TEST(CgroupHierarchyTest, PrefersTheMountThatShowsTheOwnCgroup) {
  FakeCgroups host("0::/me\n",
                   "1 2 0:1 /you /one rw - cgroup2 c rw\n"
                   "1 2 0:1 /me /with\\040blank rw - cgroup2 c rw\n");
  host.AddV2("/with blank", "cpu", "", "1\n");
  EXPECT_THAT(host.Read().mounts(), SizeIs(1));
  EXPECT_EQ(host.Read().v2()->own_folder, host.Path("/with blank"));
}

TEST(CgroupHierarchyTest, NothingMountedIsTold) {
  const FakeCgroups host("0::/\n", "42 31 0:39 / /sys rw - sysfs sysfs rw\n");
  EXPECT_EQ(host.Read().v2(), nullptr);
  EXPECT_THAT(host.Read().PlaceFor("cpu"),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("/proc/self/mountinfo")));
  EXPECT_THAT(host.Read().Describe(),
              ElementsAre(StartsWith("cpu: none: cpu"),
                          StartsWith("cpuset: none: cpuset"),
                          StartsWith("memory: none: memory")));
}

TEST(CgroupHierarchyTest, MissingProcIsAnError) {
  const TempDir root;
  EXPECT_THAT(
      CgroupHierarchy::Read(root.path()),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("proc/self/cgroup")));
}

TEST(CgroupHierarchyTest, MangledLinesAreLeftOut) {
  const FakeCgroups host("nonsense\n:\n0:\n",
                         "\n-\n1 2 3 - cgroup2\n 1 2 3 4 5 6 - cgroup2 a b\n"
                         "1 2 0:1 /\\ /\\04 rw - cgroup2 c rw\n");
  EXPECT_THAT(host.Read().mounts(), SizeIs(0));
}

void LetOthersRead(const std::string& root) {
  namespace fs = std::filesystem;
  // The group stays root's.
  constexpr fs::perms kRead = fs::perms::others_read | fs::perms::others_exec |
                              fs::perms::group_read | fs::perms::group_exec;
  fs::permissions(root, kRead, fs::perm_options::add);
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    fs::permissions(entry.path(), kRead, fs::perm_options::add);
  }
}

// What a user finds who is not root, with `root` for all there is.
absl::StatusCode CodeForNobody(const std::string& root) {
  absl::StatusOr<Child> child = Child::Spawn([&root] {
    if (chroot(root.c_str()) != 0 || chdir("/") != 0 ||
        setresuid(kNobody, kNobody, kNobody) != 0) {
      return static_cast<int>(absl::StatusCode::kInternal);
    }
    const absl::StatusOr<CgroupHierarchy> read = CgroupHierarchy::Read();
    return static_cast<int>(read.ok() ? read->PlaceFor("cpu").status().code()
                                      : absl::StatusCode::kInternal);
  });
  return static_cast<absl::StatusCode>(child->Reap()->value);
}

TEST(CgroupHierarchyTest, UsersNeedDelegation) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const SystemdHost host;
  LetOthersRead(host.root());
  EXPECT_EQ(CodeForNobody(host.root()), absl::StatusCode::kPermissionDenied);
  const std::string slice = host.Path("/sys/fs/cgroup/user.slice");
  for (const char* file : {"", "/cgroup.procs", "/cgroup.subtree_control"}) {
    ASSERT_EQ(chown((slice + file).c_str(), kNobody, kNobody), 0);
  }
  EXPECT_EQ(CodeForNobody(host.root()), absl::StatusCode::kOk);
}

TEST(CgroupHierarchyTest, ThisHostIsDescribed) {
  const absl::StatusOr<CgroupHierarchy> read = CgroupHierarchy::Read();
  if (!read.ok()) GTEST_SKIP() << read.status();
  EXPECT_THAT(read->Describe(),
              ElementsAre(StartsWith("cpu: "), StartsWith("cpuset: "),
                          StartsWith("memory: ")));
}

}  // namespace
}  // namespace ktstr
