// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
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
using ::testing::HasSubstr;

Pipe PipeOrDie() {
  absl::StatusOr<Pipe> pipe = MakePipe();
  EXPECT_THAT(pipe, IsOk());
  return *std::move(pipe);
}

// All that is written to the pipe until nobody holds its other end.
std::string ReadToEnd(const Fd& fd) {
  const absl::StatusOr<std::string> text =
      ReadFile(absl::StrCat("/proc/self/fd/", fd.get()));
  EXPECT_THAT(text, IsOk());
  return text.value_or("");
}

// What `command` writes to its standard output.
std::string OutputOf(Command command) {
  Pipe pipe = PipeOrDie();
  command.stdout_fd = pipe.write_end.get();
  absl::StatusOr<Child> child = StartCommand(command);
  EXPECT_THAT(child, IsOk());
  pipe.write_end.reset();
  std::string output = ReadToEnd(pipe.read_end);
  if (child.ok()) {
    EXPECT_THAT(child->Reap(), IsOk());
  }
  return output;
}

Command Shell(const std::string& script) {
  Command command;
  command.argv = {"/bin/sh", "-c", script};
  return command;
}

// Makes `path`, which exists, executable.
void MakeExecutable(const std::string& path) {
  ASSERT_EQ(chmod(path.c_str(), S_IRWXU), 0);
}

TEST(StartCommandTest, PassesItsArguments) {
  Command command = Shell(R"(printf '%s|' "$0" "$@")");
  command.argv.insert(command.argv.end(), {"a b", "", "c"});
  EXPECT_EQ(OutputOf(command), "a b||c|");
}

TEST(StartCommandTest, ExitCodeIsThePrograms) {
  absl::StatusOr<Child> child = StartCommand(Shell("exit 7"));
  ASSERT_THAT(child, IsOk());
  const absl::StatusOr<ChildEnd> end = child->Reap();
  ASSERT_THAT(end, IsOk());
  EXPECT_EQ(DescribeEnd(*end), "exited with code 7");
}

TEST(StartCommandTest, ReadsNothingUnlessGivenSomething) {
  EXPECT_EQ(OutputOf(Shell("cat; echo end")), "end\n");
  Pipe input = PipeOrDie();
  EXPECT_THAT(WriteAll(input.write_end.get(), "given"), IsOk());
  input.write_end.reset();
  Command command = Shell("cat");
  command.stdin_fd = input.read_end.get();
  EXPECT_EQ(OutputOf(command), "given");
}

TEST(StartCommandTest, BothOutputsMayGoToOnePlace) {
  Pipe pipe = PipeOrDie();
  Command command = Shell("echo one; echo two >&2");
  command.stdout_fd = command.stderr_fd = pipe.write_end.get();
  const absl::StatusOr<Child> child = StartCommand(command);
  ASSERT_THAT(child, IsOk());
  pipe.write_end.reset();
  EXPECT_EQ(ReadToEnd(pipe.read_end), "one\ntwo\n");
}

// The child's own descriptors take the numbers that are free here.
TEST(StartCommandTest, WorksWhereTheStandardStreamsAreClosed) {
  const Pipe pipe = PipeOrDie();
  absl::StatusOr<Child> outer = Child::Spawn([&pipe] {
    close(STDIN_FILENO);
    const int output = dup2(pipe.write_end.get(), STDIN_FILENO);
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    Command command = Shell("cat; echo out; echo err >&2");
    command.stdout_fd = command.stderr_fd = output;
    absl::StatusOr<Child> child = StartCommand(command);
    if (!child.ok()) return 1;
    const absl::StatusOr<ChildEnd> end = child->Reap();
    return end.ok() && end->kind == ChildEnd::kExited ? end->value : 2;
  });
  ASSERT_THAT(outer, IsOk());
  const absl::StatusOr<ChildEnd> end = outer->Reap();
  ASSERT_THAT(end, IsOk());
  EXPECT_EQ(end->value, 0);
  char buffer[64];
  const ssize_t got = read(pipe.read_end.get(), buffer, sizeof(buffer));
  EXPECT_EQ(std::string(buffer, static_cast<size_t>(got)), "out\nerr\n");
}

TEST(StartCommandTest, OnlyKeptDescriptorsReachTheProgram) {
  const Pipe kept = PipeOrDie();
  const Pipe other = PipeOrDie();
  const Fd inheritable(dup(other.read_end.get()));  // Not close-on-exec.
  Command command =
      Shell("for fd; do [ -e /proc/$$/fd/$fd ] && echo $fd; done; true");
  command.argv.push_back("sh");
  for (const Fd* fd : {&kept.read_end, &kept.write_end, &other.read_end,
                       &other.write_end, &inheritable}) {
    command.argv.push_back(absl::StrCat(fd->get()));
  }
  command.kept_fds = {kept.write_end.get()};
  EXPECT_EQ(OutputOf(command), absl::StrCat(kept.write_end.get(), "\n"));
  EXPECT_EQ(fcntl(kept.write_end.get(), F_GETFD), FD_CLOEXEC);
}

TEST(StartCommandTest, RefusesToKeepWhatIsNotOpen) {
  Command command = Shell("true");
  command.kept_fds = {1000000};
  const absl::Status refused = StartCommand(command).status();
  EXPECT_EQ(ErrnoOf(refused), EBADF);
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("/bin/sh"), HasSubstr("kept descriptor")));
}

