// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/user/user.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr UserIds kSomebody = {.uid = 4321, .gid = 8765};

void WriteFewUsers(const TempDir& root) {
  root.Write("etc/passwd",
             "root:x:0:0:root:/root:/bin/bash\n"
             "# a comment\n"
             "\n"
             "nobody:x:65534:65533:nobody:/:/usr/sbin/nologin\n"
             "broken:x:70\n"
             "odd:x:-3:5::/:\n"
             "large:x:4294967295:5::/:\n"
             "+@nis:x:::::\n"
             "cut:x:71:72");
  root.Write("etc/group",
             "root:x:0:\n"
             "audio:x:29:nobody,cut\n"
             "noid:x:\n");
}

TEST(ParseUserTest, ReadsNamesAndNumbers) {
  const TempDir root;
  WriteFewUsers(root);
  const auto read = [&root](absl::string_view text) {
    return ParseUser(text, root.path());
  };
  EXPECT_THAT(read("nobody"), IsOkAndHolds(UserIds{65534, 65533}));
  EXPECT_THAT(read("root"), IsOkAndHolds(UserIds{0, 0}));
  EXPECT_THAT(read("65534"), IsOkAndHolds(UserIds{65534, 65533}));
  EXPECT_THAT(read("nobody:audio"), IsOkAndHolds(UserIds{65534, 29}));
  EXPECT_THAT(read("nobody:7"), IsOkAndHolds(UserIds{65534, 7}));
  EXPECT_THAT(read("7:audio"), IsOkAndHolds(UserIds{7, 29}));
  EXPECT_THAT(read("1000:1001"), IsOkAndHolds(UserIds{1000, 1001}));
  EXPECT_THAT(read("4294967294:0"), IsOkAndHolds(UserIds{4294967294, 0}));
  EXPECT_THAT(read("cut"), IsOkAndHolds(UserIds{71, 72}));
}

TEST(ParseUserTest, TextIsReadBackAsItWas) {
  const UserIds ids = {4294967294, 65534};
  EXPECT_THAT(ParseUser(ids.ToText(), "/nowhere"), IsOkAndHolds(ids));
}

struct BadText {
  absl::string_view text;
  absl::string_view message;
};

constexpr BadText kBadTexts[] = {
    {"", "it takes NAME, UID, NAME:GROUP or UID:GID"},
    {":", "it takes NAME, UID"},
    {":5", "it takes NAME, UID"},
    {"nobody:", "it takes NAME, UID"},
    {"5:", "it takes NAME, UID"},
    {"5:5:5", "it takes NAME, UID"},
    {"nobdy",
     "no 'nobdy' in /etc/passwd (did you mean 'nobody'?); for those "
     "of elsewhere it takes UID:GID"},
    {"Root", "no 'Root' in /etc/passwd (did you mean 'root'?)"},
    {" root", "no ' root' in /etc/passwd"},
    {"root ", "no 'root ' in /etc/passwd"},
    {"broken", "no 'broken' in /etc/passwd"},
    {"odd", "no 'odd' in /etc/passwd"},
    {"large", "no 'large' in /etc/passwd"},
    {"+@nis", "no '+@nis' in /etc/passwd"},
    {"# a comment", "no '# a comment' in /etc/passwd"},
    {"-1", "no '-1' in /etc/passwd"},
    {"+5", "no '+5' in /etc/passwd"},
    {"1e3", "no '1e3' in /etc/passwd"},
    {"1000", "/etc/passwd has no group for UID 1000; it takes UID:GID"},
    {"4294967295", "'4294967295' is no id; it takes 0 .. 4294967294"},
    {"4294967296:1", "'4294967296' is no id"},
    {"1:4294967295", "'4294967295' is no id"},
    {"1:99999999999999999999", "'99999999999999999999' is no id"},
    {"nobody:adio", "no 'adio' in /etc/group (did you mean 'audio'?)"},
    {"1:noid", "no 'noid' in /etc/group"},
    {"1:-1", "no '-1' in /etc/group"},
};

TEST(ParseUserTest, RefusesInOneLine) {
  const TempDir root;
  WriteFewUsers(root);
  for (const BadText& bad : kBadTexts) {
    const absl::StatusOr<UserIds> ids = ParseUser(bad.text, root.path());
    EXPECT_THAT(ids, StatusIs(absl::StatusCode::kInvalidArgument)) << bad.text;
    EXPECT_THAT(
        std::string(ids.status().message()),
        AllOf(HasSubstr(absl::StrCat("user '", bad.text, "': ")),
              HasSubstr(std::string(bad.message)), Not(HasSubstr("\n"))));
  }
}

