// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// --dry_run shows where and as what each worker would be, and makes nothing.

#include <sched.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/binary/run_binary.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

bool HasTwoCpus() {
  cpu_set_t cpus;
  return sched_getaffinity(0, sizeof(cpus), &cpus) == 0 &&
         CPU_ISSET(0, &cpus) && CPU_ISSET(1, &cpus);
}

// The lines of the workers.
std::vector<std::string> DryRun(std::vector<std::string> args) {
  BinaryCall call;
  call.args = std::move(args);
  call.args.push_back("--dry_run");
  call.before_exec = ForbidProcesses;
  const Outcome outcome = RunBinary(call);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err << outcome.signal;
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(outcome.out, '\n')) {
    if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "worker ")) {
      lines.emplace_back(line);
    }
  }
  return lines;
}

TEST(DryRunTest, ShowsCpusPolicyAndCgroupOfEachWorker) {
  if (!HasTwoCpus()) GTEST_SKIP() << "no CPUs 0 and 1";
  EXPECT_THAT(DryRun({"--stressor=spin_wait", "--workers=3",
                      "--affinity=spread", "--cpus=0-1", "--sched=batch",
                      "--cgroups=left:workers=2,right:workers=1"}),
              ElementsAre(ContainsRegex("worker 0 .*CPUs 0.*batch.*left"),
                          ContainsRegex("worker 1 .*CPUs 1.*batch.*left"),
                          ContainsRegex("worker 2 .*CPUs 0.*batch.*right")));
}

TEST(DryRunTest, ShowsPoliciesByRole) {
  const std::vector<std::string> lines =
      DryRun({"--stressor=futex_ping_pong,wake_chain", "--workers=4",
              "--sched=peer=idle"});
  ASSERT_THAT(lines, SizeIs(8));
  for (const std::string& line : lines) {
    if (absl::StrContains(line, "peer")) {
      EXPECT_THAT(line, HasSubstr("idle"));
    } else {
      EXPECT_THAT(line, AllOf(HasSubstr("stage"), Not(HasSubstr("idle"))));
    }
  }
}

TEST(DryRunTest, ShowsWhatIsInherited) {
  EXPECT_THAT(DryRun({"--stressor=spin_wait", "--workers=1"}),
              ElementsAre(HasSubstr("inherited")));
}

}  // namespace
}  // namespace ktstr
