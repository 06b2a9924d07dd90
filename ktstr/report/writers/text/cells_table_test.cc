// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/cells_table.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/writers/sample_report.h"
#include "ktstr/report/writers/sample_vm_report.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::Each;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::ResultOf;

// `count` cells of a guest each, with names of `columns` columns.
proto::Report Matrix(int count, size_t columns) {
  proto::Report merged;
  for (int i = 0; i < count; ++i) {
    proto::Report& cell = *merged.add_cells();
    cell = SampleVmReport();
    cell.set_cell(absl::StrCat(std::string(columns - 2, 'c'), 10 + i));
  }
  return merged;
}

// A cell named `name` with one stressor, "s".
proto::Stressor& AddCell(const std::string& name, proto::Report& merged) {
  proto::Report& cell = *merged.add_cells();
  cell.set_cell(name);
  proto::Stressor& stressor = *cell.add_stressors();
  stressor.set_name("s");
  return stressor;
}

void AddMetric(const std::string& role, const std::string& metric, int64_t ns,
               proto::Stressor& stressor) {
  proto::Role* added = nullptr;
  for (proto::Role& known : *stressor.mutable_roles()) {
    if (known.name() == role) added = &known;
  }
  if (added == nullptr) added = stressor.add_roles();
  added->set_name(role);
  proto::Metric& times = *added->add_metrics();
  times.set_name(metric);
  times.mutable_histogram()->set_count(1);
  times.mutable_histogram()->set_p50_ns(ns);
  times.mutable_histogram()->set_p99_ns(2 * ns);
}

constexpr char kGolden[] =
    "                                 2n1l2c2t      2n1l2c2t      64n    "
    " 9n9l9c9t         host\n"
    "                                               6.12.94+\n"
    "                                           deb12-cloud-\n"
    "                                                  amd64\n"
    "  verdict                            PASS          FAIL  not run    "
    "     FAIL         FAIL\n"
    "  guest                         completed      panicked        -  no"
    "t started            -\n"
    "  kernel                     6.12.94+deb~  6.12.94+deb~        -    "
    "        -  6.12.9-test\n"
    "  accelerator                         tcg           tcg        -    "
    "      kvm            -\n"
    "  CPUs                                  8             8        -    "
    "        -            2\n"
    "  boot                              2.34s         2.30s        -    "
    "        -            -\n"
    "  scheduler                        simple        simple        -    "
    "        -            -\n"
    "    stayed loaded                     yes            no        -    "
    "        -            -\n"
    "\n"
    "  wake_chain                         PASS          PASS        -    "
    "  not run         PASS\n"
    "    iterations/s                    8.04k         8.04k        -    "
    "        -         100k\n"
    "    migrations/s                       40            40        -    "
    "        -           12\n"
    "    run delay                       0.30%         0.30%        -    "
    "        -        1.23%\n"
    "    spread                          1.00%         1.00%        -    "
    "        -       <0.01%\n"
    "    longest gap                     464us         464us        -    "
    "        -       12.1ms\n"
    "    wake_latency.local p50         3.36us        3.36us        -    "
    "        -       1.27us\n"
    "    wake_latency.local p99         7.36us        7.36us        -    "
    "        -       2.04us\n"
    "\n"
    "  mutex_contention                      -          FAIL        -    "
    "        -            -\n"
    "\n"
    "  spin_wait                             -       not run        -    "
    "        -            -\n"
    "\n"
    "  slow                                  -             -        -    "
    "        -         FAIL\n"
    "    iterations/s                        -             -        -    "
    "        -          491\n"
    "    migrations/s                        -             -        -    "
    "        -         8.10\n"
    "    spread                              -             -        -    "
    "        -        75.2%\n"
    "    wake_latency.local p50              -             -        -    "
    "        -       5.10us\n"
    "    wake_latency.local p99              -             -        -    "
    "        -       5.30us\n"
    "    wake_latency.remote p50             -             -        -    "
    "        -       33.1us\n"
    "    wake_latency.remote p99             -             -        -    "
    "        -       39.3us\n"
    "\n"
    "  numa_sweep                            -             -        -    "
    "        -         SKIP\n"
    "\n"
    "  last                                  -             -        -    "
    "        -      not run\n";

TEST(CellsTableTest, HasACellInEachColumn) {
  EXPECT_EQ(CellsTable(SampleMergedReport()), kGolden);
}

TEST(CellsTableTest, LeavesOutWhatNoCellHas) {
  proto::Report merged;
  AddCell("a", merged).set_verdict(proto::SKIP);
  EXPECT_EQ(CellsTable(merged),
            "              a\n"
            "  verdict  ----\n"
            "\n"
            "  s        SKIP\n");
}

TEST(CellsTableTest, NamesTheRoleWhereSeveralHaveTheLatency) {
  proto::Report merged;
  proto::Stressor& first = AddCell("a", merged);
  AddMetric("waker", "wake_latency.local", 10, first);
  AddMetric("waker", "wake_latency.remote", 30, first);
  proto::Stressor& second = AddCell("b", merged);
  AddMetric("waiter", "wake_latency.local", 50, second);
  AddMetric("waiter", "round_trip", 70, second);
  const std::string table = CellsTable(merged);
  EXPECT_THAT(
      table,
      AllOf(HasSubstr("    waker wake_latency.local p50   10ns      -\n"
                      "    waker wake_latency.local p99   20ns      -\n"),
            HasSubstr("    wake_latency.remote p99        60ns      -\n"),
            HasSubstr("    waiter wake_latency.local p99     -  "
                      "100ns\n"),
            Not(HasSubstr("round_trip"))));
}

TEST(CellsTableTest, ShowsOtherLatenciesWhereNothingWakes) {
  proto::Report merged;
  AddMetric("spinner", "gap", 10, AddCell("a", merged));
  AddMetric("spinner", "iteration_cost", 30, AddCell("b", merged));
  EXPECT_THAT(CellsTable(merged),
              AllOf(HasSubstr("    iteration_cost p50     -  30ns\n"),
                    Not(HasSubstr("gap p50"))));
}

TEST(CellsTableTest, ContinuesBelowWhatDoesNotFit) {
  const std::string table = CellsTable(Matrix(12, 8));
  const std::vector<std::string> lines = absl::StrSplit(table, '\n');
  EXPECT_THAT(lines, Each(ResultOf(ColumnsOf, Le(kTextColumns))));
  int tables = 0;
  for (const std::string& line : lines) {
    tables += absl::StartsWith(line, "  verdict ");
  }
  EXPECT_EQ(tables, 3) << table;
  for (int i = 10; i < 22; ++i) {
    EXPECT_THAT(table, HasSubstr(absl::StrCat("cccccc", i)));
  }
}

TEST(CellsTableTest, CutsNamesThatTakeTooManyLines) {
  const std::string table = CellsTable(Matrix(1, 500));
  EXPECT_THAT(table, HasSubstr("ccccccccccc~\n  verdict"));
}

TEST(CellsTableTest, KeepsTo100ColumnsWhateverTheReportHolds) {
  const std::vector<std::string> lines =
      absl::StrSplit(CellsTable(Exaggerated(SampleMergedReport())), '\n');
  EXPECT_THAT(lines, Each(ResultOf(ColumnsOf, Le(kTextColumns))));
  EXPECT_THAT(lines, Each(Not(EndsWith(" "))));
}

TEST(CellsTableTest, IsEmptyWithoutCells) {
  EXPECT_EQ(CellsTable(proto::Report()), "");
}

}  // namespace
}  // namespace ktstr
