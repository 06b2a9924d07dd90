// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/matrix.h"

#include <signal.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/cli/run/presentation.h"
#include "ktstr/cli/vm/cells/cells.h"
#include "ktstr/cli/vm/fake_fleet.h"
#include "ktstr/core/supervisor/interrupts.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/verdict.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kGib = int64_t{1} << 30;

std::vector<Cell> CellsOf(uint32_t cpus, int64_t bytes, size_t count) {
  Cell cell;
  cell.spec.cores = cpus;
  cell.memory_bytes = bytes;
  return std::vector<Cell>(count, cell);
}

TEST(JobsThatFitTest, GivesEachVirtualCpuOneOfItsOwn) {
  EXPECT_EQ(JobsThatFit(CellsOf(4, kGib, 10), 1000 * kGib, 16), 4);
  EXPECT_EQ(JobsThatFit(CellsOf(4, kGib, 10), 1000 * kGib, 15), 3);
  EXPECT_EQ(JobsThatFit(CellsOf(1, kGib, 10), 1000 * kGib, 2), 2);
}

TEST(JobsThatFitTest, LeavesAQuarterOfTheMemory) {
  EXPECT_EQ(JobsThatFit(CellsOf(1, kGib, 10), 4 * kGib, 64), 3);
  EXPECT_EQ(JobsThatFit(CellsOf(1, 2 * kGib, 10), 4 * kGib, 64), 1);
}

TEST(JobsThatFitTest, IsAtLeastOneAndAtMostAll) {
  EXPECT_EQ(JobsThatFit(CellsOf(8, kGib, 10), 1000 * kGib, 2), 1);
  EXPECT_EQ(JobsThatFit(CellsOf(1, kGib, 10), /*free_bytes=*/0, 64), 1);
  EXPECT_EQ(JobsThatFit(CellsOf(1, 8 * kGib, 10), kGib, 64), 1);
  EXPECT_EQ(JobsThatFit(CellsOf(1, kGib, 3), 1000 * kGib, 64), 3);
}

TEST(JobsThatFitTest, LargestMachineCounts) {
  std::vector<Cell> cells = CellsOf(1, kGib, 4);
  cells.push_back(CellsOf(8, kGib, 1)[0]);
  EXPECT_EQ(JobsThatFit(cells, 1000 * kGib, 16), 2);
  cells.push_back(CellsOf(1, 100 * kGib, 1)[0]);
  EXPECT_EQ(JobsThatFit(cells, 200 * kGib, 16), 1);
}

class MatrixTest : public testing::Test {
 protected:
  MatrixTest() {
    options().format = "tap";
    options().vm.jobs = 1;
  }

  CliOptions& options() { return fleet_.options(); }

  // Of cells called "1", "2", ... with these fates.
  proto::Report Run(const std::vector<std::string>& fates) {
    std::vector<Cell> cells;
    cells.reserve(fates.size());
    for (const std::string& fate : fates) {
      cells.push_back(
          FakeFleet::MakeCell(absl::StrCat(cells.size() + 1), fate));
    }
    // Two signals are two requests, however close.
    absl::StatusOr<Interrupts> interrupts =
        Interrupts::Create(absl::ZeroDuration());
    const auto presentation = Presentation::Open(options());
    EXPECT_THAT(presentation, IsOk());
    testing::internal::CaptureStdout();
    MatrixOutcome outcome =
        Matrix(fleet_.fleet(), cells, *interrupts, **presentation).Run();
    shown_ = testing::internal::GetCapturedStdout();
    EXPECT_THAT(outcome.shown, IsOk());
    return std::move(outcome.report);
  }

  FakeFleet fleet_;
  std::string shown_;
};

// "1 PASS" for each cell.
std::vector<std::string> CellsIn(const proto::Report& report) {
  std::vector<std::string> lines;
  for (const proto::Report& cell : report.cells()) {
    lines.push_back(
        absl::StrCat(cell.cell(), " ", proto::Verdict_Name(cell.verdict())));
  }
  return lines;
}

