// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// A wrong command line gets one line that says what to do, and starts nothing.

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct BadInput {
  std::string name;  // Of the test.
  std::vector<std::string> args;
  std::vector<std::string> said;  // What the line has to hold.
};

void ExpectRefused(const BadInput& bad) {
  BinaryCall call;
  call.args = bad.args;
  call.before_exec = ForbidProcesses;
  const Outcome outcome = RunBinary(call);
  ASSERT_FALSE(outcome.refused) << "this host has no seccomp(2)";
  EXPECT_EQ(outcome.exit_code, 64) << "signal " << outcome.signal;
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(IsOneLine(outcome.err)) << outcome.err;
  EXPECT_THAT(outcome.err, StartsWith("ktstr: "));
  for (const std::string& words : bad.said) {
    EXPECT_THAT(outcome.err, HasSubstr(words));
  }
}

class BadInputTest : public testing::TestWithParam<BadInput> {};

TEST_P(BadInputTest, IsAUsageErrorInOneLine) { ExpectRefused(GetParam()); }

std::string NameOf(const testing::TestParamInfo<BadInput>& info) {
  return info.param.name;
}

const BadInput kNames[] = {
    {"UnknownStressor", {"--stressor=wake_chian"}, {"'wake_chain'"}},
    {"StressorFarFromAny", {"--stressor=qqqqqq"}, {"'qqqqqq'", "ktstr list"}},
    {"UnknownParameter",
     {"--stressor=wake_chain", "dept=4"},
     {"'dept'", "'depth'", "wake, work_per_hop"}},
    {"UnknownFlag", {"--duraton=5s"}, {"--duraton", "'duration'"}},
    {"UnknownFormat", {"--stressor=spin_wait", "--format=jason"}, {"json"}},
    {"UnknownMode", {"--stressor=spin_wait", "--mode=x"}, {"fork, thread"}},
    {"UnknownColor", {"--stressor=spin_wait", "--color=x"}, {"auto, always"}},
    {"UnknownChoice",
     {"--stressor=wake_chain", "wake=pip"},
     {"'pipe'", "futex_handoff", "default pipe"}},
    {"UnknownCommand", {"lst"}, {"'lst'", "'list'"}},
    {"StressorAsCommand", {"spin_wait"}, {"--stressor=spin_wait"}},
    {"DescribeUnknown", {"describe", "spin_wat"}, {"'spin_wait'"}},
    {"WordOfNoStressor",
     {"--stressor=wake_chain", "x.depth=4"},
     {"'x'", "x.depth=4"}},
};
INSTANTIATE_TEST_SUITE_P(Names, BadInputTest, testing::ValuesIn(kNames),
                         NameOf);

const BadInput kNumbers[] = {
    {"ParameterTooLow",
     {"--stressor=wake_chain", "depth=1"},
     {"depth=1", "2 .. 4096", "default 4"}},
    {"ParameterTooHigh",
     {"--stressor=spin_wait", "spin_iters=99999999999"},
     {"0 .. 16777216", "default 1024"}},
    {"ParameterWithoutUnit",
     {"--stressor=wake_chain", "work_per_hop=5"},
     {"unit", "5ms", "0 .. 10s", "default 100us"}},
    {"ParameterNoNumber",
     {"--stressor=wake_chain", "depth=many"},
     {"depth=many", "2 .. 4096", "default 4"}},
    {"WorkersBetweenMultiples",
     {"--stressor=wake_chain", "--workers=6"},
     {"--workers=6", "group of 4", "4 and 8"}},
    {"WorkersBelowAGroup",
     {"--stressor=wake_chain", "--workers=1"},
     {"group of 4", "4 and 8"}},
    {"TooManyWorkers",
     {"--stressor=spin_wait", "--workers=4000000000"},
     {"100000"}},
    {"WorkersNegative", {"--stressor=spin_wait", "--workers=-1"}, {"from 0"}},
    {"IterationsJunk", {"--stressor=spin_wait", "--iterations=1e3"}, {"1e3"}},
    {"RepeatZero", {"--stressor=spin_wait", "--repeat=0"}, {"from 1 to"}},
    {"SamplesTooMany",
     {"--stressor=spin_wait", "--samples=4000000000"},
     {"to 1000000"}},
    {"SeedJunk", {"--stressor=spin_wait", "--seed=x"}, {"whole number"}},
};
INSTANTIATE_TEST_SUITE_P(Numbers, BadInputTest, testing::ValuesIn(kNumbers),
                         NameOf);

const BadInput kTimes[] = {
    {"DurationZero", {"--stressor=spin_wait", "--duration=0"}, {"more than 0"}},
    {"DurationZeroSeconds",
     {"--stressor=spin_wait", "--duration=0s"},
     {"more than 0"}},
    {"DurationNegative",
     {"--stressor=spin_wait", "--duration=-1s"},
     {"--duration=-1s", "more than 0"}},
    {"DurationWithoutUnit",
     {"--stressor=spin_wait", "--duration=5"},
     {"unit", "5s or 5ms"}},
    {"DurationInfinite",
     {"--stressor=spin_wait", "--duration=inf"},
     {"at most"}},
    {"DurationJunk", {"--stressor=spin_wait", "--duration=soon"}, {"500ms"}},
    {"DurationBelowResolution",
     {"--stressor=spin_wait", "--duration=0.5ns"},
     {"at least 1ns"}},
    {"GraceZero", {"--stressor=spin_wait", "--grace=0"}, {"more than 0"}},
    {"TimerSlackNegative",
     {"--stressor=spin_wait", "--timer_slack=-1ns"},
     {"--timer_slack", "more than 0"}},
};
INSTANTIATE_TEST_SUITE_P(Times, BadInputTest, testing::ValuesIn(kTimes),
                         NameOf);

