// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Checks cgroups against cgroup v2 of a real kernel, of which the machines that
// build have none to spare. The guest's first process (rdinit=): when all holds
// it becomes ktstr, otherwise it ends, and with it the guest. It writes its
// lines to the kernel's log. Only to be used in a guest.

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/child.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/spin.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cgroup/cgroup_files.h"
#include "ktstr/cgroup/cgroup_spec.h"
#include "ktstr/cgroup/cgroup_stats.h"
#include "ktstr/cgroup/cgroup_tree.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/cgroup/scoped_cgroup.h"
#include "ktstr/vm/guest/mounts.h"

namespace ktstr {
namespace {

constexpr char kRoot[] = "/sys/fs/cgroup";
constexpr char kMiddle[] = "/sys/fs/cgroup/middle";
constexpr uid_t kNobody = 65534;
constexpr int kSpins = 1000;
constexpr absl::string_view kControllers[] = {"cpu", "cpuset", "memory"};

// The log takes few lines a second of each that opened it, so it is opened for
// each line; who may not do that has the first one's.
void Say(absl::string_view line) {
  static const absl::StatusOr<Fd> first = OpenFile("/dev/kmsg", O_WRONLY);
  const absl::StatusOr<Fd> own = OpenFile("/dev/kmsg", O_WRONLY);
  const absl::StatusOr<Fd>& log = own.ok() ? own : first;
  // <1> is an alert, which the console shows also when it is quiet.
  if (log.ok()) {
    WriteAll(log->get(), absl::StrCat("<1>cgroup_guest_check: ", line))
        .IgnoreError();
  }
}

absl::Status Expect(bool holds, absl::string_view what) {
  return holds ? absl::OkStatus() : absl::InternalError(what);
}

double Ms(int64_t ns) { return static_cast<double>(ns) / 1e6; }

int64_t NowNs() {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);  // Cannot fail.
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

void SleepMs(int64_t ms) {
  const int64_t end = NowNs() + ms * 1'000'000;
  while (NowNs() < end) usleep(1000);
}

// The line of v2, "" if there is none.
std::string OwnCgroup() {
  return ReadFileTrimmed("/proc/thread-self/cgroup").value_or("");
}

int Hog() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  while (true) Spin(kSpins);
}

absl::StatusOr<CgroupTree> NewTree(absl::string_view given = "") {
  KTSTR_ASSIGN_OR_RETURN(CgroupHierarchy hierarchy, CgroupHierarchy::Read());
  return CgroupTree::Create(std::move(hierarchy), given);
}

absl::StatusOr<ScopedCgroup> NewCgroup(
    CgroupTree& tree, absl::string_view text,
    CgroupMembers members = CgroupMembers::kProcesses) {
  KTSTR_ASSIGN_OR_RETURN(const std::vector<CgroupSpec> specs,
                         ParseCgroups(text));
  KTSTR_ASSIGN_OR_RETURN(ScopedCgroup cgroup,
                         ScopedCgroup::Create(tree, specs.front(), members));
  for (const AppliedControl& control : cgroup.applied()) {
    Say(absl::StrCat(control.name, ": asked ", control.asked, ", got ",
                     control.got, ", ", control.file,
                     control.kept ? "" : ", NOT KEPT: ", control.why));
  }
  return cgroup;
}

absl::Status ExpectKept(const ScopedCgroup& cgroup) {
  for (const AppliedControl& control : cgroup.applied()) {
    // Kernels without CONFIG_UCLAMP_TASK_GROUP have no such file.
    if (absl::StrContains(control.file, "uclamp") && control.error == ENOENT) {
      continue;
    }
    KTSTR_RETURN_IF_ERROR(Expect(control.kept, control.why));
  }
  return absl::OkStatus();
}

absl::Status ControlsAreKeptAndUndone() {
  KTSTR_ASSIGN_OR_RETURN(CgroupTree tree, NewTree());
  Say(absl::StrJoin(tree.hierarchy().Describe(), "; "));
  KTSTR_ASSIGN_OR_RETURN(
      ScopedCgroup cgroup,
      NewCgroup(tree,
                "a:weight=300:max=50%:cpus=0:mems=0:uclamp_min=20:"
                "uclamp_max=100:memory=64M"));
  KTSTR_RETURN_IF_ERROR(ExpectKept(cgroup));
  KTSTR_ASSIGN_OR_RETURN(ScopedCgroup lazy, NewCgroup(tree, "b:weight=idle"));
  KTSTR_RETURN_IF_ERROR(ExpectKept(lazy));
  const std::string control = absl::StrCat(kRoot, "/cgroup.subtree_control");
  KTSTR_ASSIGN_OR_RETURN(const std::string during, ReadFile(control));
  KTSTR_RETURN_IF_ERROR(Expect(absl::StrContains(during, "memory"), during));
  KTSTR_RETURN_IF_ERROR(cgroup.Remove());
  KTSTR_RETURN_IF_ERROR(lazy.Remove());
  KTSTR_RETURN_IF_ERROR(tree.Remove());
  KTSTR_ASSIGN_OR_RETURN(const std::string after, ReadFileTrimmed(control));
  return Expect(after.empty(), absl::StrCat(control, " says ", after));
}

absl::Status ImpossibleIsTold() {
  KTSTR_ASSIGN_OR_RETURN(CgroupTree tree, NewTree());
  KTSTR_ASSIGN_OR_RETURN(ScopedCgroup cgroup, NewCgroup(tree, "a:cpus=4095"));
  return Expect(!cgroup.applied().at(0).kept, "4095 CPUs?");
}

absl::Status ChildrenAreBornInside() {
  KTSTR_ASSIGN_OR_RETURN(CgroupTree tree, NewTree());
  KTSTR_ASSIGN_OR_RETURN(ScopedCgroup cgroup, NewCgroup(tree, "a"));
  KTSTR_ASSIGN_OR_RETURN(
      Child child, Child::Spawn(
                       [] {
                         return absl::StartsWith(OwnCgroup(), "0::/ktstr.") &&
                                        absl::EndsWith(OwnCgroup(), "/a")
                                    ? 0
                                    : 1;
                       },
                       cgroup.folders().dirfd()));
  KTSTR_ASSIGN_OR_RETURN(const ChildEnd end, child.Reap());
  KTSTR_RETURN_IF_ERROR(Expect(end.value == 0, "born elsewhere"));
  // The folder of the run hands controllers down: nobody can live in it, unless
  // they are only such as threads can have, cpu and cpuset.
  KTSTR_ASSIGN_OR_RETURN(const CgroupPlace run, tree.Provide("memory"));
  KTSTR_ASSIGN_OR_RETURN(const Fd fd,
                         OpenFile(run.folder, O_RDONLY | O_DIRECTORY));
  const auto refused = Child::Spawn([] { return 0; }, fd.get());
  Say(refused.status().message());
  return Expect(ErrnoOf(refused.status()) == EBUSY, "born in a parent");
}

// Two hogs in each of two cgroups, all free on the CPUs of `list`, or one of
// each cgroup on each of CPUs 0 and 1. Free ones on more than one CPU may stay
// together for long, and the shares go by what meets on a CPU.
absl::Status SharesFollowWeights(absl::string_view list, bool pinned,
                                 double tolerance) {
  KTSTR_ASSIGN_OR_RETURN(CgroupTree tree, NewTree());
  KTSTR_ASSIGN_OR_RETURN(
      ScopedCgroup a,
      NewCgroup(tree, absl::StrCat("a:weight=100:cpus=", list)));
  KTSTR_ASSIGN_OR_RETURN(
      ScopedCgroup b,
      NewCgroup(tree, absl::StrCat("b:weight=300:cpus=", list)));
  std::vector<Child> hogs;
  for (const ScopedCgroup* cgroup : {&a, &b, &a, &b}) {
    KTSTR_ASSIGN_OR_RETURN(Child hog,
                           Child::Spawn(Hog, cgroup->folders().dirfd()));
    const uint32_t cpu = hogs.size() / 2;
    if (pinned) KTSTR_RETURN_IF_ERROR(SetAffinity(hog.pid(), CpuSet({cpu})));
    hogs.push_back(std::move(hog));
  }
  SleepMs(200);
  const CgroupStats a_before = a.folders().Read();
  const CgroupStats b_before = b.folders().Read();
  SleepMs(4000);
  const CgroupStats a_used = a.folders().Read() - a_before;
  const CgroupStats b_used = b.folders().Read() - b_before;
  KTSTR_RETURN_IF_ERROR(Expect(a_used.usage_known, "no usage"));
  const double share =
      Ms(b_used.usage_ns) / Ms(a_used.usage_ns + b_used.usage_ns);
  Say(absl::StrFormat(
      "weights 100:300 on %s%s: %.1f ms, %.1f ms: share %.4f; "
      "pressure %d: %.1f ms",
      list, pinned ? " pinned" : "", Ms(a_used.usage_ns), Ms(b_used.usage_ns),
      share, a_used.pressure_known, Ms(a_used.some_stalled_ns)));
  return Expect(std::fabs(share - 0.75) < 0.75 * tolerance, "unfair");
}

absl::Status QuotaThrottles() {
  KTSTR_ASSIGN_OR_RETURN(CgroupTree tree, NewTree());
  KTSTR_ASSIGN_OR_RETURN(ScopedCgroup cgroup, NewCgroup(tree, "a:max=50%"));
  KTSTR_ASSIGN_OR_RETURN(Child hog,
                         Child::Spawn(Hog, cgroup.folders().dirfd()));
  const int64_t begin = NowNs();
  const CgroupStats before = cgroup.folders().Read();
  SleepMs(2000);
  const CgroupStats used = cgroup.folders().Read() - before;
  const double share = Ms(used.usage_ns) / Ms(NowNs() - begin);
  Say(absl::StrFormat("max=50%%: share %.3f, throttled %d of %d, %.1f ms",
                      share, used.throttled_periods, used.periods,
                      Ms(used.throttled_ns)));
  return Expect(used.bandwidth_known && used.throttled_periods > 0 &&
                    share > 0.3 && share < 0.6,
                "no quota");
}

absl::Status ThreadsGoApart() {
  KTSTR_ASSIGN_OR_RETURN(CgroupTree tree, NewTree());
  KTSTR_ASSIGN_OR_RETURN(ScopedCgroup cgroup,
                         NewCgroup(tree, "t:weight=200:cpus=0:memory=64M",
                                   CgroupMembers::kThreads));
  KTSTR_RETURN_IF_ERROR(Expect(cgroup.applied().at(0).kept &&
                                   cgroup.applied().at(1).kept &&
                                   !cgroup.applied().at(2).kept,
                               "memory of threads?"));
  KTSTR_RETURN_IF_ERROR(tree.EnterForThreads());
  absl::Status inside;
  std::thread([&] {
    inside = cgroup.folders().AddThread(gettid());
    if (!inside.ok()) return;
    inside = Expect(absl::EndsWith(OwnCgroup(), "/t"), OwnCgroup());
  }).join();
  KTSTR_RETURN_IF_ERROR(inside);
  KTSTR_RETURN_IF_ERROR(cgroup.Remove());
  KTSTR_RETURN_IF_ERROR(tree.Remove());
  return Expect(absl::string_view(OwnCgroup()) == "0::/", OwnCgroup());
}

absl::Status DeadOwnersAreCleanedUp() {
  KTSTR_ASSIGN_OR_RETURN(CgroupTree tree, NewTree());
  KTSTR_ASSIGN_OR_RETURN(const ScopedCgroup live, NewCgroup(tree, "live"));
  KTSTR_ASSIGN_OR_RETURN(Child child, Child::Spawn([] {
                           absl::StatusOr<CgroupTree> other = NewTree();
                           if (!other.ok() || !NewCgroup(*other, "x").ok())
                             return 1;
                           absl::StatusOr<ScopedCgroup> left =
                               NewCgroup(*other, "left");
                           if (!left.ok()) return 1;
                           _exit(0);
                         }));
  KTSTR_RETURN_IF_ERROR(child.Reap().status());
  const StaleCgroups stale = RemoveStaleCgroups(tree.hierarchy());
  Say(absl::StrCat("stale: ", absl::StrJoin(stale.removed, " "), "; kept ",
                   absl::StrJoin(stale.kept, " ")));
  KTSTR_RETURN_IF_ERROR(Expect(stale.removed.size() == 2, "wrong number"));
  return Expect(live.folders().Read().usage_known, "the live one is gone");
}

// This process in MIDDLE/own; MIDDLE has none.
absl::Status GoBelowMiddle() {
  const std::string own = absl::StrCat(kMiddle, "/own");
  for (const absl::string_view controller : kControllers) {
    KTSTR_RETURN_IF_ERROR(
        WriteCgroupFile(absl::StrCat(kRoot, "/cgroup.subtree_control"),
                        absl::StrCat("+", controller)));
  }
  KTSTR_RETURN_IF_ERROR(MakeCgroup(kMiddle));
  KTSTR_RETURN_IF_ERROR(MakeCgroup(own));
  return WriteCgroupFile(own + "/cgroup.procs", "0");
}

absl::Status TreeGoesBeside() {
  KTSTR_RETURN_IF_ERROR(GoBelowMiddle());
  {
    KTSTR_ASSIGN_OR_RETURN(CgroupTree tree, NewTree());
    KTSTR_ASSIGN_OR_RETURN(ScopedCgroup a,
                           NewCgroup(tree, "a:weight=7:cpus=0:memory=64M"));
    KTSTR_RETURN_IF_ERROR(ExpectKept(a));
    KTSTR_ASSIGN_OR_RETURN(const CgroupPlace run, tree.Provide("cpu"));
    KTSTR_RETURN_IF_ERROR(
        Expect(absl::StartsWith(run.folder, absl::StrCat(kMiddle, "/ktstr.")),
               run.folder));
    KTSTR_ASSIGN_OR_RETURN(Child hog, Child::Spawn(Hog));
    KTSTR_RETURN_IF_ERROR(a.folders().AddProcess(hog.pid()));
  }
  // Its neighbour, own, had been there without.
  const std::string control = absl::StrCat(kMiddle, "/cgroup.subtree_control");
  const std::string left = ReadFileTrimmed(control).value_or("unknown");
  KTSTR_RETURN_IF_ERROR(Expect(left.empty(), "not undone: " + left));
  KTSTR_RETURN_IF_ERROR(WriteCgroupFile(control, "+cpu"));
  KTSTR_ASSIGN_OR_RETURN(CgroupTree full, NewTree("/middle/own"));
  const auto refused = full.Provide("cpu");
  Say(refused.status().message());
  return Expect(!refused.ok() && absl::StrContains(refused.status().message(),
                                                   "is in that cgroup itself"),
                "processes and controllers");
}

absl::Status OthersNeedDelegation() {
  KTSTR_RETURN_IF_ERROR(GoBelowMiddle());
  const auto provide = [](absl::string_view given) {
    return Child::Spawn([given] {
      if (setresuid(kNobody, kNobody, kNobody) != 0) return 2;
      absl::StatusOr<CgroupTree> tree = NewTree(given);
      if (!tree.ok()) return 3;
      const absl::StatusOr<ScopedCgroup> made =
          NewCgroup(*tree, "a:weight=5:cpus=0");
      Say(absl::StrCat("as nobody: ", made.status().ToString()));
      if (!made.ok()) return 1;
      const absl::StatusOr<Child> born =
          Child::Spawn([] { return 0; }, made->folders().dirfd());
      Say(absl::StrCat("as nobody: born: ", born.status().ToString()));
      return born.ok() && ExpectKept(*made).ok() ? 0 : 4;
    });
  };
  KTSTR_ASSIGN_OR_RETURN(Child before, provide(""));
  KTSTR_ASSIGN_OR_RETURN(const ChildEnd refused, before.Reap());
  KTSTR_RETURN_IF_ERROR(Expect(refused.value == 1, "not refused"));
  for (const char* file : {"", "/cgroup.procs", "/cgroup.subtree_control",
                           "/cgroup.threads", "/own/cgroup.procs"}) {
    if (chown(absl::StrCat(kMiddle, file).c_str(), kNobody, kNobody) != 0) {
      return PosixError("chown");
    }
  }
  KTSTR_ASSIGN_OR_RETURN(Child after, provide(""));
  KTSTR_ASSIGN_OR_RETURN(const ChildEnd allowed, after.Reap());
  return Expect(allowed.value == 0, "refused in spite of delegation");
}

absl::Status NamespacesHideWhatIsAbove() {
  KTSTR_RETURN_IF_ERROR(GoBelowMiddle());
  if (unshare(CLONE_NEWCGROUP | CLONE_NEWNS) != 0) return PosixError("unshare");
  for (const bool remounted : {false, true}) {
    if (remounted && (mount("", "/", "", MS_REC | MS_PRIVATE, "") != 0 ||
                      umount2(kRoot, MNT_DETACH) != 0 ||
                      mount("c", kRoot, "cgroup2", 0, "") != 0)) {
      return PosixError("mount(cgroup2)");
    }
    KTSTR_ASSIGN_OR_RETURN(const CgroupHierarchy seen, CgroupHierarchy::Read());
    const auto refused = seen.PlaceFor("cpu");
    Say(refused.status().message());
    KTSTR_RETURN_IF_ERROR(
        Expect(!refused.ok() &&
                   absl::StrContains(refused.status().message(),
                                     remounted ? "root of a cgroup namespace"
                                               : "another cgroup namespace"),
               "not told"));
  }
  return absl::OkStatus();
}

// Leaves the guest as it was: no cgroups, no controllers handed down.
absl::Status CleanUp() {
  RemoveCgroup(absl::StrCat(kMiddle, "/own"), absl::Seconds(1)).IgnoreError();
  RemoveCgroup(kMiddle, absl::Seconds(1)).IgnoreError();
  const std::string control = absl::StrCat(kRoot, "/cgroup.subtree_control");
  KTSTR_ASSIGN_OR_RETURN(const std::string words, ReadFile(control));
  for (const absl::string_view controller :
       absl::StrSplit(words, absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
    KTSTR_RETURN_IF_ERROR(
        WriteCgroupFile(control, absl::StrCat("-", controller)));
  }
  const std::vector<std::string> left = CgroupsBelow(kRoot);
  return Expect(left.empty(), absl::StrCat("left: ", absl::StrJoin(left, " ")));
}

struct GuestCheck {
  const char* name;
  std::function<absl::Status()> body;
};

// Each in a process of its own, which may change what it likes of itself.
bool Holds(const GuestCheck& check) {
  absl::StatusOr<Child> child = Child::Spawn([&check] {
    const absl::Status outcome = check.body();
    Say(absl::StrCat(outcome.ok() ? "ok " : "NOT OK ", check.name, " ",
                     outcome.message()));
    return outcome.ok() ? 0 : 1;
  });
  if (!child.ok()) return false;
  const absl::StatusOr<ChildEnd> end = child->Reap();
  const absl::Status clean = CleanUp();
  if (!clean.ok()) Say(absl::StrCat("NOT OK after it: ", clean.message()));
  return end.ok() && end->kind == ChildEnd::kExited && end->value == 0 &&
         clean.ok();
}

bool AllHold() {
  const GuestCheck checks[] = {
      {"controls_are_kept_and_undone", ControlsAreKeptAndUndone},
      {"impossible_is_told", ImpossibleIsTold},
      {"children_are_born_inside", ChildrenAreBornInside},
      {"shares_on_one_cpu",
       [] { return SharesFollowWeights("0", /*pinned=*/false, 0.05); }},
      {"shares_on_two_cpus",
       [] { return SharesFollowWeights("0-1", /*pinned=*/true, 0.05); }},
      {"shares_of_free_ones",
       [] { return SharesFollowWeights("0-1", /*pinned=*/false, 0.25); }},
      {"quota_throttles", QuotaThrottles},
      {"threads_go_apart", ThreadsGoApart},
      {"dead_owners_are_cleaned_up", DeadOwnersAreCleanedUp},
      {"tree_goes_beside", TreeGoesBeside},
      {"others_need_delegation", OthersNeedDelegation},
      {"namespaces_hide_what_is_above", NamespacesHideWhatIsAbove},
  };
  for (const std::string& trouble : MountGuest()) Say(trouble);
  Say("begin");
  // From nothing handed down.
  if (!CleanUp().ok()) return false;
  bool all = true;
  for (const GuestCheck& check : checks) all = Holds(check) && all;
  return all;
}

}  // namespace
}  // namespace ktstr

int main(int, char** argv) {
  if (getpid() != 1 || !ktstr::AllHold()) return EXIT_FAILURE;
  ktstr::Say("all hold");
  argv[0] = strdup("/ktstr");
  execv(argv[0], argv);
  return EXIT_FAILURE;
}