TEST_F(MatrixTest, SingleCellIsItsOwnReport) {
  const proto::Report report = Run({"completes"});
  EXPECT_FALSE(IsMerged(report));
  EXPECT_EQ(report.cell(), "1");
  EXPECT_EQ(report.stressors_size(), 1);
  EXPECT_EQ(ExitCode(report), 0);
  EXPECT_THAT(shown_, HasSubstr("spin"));
}

TEST_F(MatrixTest, RunsEveryCellWhateverBecomesOfOthers) {
  const proto::Report report =
      Run({"completes", "panics", "refuses", "completes"});
  EXPECT_THAT(CellsIn(report),
              ElementsAre("1 PASS", "2 FAIL", "3 FAIL", "4 PASS"));
  EXPECT_THAT(report.planned_cells(), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(report.command_line(), ElementsAre("--vm=1c"));
  EXPECT_EQ(ExitCode(report), 1);
}

TEST_F(MatrixTest, PassesIfAllDo) {
  options().vm.jobs = 2;
  const proto::Report report = Run({"completes", "completes_by_serial"});
  EXPECT_THAT(CellsIn(report), ElementsAre("1 PASS", "2 PASS"));
  EXPECT_EQ(ExitCode(report), 0);
}

TEST_F(MatrixTest, RunsOnWhereNoneCanStart) {
  fleet_.fleet().qemu = "/nonexistent/qemu";
  EXPECT_THAT(CellsIn(Run({"", "", ""})),
              ElementsAre("1 FAIL", "2 FAIL", "3 FAIL"));
}

// The time is short for the first and long for the others, and who is too slow
// for it fails as well.
TEST_F(MatrixTest, ShowsCellsInTheirOrder) {
  options().vm.jobs = 3;
  options().vm.timeout = absl::Milliseconds(100);
  const proto::Report report =
      Run({"hangs_until_asked_why", "refuses", "panics"});
  EXPECT_THAT(CellsIn(report), ElementsAre("1 FAIL", "2 FAIL", "3 FAIL"));
  const size_t first = shown_.find("\nnot ok 1 1\n");
  const size_t second = shown_.find("\nnot ok 2 2\n");
  const size_t third = shown_.find("\nnot ok 3 3\n");
  ASSERT_NE(third, std::string::npos) << shown_;
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST_F(MatrixTest, StopsAtTheFirstFailureOnRequest) {
  options().fail_fast = true;
  const proto::Report report = Run({"completes", "panics", "completes"});
  EXPECT_THAT(CellsIn(report), ElementsAre("1 PASS", "2 FAIL"));
  EXPECT_THAT(MissingCells(report), ElementsAre("3"));
  EXPECT_EQ(ExitCode(report), 1);
}

// Neither in the place of the second, while the first is still running and
// nothing could be shown, nor after it.
TEST_F(MatrixTest, FailureBehindARunningCellStopsTheRest) {
  options().fail_fast = true;
  options().vm.jobs = 2;
  options().vm.timeout = absl::Milliseconds(100);
  EXPECT_THAT(CellsIn(Run({"hangs_until_asked_why", "refuses", "completes"})),
              ElementsAre("1 FAIL", "2 FAIL"));
}

TEST_F(MatrixTest, InterruptReachesTheGuestAndStopsTheRest) {
  const proto::Report report = Run({"interrupts", "completes"});
  EXPECT_THAT(CellsIn(report), ElementsAre("1 PASS"));
  EXPECT_EQ(report.cells(0).interrupted_by(), SIGINT);
  EXPECT_EQ(report.cells(0).vm().end(), proto::Vm::COMPLETED);
  EXPECT_EQ(ExitCode(report), 128 + SIGINT);
}

TEST_F(MatrixTest, SecondInterruptKills) {
  const proto::Report report = Run({"interrupts_twice"});
  EXPECT_EQ(report.vm().end(), proto::Vm::INTERRUPTED);
  EXPECT_EQ(report.verdict(), proto::FAIL);
  EXPECT_EQ(ExitCode(report), 128 + SIGINT);
}

}  // namespace
}  // namespace ktstr
