// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What differs on a terminal: the live line, which is erased, and colours.

#include <signal.h>

#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/binary/worker_watch.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr absl::string_view kErase = "\r\x1b[K";

BinaryCall Call(std::vector<std::string> more, Stream output) {
  BinaryCall call;
  call.args = {"--stressor=wake_chain"};
  call.args.insert(call.args.end(), more.begin(), more.end());
  call.output = output;
  return call;
}

// Runs until the live line has been drawn twice, then stops it.
Outcome RunLive(std::vector<std::string> more) {
  more.push_back("--duration=1h");
  RunningBinary binary(Call(std::move(more), Stream::kTerminal));
  EXPECT_TRUE(binary.Await([&] {
    const std::vector<std::string> drawn =
        absl::StrSplit(binary.out(), "of 1.00h");
    return drawn.size() > 2;
  }));
  binary.Signal(SIGTERM);
  return binary.Finish();
}

// What is left on a terminal that erases when told to.
std::string Seen(absl::string_view bytes) {
  std::string seen;
  for (absl::string_view line : absl::StrSplit(bytes, '\n')) {
    const size_t erased = line.rfind(kErase);
    if (erased != absl::string_view::npos) {
      line.remove_prefix(erased + kErase.size());
    }
    seen.append(line.begin(), line.end());
    seen.push_back('\n');
  }
  return seen;
}

TEST(TerminalTest, HasALiveLineWhichIsErased) {
  const Outcome outcome = RunLive({});
  EXPECT_EQ(outcome.exit_code, 128 + SIGTERM);
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("of 1.00h"), HasSubstr("4 of 4 alive"),
                    HasSubstr("p99 wake-up"), HasSubstr("/s")));
  EXPECT_THAT(Seen(outcome.out),
              AllOf(Not(HasSubstr("alive")), HasSubstr("wake_chain depth=4"),
                    HasSubstr("completed")));
}

TEST(TerminalTest, TheLiveLineCountsTheDead) {
  RunningBinary binary(
      Call({"--duration=1h", "--grace=1h"}, Stream::kTerminal));
  ASSERT_TRUE(binary.AwaitOutput("4 of 4 alive"));
  const std::vector<pid_t> workers = ChildrenOf(binary.pid());
  // A stopped one keeps the run in its grace period.
  ASSERT_EQ(kill(workers.at(0), SIGSTOP), 0);
  ASSERT_EQ(kill(workers.at(1), SIGKILL), 0);
  EXPECT_TRUE(binary.AwaitOutput("1 of 4 alive"));
  ASSERT_EQ(kill(workers.at(0), SIGCONT), 0);
  EXPECT_EQ(binary.Finish().exit_code, 1);
}

TEST(TerminalTest, HasNoLiveLineForOtherFormatsOrQuiet) {
  for (const char* flag : {"--format=tap", "--quiet"}) {
    RunningBinary binary(Call({"--duration=1h", flag}, Stream::kTerminal));
    ASSERT_TRUE(binary.Await([&] { return AreBusy(binary.pid(), 4); }));
    binary.Signal(SIGTERM);
    EXPECT_THAT(binary.Finish().out, Not(HasSubstr("alive"))) << flag;
  }
}

TEST(TerminalTest, RefusesPb) {
  const Outcome outcome =
      RunBinary(Call({"--iterations=10", "--format=pb"}, Stream::kTerminal));
  EXPECT_EQ(outcome.exit_code, 64);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("--output=FILE.pb"));
}

TEST(ColorTest, IsForTerminals) {
  const Outcome colored =
      RunBinary(Call({"--iterations=10"}, Stream::kTerminal));
  EXPECT_THAT(colored.out, HasSubstr("\x1b[32mPASS\x1b[0m"));
  const Outcome plain = RunBinary(Call({"--iterations=10"}, Stream::kPipe));
  EXPECT_THAT(plain.out, Not(HasSubstr("\x1b")));
}

TEST(ColorTest, IsAsAsked) {
  const Outcome always =
      RunBinary(Call({"--iterations=10", "--color=always"}, Stream::kPipe));
  EXPECT_THAT(always.out, HasSubstr("\x1b[32mPASS\x1b[0m"));
  const Outcome never =
      RunBinary(Call({"--iterations=10", "--color=never"}, Stream::kTerminal));
  EXPECT_THAT(absl::StrReplaceAll(never.out, {{std::string(kErase), ""}}),
              Not(HasSubstr("\x1b")));
}

TEST(ColorTest, IsNotForTerminalsThatSayNo) {
  for (const char* variable : {"TERM=dumb", "NO_COLOR=1"}) {
    BinaryCall call = Call({"--iterations=10"}, Stream::kTerminal);
    call.environment = {variable};
    if (call.environment[0] != "TERM=dumb") {
      call.environment.push_back("TERM=xterm");
    }
    EXPECT_THAT(RunBinary(call).out, Not(HasSubstr("\x1b[32m"))) << variable;
  }
}

TEST(QuietTest, PrintsNothingWhenAllIsWell) {
  const Outcome outcome =
      RunBinary(Call({"--iterations=10", "--quiet"}, Stream::kPipe));
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST(QuietTest, PrintsWhatDidNotPass) {
  const Outcome outcome =
      RunBinary({"--stressor=spin_wait,wake_chain", "--iterations=10",
                 "--quiet", "--check=stressor=wake_chain iterations.count<1"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("\nwake_chain depth=4"),
                                 Not(HasSubstr("\nspin_wait ")),
                                 HasSubstr("2 stressors, 1 passed")));
}

TEST(QuietTest, DoesNotShortenWhatMachinesRead) {
  const Outcome outcome = RunBinary(
      Call({"--iterations=10", "--quiet", "--format=json"}, Stream::kPipe));
  EXPECT_EQ(ReportIn(outcome.out).stressors_size(), 1);
}

}  // namespace
}  // namespace ktstr
