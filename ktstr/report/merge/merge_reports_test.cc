// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/merge/merge_reports.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

proto::Report Judged(proto::Verdict verdict) {
  proto::Report report;
  report.set_version("0.1");
  report.set_verdict(verdict);
  return report;
}

NamedReport Host(const std::string& name,
                 proto::Verdict verdict = proto::PASS) {
  return {name, Judged(verdict)};
}

NamedReport Guest(const std::string& topology, const std::string& release,
                  const std::string& ops = "") {
  NamedReport guest = Host("file");
  guest.report.mutable_vm()->set_topology(topology);
  guest.report.mutable_host()->set_kernel_release(release);
  if (!ops.empty()) guest.report.mutable_scheduler()->set_ops(ops);
  return guest;
}

NamedReport Merged(const std::vector<std::string>& planned,
                   const std::vector<std::string>& cells) {
  NamedReport merged = Host("matrix");
  for (const std::string& name : planned) {
    merged.report.add_planned_cells(name);
  }
  for (const std::string& name : cells) {
    *merged.report.add_cells() = Judged(proto::PASS);
    merged.report.mutable_cells()->rbegin()->set_cell(name);
  }
  return merged;
}

proto::Report Merge(const std::vector<NamedReport>& reports) {
  const absl::StatusOr<proto::Report> merged = MergeReports(reports);
  EXPECT_THAT(merged, IsOk());
  return merged.ok() ? *merged : proto::Report();
}

std::vector<std::string> CellsOf(const proto::Report& merged) {
  std::vector<std::string> names;
  for (const proto::Report& cell : merged.cells()) {
    names.push_back(cell.cell());
  }
  return names;
}

TEST(MergeReportsTest, RefusesNothing) {
  EXPECT_THAT(MergeReports({}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(MergeReportsTest, NamesCellsByTheirFileIfNothingElseDoes) {
  const proto::Report merged = Merge({Host("before"), Host("after")});
  EXPECT_THAT(CellsOf(merged), ElementsAre("before", "after"));
  EXPECT_THAT(merged.planned_cells(), ElementsAre("before", "after"));
  EXPECT_EQ(merged.version(), "0.1");
  EXPECT_THAT(merged.stressors(), IsEmpty());
}

TEST(MergeReportsTest, NamesCellsByTheirMachine) {
  EXPECT_THAT(CellsOf(Merge({Guest("2n1l2c2t", "6.12"), Host("bare"),
                             Guest("1n1l1c1t", "6.12")})),
              ElementsAre("2n1l2c2t", "bare", "1n1l1c1t"));
}

TEST(MergeReportsTest, AddsToAMachineWhatTellsItApart) {
  EXPECT_THAT(CellsOf(Merge({Guest("1n", "6.12"), Guest("1n", "6.6")})),
              ElementsAre("1n 6.12", "1n 6.6"));
  EXPECT_THAT(CellsOf(Merge({Guest("1n", "6.12", "simple"), Guest("1n", "6.12"),
                             Guest("1n", "6.12", "flat"),
                             Guest("2n", "6.12", "flat")})),
              ElementsAre("1n simple", "1n", "1n flat", "2n flat"));
}

TEST(MergeReportsTest, TakesTheNameThatACellHas) {
  NamedReport guest = Guest("1n", "6.12");
  guest.report.set_cell("mine");
  EXPECT_THAT(CellsOf(Merge({guest, Guest("1n", "6.6")})),
              ElementsAre("mine", "1n"));
}

TEST(MergeReportsTest, MakesNamesUnique) {
  EXPECT_THAT(CellsOf(Merge({Host("a"), Host("a.2"), Host("a"), Host("a")})),
              ElementsAre("a", "a.2", "a.3", "a.4"));
}

TEST(MergeReportsTest, FlattensMergedReports) {
  const proto::Report merged =
      Merge({Host("b"), Merged({"a", "b", "c"}, {"c", "a", "extra"})});
  EXPECT_THAT(CellsOf(merged), ElementsAre("b", "a", "c", "extra"));
  EXPECT_THAT(merged.planned_cells(),
              ElementsAre("b", "a", "b.2", "c", "extra"));
  EXPECT_EQ(merged.verdict(), proto::FAIL) << "a planned cell is missing";
}

TEST(MergeReportsTest, IsTheSameWhenMergedAgain) {
  const NamedReport once = {"once", Merge({Host("a"), Host("a"), Host("b")})};
  EXPECT_EQ(Merge({once}).SerializeAsString(), once.report.SerializeAsString());
}

TEST(MergeReportsTest, HasTheVerdictOfItsCells) {
  using enum proto::Verdict;
  EXPECT_EQ(Merge({Host("a"), Host("b", SKIP)}).verdict(), PASS);
  EXPECT_EQ(Merge({Host("a"), Host("b", FAIL)}).verdict(), FAIL);
  EXPECT_EQ(Merge({Host("a", SKIP), Host("b", SKIP)}).verdict(), SKIP);
  EXPECT_EQ(Merge({Host("a", VERDICT_UNSPECIFIED)}).verdict(), FAIL);
}

TEST(MergeReportsTest, SpansItsCellsInTime) {
  NamedReport first = Host("first");
  first.report.set_started_unix_ns(20);
  first.report.set_ended_unix_ns(90);
  NamedReport second = Host("second");
  second.report.set_started_unix_ns(10);
  second.report.set_ended_unix_ns(30);
  second.report.set_interrupted_by(15);
  NamedReport third = Host("third");  // It knows of no time.
  third.report.set_interrupted_by(2);
  const proto::Report merged = Merge({first, second, third});
  EXPECT_EQ(merged.started_unix_ns(), 10);
  EXPECT_EQ(merged.ended_unix_ns(), 90);
  EXPECT_EQ(merged.interrupted_by(), 15);
}

}  // namespace
}  // namespace ktstr