const BadInput kPlaces[] = {
    {"NoSuchCpu",
     {"--stressor=spin_wait", "--cpus=9999"},
     {"--cpus=9999", ": there "}},
    {"EmptyCpus", {"--stressor=spin_wait", "--cpus="}, {"empty", "0-3,8"}},
    {"CpusOfCommas", {"--stressor=spin_wait", "--cpus=,"}, {"--cpus=,"}},
    {"CpusReversed", {"--stressor=spin_wait", "--cpus=1-0"}, {"--cpus=1-0"}},
    {"OutputInNoFolder",
     {"--stressor=spin_wait", "--output=/no/such/folder/r.json"},
     {"/no/such/folder/r.json", "No such file or directory"}},
    {"OutputIsAFolder",
     {"--stressor=spin_wait", "--output=/tmp"},
     {"/tmp", "Is a directory"}},
    {"OutputEmpty", {"--stressor=spin_wait", "--output="}, {"takes a file"}},
    {"ReportOfNoFile", {"report", "/no/such/file"}, {"No such file"}},
    {"ReportOfAFolder", {"report", "/tmp"}, {"/tmp", "Is a directory"}},
    {"ReportOfSomethingElse",
     {"report", "/etc/passwd"},
     {"/etc/passwd is not a report"}},
};
INSTANTIATE_TEST_SUITE_P(Places, BadInputTest, testing::ValuesIn(kPlaces),
                         NameOf);

const BadInput kWords[] = {
    {"BadFilter", {"--filter=a("}, {"--filter=a(", "missing )"}},
    {"BadExclude", {"--exclude=*"}, {"--exclude=*", "no argument"}},
    {"NothingLeft", {"--filter=zzz"}, {"leave no stressor"}},
    {"ParametersWithoutStressor", {"depth=8"}, {"--stressor=NAME"}},
    {"EmptyStressor", {"--stressor="}, {"--stressor=NAME"}},
    {"StressorTwice", {"--stressor=spin_wait,spin_wait"}, {"first=spin_wait"}},
    {"AliasThatIsNoWord", {"--stressor=a.b=spin_wait"}, {"'a.b'", "letter"}},
    {"ParameterForSeveral",
     {"--stressor=wake_chain,spin_wait", "depth=4"},
     {"wake_chain.depth=4"}},
    {"CheckOfNothing",
     {"--stressor=spin_wait", "--check=garbage"},
     {"'garbage'", "wake_latency.p99<500us"}},
    {"CheckOfUnknown",
     {"--stressor=spin_wait", "--check=wake_latancy.p99<1us"},
     {"'wake_latency'"}},
    {"CheckWithoutUnit",
     {"--stressor=spin_wait", "--check=gap.max<5"},
     {"'5'", "500us"}},
    {"CheckOfNoRole",
     {"--stressor=wake_chain", "--check=role=stag gap.max<1s"},
     {"'stag'", "'stage'"}},
    {"CheckTwice",
     {"--stressor=spin_wait", "--check=gap.max<1s", "--check=gap.max<1s"},
     {"twice"}},
    {"SequentialAndTogether",
     {"--stressor=spin_wait", "--sequential", "--together"},
     {"exclude each other"}},
    {"FlagWithoutValue", {"--stressor"}, {"--stressor needs a value"}},
    {"FlagOfNoCommand", {"list", "--duration=5s"}, {"--duration"}},
    {"CommandWithoutWord", {"describe"}, {"name of a stressor"}},
    {"CommandWithTooMuch", {"list", "x"}, {"'x'"}},
    {"LongWithoutList", {"--stressor=spin_wait", "--long"}, {"ktstr list"}},
    {"NewlineInName", {"--stressor=a\nb"}, {"no stressor"}},
};
INSTANTIATE_TEST_SUITE_P(Words, BadInputTest, testing::ValuesIn(kWords),
                         NameOf);

// The proof of "starts nothing" is one only if a start is seen.
TEST(BadInputFileTest, WouldDieOfAStart) {
  BinaryCall call;
  call.args = {"--stressor=spin_wait", "--iterations=1"};
  call.before_exec = ForbidProcesses;
  EXPECT_EQ(RunBinary(call).signal, SIGSYS);
}

TEST(BadInputFileTest, RefusesAnOutputBelowAFile) {
  const TempDir folder;
  const std::string path = folder.Write("report.json", "old");
  ExpectRefused({"",
                 {"--stressor=spin_wait", "--output=" + path + "/x.json"},
                 {path, "Not a directory"}});
}

TEST(BadInputFileTest, RefusesABlockDeviceAsOutput) {
  const TempDir folder;
  const std::string path = folder.path() + "/device";
  // No driver has this number: nothing could come of opening it.
  if (mknod(path.c_str(), S_IFBLK | 0600, makedev(4000, 0)) != 0) {
    GTEST_SKIP() << "only root makes device nodes: " << strerror(errno);
  }
  ExpectRefused({"",
                 {"--stressor=spin_wait", "--output=" + path},
                 {path, "block device"}});
}

TEST(BadInputFileTest, RefusesAReportThatWasCutOff) {
  const TempDir folder;
  const std::string path = folder.Write("report.json", "{\"version\": \"0.1");
  ExpectRefused({"", {"report", path}, {path, "read as json"}});
}

}  // namespace
}  // namespace ktstr