TEST(ParseUserTest, NamesNeedFilesAndNumbersDoNot) {
  const TempDir empty;
  EXPECT_THAT(ParseUser("1:2", empty.path()), IsOkAndHolds(UserIds{1, 2}));
  EXPECT_THAT(
      ParseUser("root", empty.path()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("etc/passwd")));
  EXPECT_THAT(
      ParseUser("1:root", empty.path()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("etc/group")));
}

// What `body`, in a process of its own, has to say.
std::string SaidBy(absl::FunctionRef<std::string()> body) {
  Pipe pipe = *MakePipe();
  absl::StatusOr<Child> child = Child::Spawn(
      [&] { return WriteAll(pipe.write_end.get(), body()).ok() ? 0 : 1; });
  EXPECT_THAT(child, IsOk());
  EXPECT_THAT(child->Reap(),
              IsOkAndHolds(testing::Field(&ChildEnd::value, Eq(0))));
  pipe.write_end.reset();  // Otherwise nothing said is waited for.
  char text[4096];
  const ssize_t got = read(pipe.read_end.get(), text, sizeof(text));
  return got < 0 ? "" : std::string(text, static_cast<size_t>(got));
}

// The words behind `name` in /proc/thread-self/status.
std::string StatusLine(absl::string_view name) {
  const absl::StatusOr<std::string> file = ReadFile("/proc/thread-self/status");
  if (!file.ok()) return std::string(file.status().message());
  for (absl::string_view line : absl::StrSplit(*file, '\n')) {
    if (!absl::ConsumePrefix(&line, absl::StrCat(name, ":"))) continue;
    return absl::StrJoin(
        absl::StrSplit(line, absl::ByAnyChar("\t "), absl::SkipEmpty()), " ");
  }
  return "";
}

std::string Identity() {
  return absl::StrCat(StatusLine("Uid"), ", ", StatusLine("Gid"), ", groups ",
                      StatusLine("Groups"));
}

constexpr char kSomebodysIdentity[] =
    "4321 4321 4321 4321, 8765 8765 8765 8765, groups 8765";

class BecomeUserTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    if (StatusLine("CapEff").find_first_not_of('0') == std::string::npos) {
      GTEST_SKIP() << "needs CAP_SETUID and CAP_SETGID";
    }
  }
};

TEST_F(BecomeUserTest, ChangesEveryIdAndGroup) {
  EXPECT_EQ(SaidBy([] {
              const gid_t groups[] = {1, 2, 3};
              if (setgroups(3, groups) != 0) return std::string("setgroups");
              const absl::Status status = BecomeUser(kSomebody, getppid());
              if (!status.ok()) return status.ToString();
              return absl::StrCat(Identity(), ", ", CurrentUser().ToText());
            }),
            absl::StrCat(kSomebodysIdentity, ", 4321:8765"));
}

TEST_F(BecomeUserTest, ChangesTheCallingThreadAlone) {
  EXPECT_EQ(SaidBy([] {
              std::string said;
              std::thread([&said] {
                const absl::Status status = BecomeUser(kSomebody, getppid());
                said = status.ok() ? Identity() : status.ToString();
              }).join();
              return absl::StrCat(said, "; ", StatusLine("Uid"), ", ",
                                  CurrentUser().ToText());
            }),
            absl::StrCat(kSomebodysIdentity, "; 0 0 0 0, 0:0"));
}

TEST_F(BecomeUserTest, KeepsNoCapability) {
  EXPECT_EQ(SaidBy([] {
              // Otherwise the kernel would keep them all.
              prctl(PR_SET_SECUREBITS, 1 << 2 /* NO_SETUID_FIXUP */);
              if (!BecomeUser(kSomebody, getppid()).ok()) return std::string();
              return absl::StrCat(StatusLine("CapPrm"), " ",
                                  StatusLine("CapEff"), " ",
                                  StatusLine("CapAmb"));
            }),
            "0000000000000000 0000000000000000 0000000000000000");
}

// The kernel forgets both when ids change.
TEST_F(BecomeUserTest, StillDiesWithItsParentAndOwnsItsFiles) {
  EXPECT_EQ(SaidBy([] {
              if (!BecomeUser(kSomebody, getppid()).ok()) return std::string();
              int signo = 0;
              prctl(PR_GET_PDEATHSIG, &signo);
              const bool is_own = OpenFile("/proc/self/io", O_RDONLY).ok();
              return absl::StrCat(signo == SIGKILL, " ", prctl(PR_GET_DUMPABLE),
                                  " ", is_own);
            }),
            "1 1 1");
}

