// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What the KTAP output makes of virtual machines and of merged reports.

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/writers/sample_report.h"
#include "ktstr/report/writers/sample_vm_report.h"
#include "ktstr/report/writers/written.h"

namespace ktstr {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::StartsWith;

std::vector<std::string> Lines(const proto::Report& report) {
  return absl::StrSplit(Written("tap", report), '\n', absl::SkipEmpty());
}

bool IsDiagnostic(absl::string_view line) {
  const absl::string_view text = absl::StripLeadingAsciiWhitespace(line);
  return absl::StartsWith(text, "# ") &&
         !absl::StartsWith(text, "# Subtest: ") &&
         !absl::StartsWith(text, "# Totals: ");
}

// The lines that are results or plans, and those that end the output.
std::vector<std::string> Skeleton(const proto::Report& report) {
  std::vector<std::string> lines;
  for (const std::string& line : Lines(report)) {
    if (!IsDiagnostic(line)) lines.push_back(line);
  }
  return lines;
}

proto::Report Cells(const std::vector<std::string>& planned) {
  proto::Report merged;
  for (const std::string& name : planned) merged.add_planned_cells(name);
  return merged;
}

TEST(VmTapTest, HasATestForEachCheckOfTheRun) {
  EXPECT_THAT(
      Skeleton(SampleVmReport()),
      ElementsAre("KTAP version 1", "1..3",  //
                  "  KTAP version 1", "  # Subtest: wake_chain", "  1..1",
                  "  ok 1 completed", "ok 1 wake_chain",  //
                  "ok 2 guest", "ok 3 scheduler",
                  "# Totals: pass:3 fail:0 xfail:0 xpass:0 skip:0 error:0"));
}

TEST(VmTapTest, SaysWhatAGuestThatDiedDidNotRun) {
  EXPECT_THAT(
      Skeleton(DeadGuestReport()),
      ElementsAre(
          "KTAP version 1", "1..5",  //
          "  KTAP version 1", "  # Subtest: wake_chain", "  1..1",
          "  ok 1 completed", "ok 1 wake_chain",  //
          "  KTAP version 1", "  # Subtest: mutex_contention", "  1..1",
          "  not ok 1 completed", "not ok 2 mutex_contention",
          "ok 3 spin_wait # SKIP not run: the guest did not complete "
          "(panicked): Kernel panic - not syncing: sysrq triggered crash",
          "not ok 4 guest", "not ok 5 scheduler",
          "# Totals: pass:1 fail:3 xfail:0 xpass:0 skip:1 error:0"));
}

TEST(VmTapTest, QuotesTheGuestInDiagnostics) {
  const std::vector<std::string> lines = Lines(DeadGuestReport());
  EXPECT_THAT(
      lines,
      IsSupersetOf(
          {"#   faults        | [    4.100100] Kernel panic - not syncing: "
           "sysrq triggered crash",
           "#   kernel log    | sched_ext: BPF scheduler \"simple\" disabled "
           "(runnable task stall)",
           "# guest: its kernel panicked: sysrq triggered crash"}));
}

TEST(VmTapTest, SaysWhatASchedulerThatDiedLeftUndone) {
  proto::Report report = SampleVmReport();
  report.add_plan()->set_name("second");
  report.mutable_scheduler()->set_failure("stalled");
  EXPECT_THAT(Lines(report),
              Contains("ok 2 second # SKIP not run: the scheduler died: "
                       "stalled"));
}

TEST(VmTapTest, FailsAPlannedCheckWithoutAVerdict) {
  proto::Report report = SampleVmReport();
  report.mutable_checks()->RemoveLast();
  EXPECT_THAT(Skeleton(report), Contains("1..3"));
  EXPECT_THAT(Lines(report),
              IsSupersetOf({"# scheduler: planned, and never judged",
                            "not ok 3 scheduler"}));
}

TEST(MergedTapTest, HasASubtestForEachCell) {
  proto::Report merged = Cells({"a", "b"});
  for (const proto::Report& report : {SampleVmReport(), NoGuestReport()}) {
    *merged.add_cells() = report;
  }
  merged.mutable_cells(0)->set_cell("a");
  merged.mutable_cells(1)->set_cell("b");
  EXPECT_THAT(
      Skeleton(merged),
      ElementsAre("KTAP version 1", "1..2",  //
                  "  KTAP version 1", "  # Subtest: a", "  1..3",
                  "    KTAP version 1", "    # Subtest: wake_chain", "    1..1",
                  "    ok 1 completed", "  ok 1 wake_chain", "  ok 2 guest",
                  "  ok 3 scheduler", "ok 1 a",  //
                  "  KTAP version 1", "  # Subtest: b", "  1..2",
                  "  ok 1 wake_chain # SKIP not run: the guest did not "
                  "complete (not started): qemu-system-x86_64: Invalid SMP "
                  "CPUs 6561",
                  "  not ok 2 guest", "not ok 2 b",
                  "# Totals: pass:1 fail:1 xfail:0 xpass:0 skip:0 error:0"));
}

TEST(MergedTapTest, FailsACellThatNeverRan) {
  EXPECT_THAT(
      Lines(Cells({"a"})),
      ElementsAre("KTAP version 1", "1..1", "# ktstr", "#   cells         a",
                  "# a: planned, and never ran", "not ok 1 a",
                  "#                  a", "#   verdict  not run",
                  StartsWith("# Totals: pass:0 fail:1 ")));
}

TEST(MergedTapTest, SkipsACellThatNeverRanOfAnInterruptedRun) {
  proto::Report merged = Cells({"a"});
  merged.set_interrupted_by(15);
  EXPECT_THAT(
      Skeleton(merged),
      ElementsAre("KTAP version 1", "1..1",
                  "ok 1 a # SKIP not run: interrupted by SIGTERM",
                  "# Totals: pass:0 fail:0 xfail:0 xpass:0 skip:1 error:0",
                  "Bail out! interrupted by SIGTERM"));
}

TEST(MergedTapTest, SaysWhyACellWasSkipped) {
  proto::Report merged = Cells({"a"});
  merged.add_cells()->set_cell("a");
  merged.mutable_cells(0)->set_verdict(proto::SKIP);
  EXPECT_THAT(Skeleton(merged), Contains("ok 1 a # SKIP nothing ran"));
}

// Parsers go by names: one that stands twice on the way down ends the wrong
// test.
TEST(MergedTapTest, KeepsNamesApartFromThoseAroundThem) {
  proto::Report merged = Cells({"same", "same"});
  for (int i = 0; i < 2; ++i) {
    proto::Report& cell = *merged.add_cells();
    cell.set_cell("same");
    proto::Stressor& stressor = *cell.add_stressors();
    stressor.set_name("same");
    stressor.add_checks()->set_name("same");
    cell.add_checks()->set_name("same");
  }
  EXPECT_THAT(Skeleton(merged),
              IsSupersetOf({"  # Subtest: same", "    # Subtest: same.2",
                            "    not ok 1 same.3", "  not ok 1 same.2",
                            "  not ok 2 same.3", "not ok 1 same",
                            "  # Subtest: same.2", "not ok 2 same.2"}));
}

TEST(MergedTapTest, LetsNoGuestForgeLines) {
  proto::Report merged = Cells({"a\nok 1 forged"});
  proto::Report& cell = *merged.add_cells();
  cell = DeadGuestReport();
  cell.set_cell("a\nok 1 forged");
  cell.mutable_vm()->set_end_text("x\nok 2 forged # SKIP");
  cell.mutable_vm()->add_console_tail("\r\nok 3 forged\n# Subtest: forged");
  cell.mutable_scheduler()->add_kernel_log("\nBail out! forged");
  cell.mutable_checks(0)->set_name("Subtest");
  for (const std::string& line : Lines(merged)) {
    const absl::string_view text = absl::StripLeadingAsciiWhitespace(line);
    EXPECT_FALSE(absl::StartsWith(text, "ok 3 forged")) << line;
    EXPECT_FALSE(absl::StartsWith(text, "Bail out!")) << line;
    EXPECT_FALSE(absl::StartsWith(text, "# Subtest: forged")) << line;
    EXPECT_FALSE(absl::StartsWith(text, "# Subtest: its kernel")) << line;
  }
  EXPECT_THAT(Skeleton(merged), Contains("not ok 1 a ok 1 forged"));
}

TEST(MergedTapTest, StaysWithinItsPlanWhateverTheReportHolds) {
  const std::vector<std::string> lines =
      Skeleton(Exaggerated(SampleMergedReport()));
  // The names of all cells are the same after this; five planned, four ran.
  EXPECT_EQ(lines[1].substr(0, 3), "1..");
  const int planned = std::stoi(lines[1].substr(3));
  int results = 0;
  for (const std::string& line : lines) {
    results +=
        absl::StartsWith(line, "ok ") || absl::StartsWith(line, "not ok ");
  }
  EXPECT_EQ(results, planned);
}

}  // namespace
}  // namespace ktstr
