// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/tap/tap_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/writers/sample_report.h"
#include "ktstr/report/writers/written.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::IsSupersetOf;
using testing::StartsWith;

// The lines that are results or plans, and those that end the output.
std::vector<std::string> Skeleton(const proto::Report& report) {
  std::vector<std::string> lines;
  for (const absl::string_view line :
       absl::StrSplit(Written("tap", report), '\n', absl::SkipEmpty())) {
    const bool diagnostic =
        absl::StartsWith(line, "# ") || absl::StartsWith(line, "  # ");
    if (!diagnostic || absl::StrContains(line, "# Subtest: ") ||
        absl::StrContains(line, "# Totals: ")) {
      lines.emplace_back(line);
    }
  }
  return lines;
}

proto::Report Planned(int stressors) {
  proto::Report report;
  for (int i = 0; i < stressors; ++i) {
    report.add_plan()->set_name(absl::StrCat("planned", i));
  }
  return report;
}

TEST(TapWriterTest, IsKtapVersion1) {
  EXPECT_THAT(
      Skeleton(SampleReport()),
      ElementsAre("KTAP version 1", "1..4",  //
                  "  KTAP version 1", "  # Subtest: wake_chain", "  1..3",
                  "  ok 1 completed", "  ok 2 exercised",
                  "  ok 3 wake_latency.p99<500us", "ok 1 wake_chain",
                  "  KTAP version 1", "  # Subtest: slow", "  1..3",
                  "  not ok 1 completed", "  not ok 2 exercised",
                  "  ok 3 isolation # SKIP all CPUs are allowed",
                  "not ok 2 slow",  //
                  "  KTAP version 1", "  # Subtest: numa_sweep", "  1..2",
                  "  ok 1 completed # SKIP needs 2 memory nodes, there is 1",
                  "  ok 2 exercised # SKIP needs 2 memory nodes, there is 1",
                  "ok 3 numa_sweep # SKIP needs 2 memory nodes, there is 1",
                  "ok 4 last # SKIP not run: another one failed",
                  "# Totals: pass:1 fail:1 xfail:0 xpass:0 skip:2 error:0"));
}

TEST(TapWriterTest, PutsNumbersIntoDiagnostics) {
  const std::vector<std::string> lines =
      absl::StrSplit(Written("tap", SampleReport()), '\n');
  EXPECT_THAT(
      lines,
      IsSupersetOf(
          {"  # stage wake_latency.local samples=250002 p50=1274ns p90=1510ns "
           "p99=2040ns p99.9=11500ns max=4110000ns",
           "  # stage wake_latency.remote samples=0",
           "  # wake_latency.p99<500us: wake_latency.p99=2040ns",
           "  # stage workers=2 iterations=500000 voluntary_switches=600000 "
           "involuntary_switches=450000 on_cpu_ns=4980000000 "
           "run_delay_ns=123000000 migrations=60",
           "  # waiter workers=2 iterations=359",
           "  # cgroup light workers=1 weight=150 usage_ns=1620000000 "
           "user_ns=1130000000 system_ns=490000000 periods=51 "
           "throttled_periods=6 throttled_ns=42300000 "
           "some_stalled_ns=3210000000 full_stalled_ns=11000000",
           "  # cgroup heavy workers=1 weight=450 usage_ns=3340000000 "
           "user_ns=3010000000 system_ns=330000000",
           "  # cgroup odd workers=3"}));
}

TEST(TapWriterTest, KeepsThePlanAndBailsOutWhenInterrupted) {
  proto::Report report = Planned(2);
  report.set_interrupted_by(2);
  EXPECT_THAT(
      Skeleton(report),
      ElementsAre("KTAP version 1", "1..2",
                  "ok 1 planned0 # SKIP not run: interrupted by SIGINT",
                  "ok 2 planned1 # SKIP not run: interrupted by SIGINT",
                  "# Totals: pass:0 fail:0 xfail:0 xpass:0 skip:2 error:0",
                  "Bail out! interrupted by SIGINT"));
}

TEST(TapWriterTest, KeepsThePlanWhenNamesRepeat) {
  proto::Report report;
  for (int i = 0; i < 3; ++i) report.add_plan()->set_name("same");
  report.add_stressors()->set_name("same");
  report.mutable_stressors(0)->set_verdict(proto::PASS);
  EXPECT_THAT(
      Skeleton(report),
      ElementsAre("KTAP version 1", "1..3", "ok 1 same",
                  "ok 2 same.2 # SKIP not run", "ok 3 same.3 # SKIP not run",
                  StartsWith("# Totals: pass:1 fail:0")));
}

TEST(TapWriterTest, KeepsDescriptionsPlainAndUnique) {
  proto::Report report = Planned(1);
  proto::Stressor& stressor = *report.add_stressors();
  stressor.set_name("planned0");
  stressor.set_verdict(proto::PASS);
  for (const char* name : {"gap", "gap", "a#b\nok 9 forged", "planned0"}) {
    proto::Check& check = *stressor.add_checks();
    check.set_name(name);
    check.set_verdict(proto::PASS);
  }
  stressor.mutable_checks(1)->set_verdict(proto::SKIP);
  stressor.mutable_checks(1)->set_detail("why # SKIP\nnot ok 7 forged");
  EXPECT_THAT(
      Skeleton(report),
      IsSupersetOf(
          {"  ok 1 gap", "  ok 2 gap.2 # SKIP why _ SKIP not ok 7 forged",
           "  ok 3 a_b ok 9 forged", "  ok 4 planned0.2", "ok 1 planned0"}));
}

TEST(TapWriterTest, WritesOneLineAtATime) {
  // A packet pipe keeps writes apart (pipe(2), O_DIRECT).
  absl::StatusOr<Pipe> pipe = MakePipe(O_CLOEXEC | O_DIRECT | O_NONBLOCK);
  ASSERT_THAT(pipe, IsOk());
  Sink sink = Sink::To(pipe->write_end.get(), "pipe");
  TapWriter writer(sink);
  ASSERT_THAT(writer.Begin(Planned(1)), IsOk());
  char buffer[4096];
  for (ssize_t got = 0, reads = 0;
       (got = read(pipe->read_end.get(), buffer, sizeof(buffer))) > 0;
       ++reads) {
    const std::string line(buffer, static_cast<size_t>(got));
    EXPECT_THAT(line, EndsWith("\n"));
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    if (reads == 1) {
      EXPECT_EQ(line, "1..1\n");
    }
  }
}

TEST(TapWriterTest, StaysWithinItsPlanWhateverTheReportHolds) {
  const std::vector<std::string> lines = Skeleton(AbsurdReport());
  EXPECT_THAT(lines, Contains("1..4"));
  EXPECT_THAT(lines, Contains(StartsWith("ok 4 ")));
  EXPECT_THAT(lines, testing::Not(Contains(StartsWith("ok 5 "))));
}

}  // namespace
}  // namespace ktstr