TEST_F(BecomeUserTest, SaysThatTheParentHasDied) {
  EXPECT_EQ(SaidBy([] {
              return std::string(absl::StatusCodeToString(
                  BecomeUser(kSomebody, getppid() + 1).code()));
            }),
            "ABORTED");
}

TEST_F(BecomeUserTest, WhoStaysNeedsNothing) {
  EXPECT_EQ(SaidBy([] {
              if (!BecomeUser(kSomebody, getppid()).ok()) return std::string();
              return BecomeUser(kSomebody, getppid()).ToString();
            }),
            "OK");
}

TEST_F(BecomeUserTest, RefusalsNameTheCapability) {
  const std::string said = SaidBy([] {
    if (!BecomeUser(kSomebody, getppid()).ok()) return std::string();
    std::string refusals;
    for (const UserIds& other :
         {UserIds{4321, 0}, UserIds{0, 8765}, UserIds{0, 0}}) {
      const absl::Status status = BecomeUser(other, getppid());
      absl::StrAppend(&refusals, ErrnoName(ErrnoOf(status)), " ",
                      status.message(), "\n");
    }
    return absl::StrCat(refusals, Identity());
  });
  EXPECT_EQ(
      said,
      absl::StrCat(
          "EPERM setgroups(0): Operation not permitted; needs CAP_SETGID, and "
          "'allow' in /proc/self/setgroups\n"
          "EPERM setresuid(0): Operation not permitted; needs CAP_SETUID\n"
          "EPERM setgroups(0): Operation not permitted; needs CAP_SETGID, and "
          "'allow' in /proc/self/setgroups\n",
          kSomebodysIdentity));
}

TEST_F(BecomeUserTest, NeedsNoRightToHaveNoGroups) {
  EXPECT_EQ(SaidBy([] {
              if (setgroups(0, nullptr) != 0) return std::string("setgroups");
              if (setresgid(7, 7, 7) != 0) return std::string("setresgid");
              if (setresuid(4321, 4321, 4321) != 0) return std::string("uid");
              return absl::StrCat(
                  BecomeUser({.uid = 4321, .gid = 7}, getppid()).message(), "|",
                  BecomeUser(kSomebody, getppid()).message());
            }),
            "|setresgid(8765): Operation not permitted; needs CAP_SETGID");
}

// Into a user namespace that has nobody but root, as in a container that was
// given few ids.
bool EnterSmallNamespace() {
  const pid_t self = getpid();
  Pipe entered = *MakePipe();
  absl::StatusOr<Child> mapper = Child::Spawn([&] {
    char byte;
    if (read(entered.read_end.get(), &byte, 1) != 1) return 1;
    for (const absl::string_view name : {"uid_map", "gid_map"}) {
      const absl::StatusOr<Fd> map =
          OpenFile(absl::StrCat("/proc/", self, "/", name), O_WRONLY);
      if (!map.ok() || !WriteAll(map->get(), "0 0 1").ok()) return 1;
    }
    return 0;
  });
  if (!mapper.ok() || unshare(CLONE_NEWUSER) != 0) return false;
  if (!WriteAll(entered.write_end.get(), "x").ok()) return false;
  const absl::StatusOr<ChildEnd> end = mapper->Reap();
  return end.ok() && end->kind == ChildEnd::kExited && end->value == 0;
}

TEST_F(BecomeUserTest, RefusalsNameTheUserNamespace) {
  const std::string said = SaidBy([] {
    if (!EnterSmallNamespace()) return std::string();
    const absl::Status groups = BecomeUser(kSomebody, getppid());
    const absl::Status user = BecomeUser({.uid = 4321, .gid = 0}, getppid());
    return absl::StrCat(groups.message(), "\n", user.message());
  });
  if (said.empty()) GTEST_SKIP() << "needs user namespaces";
  EXPECT_THAT(said, AllOf(HasSubstr("(8765): Invalid argument; the user "
                                    "namespace has no such group "
                                    "(/proc/self/gid_map)\n"),
                          HasSubstr("setresuid(4321): Invalid argument; the "
                                    "user namespace has no such user "
                                    "(/proc/self/uid_map)")));
}

}  // namespace
}  // namespace ktstr