TEST(StartCommandTest, SignalsAreAtTheirDefault) {
  Pipe pipe = PipeOrDie();
  absl::StatusOr<Child> outer = Child::Spawn([&pipe] {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, nullptr);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    Command command = Shell("grep -E 'SigBlk|SigIgn' /proc/self/status");
    command.stdout_fd = pipe.write_end.get();
    absl::StatusOr<Child> child = StartCommand(command);
    return child.ok() && child->Reap().ok() ? 0 : 1;
  });
  ASSERT_THAT(outer, IsOk());
  pipe.write_end.reset();
  EXPECT_EQ(ReadToEnd(pipe.read_end),
            "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

// The fields of /proc/PID/stat: pid, name, state, parent, group, session.
constexpr char kPrintSession[] =
    "read pid name state parent group session rest </proc/$$/stat; "
    "echo $((session - pid))";

TEST(StartCommandTest, LeadsASessionOfItsOwn) {
  EXPECT_EQ(OutputOf(Shell(kPrintSession)), "0\n");
  Command command = Shell(kPrintSession);
  command.own_session = false;
  EXPECT_NE(OutputOf(command), "0\n");
}

TEST(StartCommandTest, DiesWithItsStarter) {
  Pipe pipe = PipeOrDie();
  absl::StatusOr<Child> outer = Child::Spawn([&pipe] {
    Command command = Shell("echo started; exec sleep 1000");
    command.stdout_fd = pipe.write_end.get();
    const absl::StatusOr<Child> child = StartCommand(command);
    pipe.write_end.reset();
    while (child.ok()) pause();
    return 1;
  });
  ASSERT_THAT(outer, IsOk());
  pipe.write_end.reset();
  char begin;
  ASSERT_EQ(read(pipe.read_end.get(), &begin, 1), 1);
  ASSERT_THAT(outer->Signal(SIGKILL), IsOk());
  EXPECT_EQ(ReadToEnd(pipe.read_end), "tarted\n");  // Nobody holds it now.
}

TEST(StartCommandTest, MissingProgramIsAnError) {
  Command command;
  command.argv = {"/nowhere/program"};
  EXPECT_THAT(StartCommand(command),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot start /nowhere/program: execve: No such file "
                       "or directory"));
}

TEST(StartCommandTest, MissingInterpreterIsNamedAsSuch) {
  const TempDir dir;
  Command command;
  command.argv = {dir.Write("script", "#!/nowhere/interpreter\n")};
  MakeExecutable(command.argv[0]);
  EXPECT_THAT(StartCommand(command),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("interpreter")));
}

TEST(StartCommandTest, WhatIsNoProgramIsAnError) {
  const TempDir dir;
  Command command;
  command.argv = {dir.Write("plain", "plain text")};
  EXPECT_EQ(ErrnoOf(StartCommand(command).status()), EACCES);
  MakeExecutable(command.argv[0]);
  EXPECT_EQ(ErrnoOf(StartCommand(command).status()), ENOEXEC);
  command.argv = {dir.path()};
  EXPECT_EQ(ErrnoOf(StartCommand(command).status()), EACCES);
  command.argv = {};
  EXPECT_THAT(StartCommand(command),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(SignalGroupTest, ReachesWhatTheProgramStarted) {
  Pipe pipe = PipeOrDie();
  Command command = Shell("sleep 1000 & echo; wait");
  command.stdout_fd = pipe.write_end.get();
  absl::StatusOr<Child> child = StartCommand(command);
  ASSERT_THAT(child, IsOk());
  pipe.write_end.reset();
  char begin;
  ASSERT_EQ(read(pipe.read_end.get(), &begin, 1), 1);
  EXPECT_THAT(SignalGroup(*child, SIGKILL), IsOk());
  EXPECT_EQ(ReadToEnd(pipe.read_end), "");  // Both are gone.
  EXPECT_THAT(child->Reap(), IsOk());
  EXPECT_EQ(ErrnoOf(SignalGroup(*child, SIGKILL)), ESRCH);
}

TEST(FindProgramTest, TakesTheFirstThatCanBeExecuted) {
  const TempDir dir;
  dir.Write("a/tool", "");
  dir.Write("d/tool/file", "");  // A folder of that name.
  for (const char* name : {"b/tool", "c/tool"}) {
    MakeExecutable(dir.Write(name, ""));
  }
  const std::string& root = dir.path();
  EXPECT_THAT(FindProgram("tool", absl::StrCat("/nowhere:", root, "/d:", root,
                                               "/a:", root, "/b:", root, "/c")),
              IsOkAndHolds(root + "/b/tool"));
}

TEST(FindProgramTest, LeavesPathsAlone) {
  EXPECT_THAT(FindProgram("/bin/sh", ""), IsOkAndHolds("/bin/sh"));
  EXPECT_THAT(FindProgram("/nowhere/sh", "/bin"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere/sh")));
  EXPECT_THAT(FindProgram("/bin/", "/bin"),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST(FindProgramTest, SaysWhereItLooked) {
  EXPECT_THAT(FindProgram("no-such", "/bin:/nowhere"),
              StatusIs(absl::StatusCode::kNotFound,
                       "no program 'no-such' in /bin:/nowhere"));
  EXPECT_THAT(FindProgram("", "/bin"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(FindProgramTest, SaysWhatCannotBeExecuted) {
  const TempDir dir;
  const std::string path = dir.Write("tool", "");
  EXPECT_THAT(FindProgram("tool", dir.path()),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr(path)));
  EXPECT_THAT(FindProgram(path, ""),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace ktstr
