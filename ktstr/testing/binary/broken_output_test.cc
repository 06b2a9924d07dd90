// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// A report that cannot be told is an error that is told, and exit code 1.
// What was saved before stays whole.

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/file.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::HasSubstr;

BinaryCall ShortCall(std::vector<std::string> more = {}) {
  BinaryCall call;
  call.args = {"--stressor=spin_wait", "--workers=2", "--iterations=100"};
  call.args.insert(call.args.end(), more.begin(), more.end());
  return call;
}

int CountFiles(const TempDir& folder) {
  const std::filesystem::directory_iterator files(folder.path());
  return static_cast<int>(std::distance(begin(files), end(files)));
}

void ExpectToldFailure(const Outcome& outcome, const std::string& what,
                       const std::string& why) {
  EXPECT_EQ(outcome.exit_code, 1) << "signal " << outcome.signal;
  EXPECT_EQ(outcome.orphans, 0);
  EXPECT_TRUE(IsOneLine(outcome.err)) << outcome.err;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr(what), HasSubstr(why)));
}

class BrokenOutputTest : public testing::TestWithParam<std::string> {};

TEST_P(BrokenOutputTest, OfAFullDiskIsTold) {
  BinaryCall call = ShortCall({"--format=" + GetParam()});
  call.output = Stream::kFullDisk;
  ExpectToldFailure(RunBinary(call), "standard output",
                    "No space left on device");
}

TEST_P(BrokenOutputTest, OfAClosedPipeIsToldAndNotDiedOf) {
  BinaryCall call = ShortCall({"--format=" + GetParam()});
  call.output = Stream::kBrokenPipe;
  ExpectToldFailure(RunBinary(call), "standard output", "Broken pipe");
}

std::string NameOf(const testing::TestParamInfo<std::string>& info) {
  return info.param;
}

INSTANTIATE_TEST_SUITE_P(Formats, BrokenOutputTest,
                         testing::Values("text", "tap", "json", "textproto",
                                         "pb"),
                         NameOf);

TEST(ClosedStreamTest, OfOutputIsToldBeforeAnythingStarts) {
  BinaryCall call = ShortCall();
  call.output = Stream::kClosed;
  call.before_exec = ForbidProcesses;
  ExpectToldFailure(RunBinary(call), "standard output is closed", "");
}

TEST(ClosedStreamTest, OfInputHarmsNobody) {
  BinaryCall call = ShortCall({"--format=json"});
  call.input = Stream::kClosed;
  const Outcome outcome = RunBinary(call);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(ReportIn(outcome.out).verdict(), proto::PASS);
}

// Nothing of ktstr's own may get the number of standard error.
TEST(ClosedStreamTest, OfErrorsHarmsNobody) {
  BinaryCall call = ShortCall({"--format=json"});
  call.error = Stream::kClosed;
  const Outcome outcome = RunBinary(call);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(ReportIn(outcome.out).verdict(), proto::PASS);
}

TEST(ClosedStreamTest, OfErrorsKeepsTheExitCodeOfBadInput) {
  BinaryCall call;
  call.args = {"--stressor=nonsense"};
  for (Stream stream :
       {Stream::kClosed, Stream::kBrokenPipe, Stream::kFullDisk}) {
    call.error = stream;
    const Outcome outcome = RunBinary(call);
    EXPECT_EQ(outcome.exit_code, 64) << outcome.signal;
    EXPECT_EQ(outcome.out, "");
  }
}

TEST(ClosedStreamTest, OfAllStillHasAnExitCode) {
  BinaryCall call = ShortCall();
  call.input = call.output = call.error = Stream::kClosed;
  EXPECT_EQ(RunBinary(call).exit_code, 1);
}

TEST(CommandOutputTest, OfAFullDiskIsTold) {
  for (const char* word : {"list", "help", "version", "topology"}) {
    BinaryCall call;
    call.args = {word};
    call.output = Stream::kFullDisk;
    ExpectToldFailure(RunBinary(call), "standard output",
                      "No space left on device");
  }
}

TEST(SavedFileTest, OfAFullDiskIsToldAndShownAllTheSame) {
  const Outcome outcome =
      RunBinary(ShortCall({"--format=json", "--output=/dev/full"}));
  ExpectToldFailure(outcome, "/dev/full", "No space left on device");
  EXPECT_EQ(ReportIn(outcome.out).verdict(), proto::PASS);
}

TEST(SavedFileTest, IsWrittenWhenTheScreenIsGone) {
  const TempDir folder;
  const std::string path = folder.path() + "/report.json";
  BinaryCall call = ShortCall({"--output=" + path});
  call.output = Stream::kBrokenPipe;
  ExpectToldFailure(RunBinary(call), "standard output", "Broken pipe");
  ASSERT_THAT(ReadFile(path), IsOk());
  EXPECT_EQ(ReportIn(*ReadFile(path)).verdict(), proto::PASS);
}

TEST(SavedFileTest, ReplacesTheOldOneAndLeavesNothingBeside) {
  const TempDir folder;
  const std::string path = folder.Write("report.json", "old");
  EXPECT_EQ(RunBinary(ShortCall({"--output=" + path})).exit_code, 0);
  EXPECT_EQ(ReportIn(*ReadFile(path)).verdict(), proto::PASS);
  EXPECT_EQ(CountFiles(folder), 1);
}

// The report has more bytes than the disk; the old file is one of them.
TEST(SavedFileTest, StaysWholeOnATinyDisk) {
  const TempDir folder;
  if (unshare(CLONE_NEWNS) != 0 ||
      mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("none", folder.path().c_str(), "tmpfs", 0, "size=8k") != 0) {
    GTEST_SKIP() << "no disk of our own: " << strerror(errno);
  }
  const std::string path = folder.Write("report.json", "old");
  const Outcome outcome = RunBinary(ShortCall({"--output=" + path}));
  ExpectToldFailure(outcome, path, "No space left on device");
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("old"));
  EXPECT_EQ(CountFiles(folder), 1);
  EXPECT_EQ(umount(folder.path().c_str()), 0);
}

// A disk that takes no other file refuses before anything runs.
TEST(SavedFileTest, IsTriedBeforeTheRun) {
  const TempDir folder;
  if (unshare(CLONE_NEWNS) != 0 ||
      mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("none", folder.path().c_str(), "tmpfs", MS_RDONLY, "") != 0) {
    GTEST_SKIP() << "no disk of our own: " << strerror(errno);
  }
  BinaryCall call = ShortCall({"--output=" + folder.path() + "/report.json"});
  call.before_exec = ForbidProcesses;
  const Outcome outcome = RunBinary(call);
  EXPECT_EQ(outcome.exit_code, 64);
  EXPECT_THAT(outcome.err, HasSubstr("Read-only file system"));
  EXPECT_EQ(umount(folder.path().c_str()), 0);
}

}  // namespace
}  // namespace ktstr
