// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// `ktstr merge` of what real runs saved: each is there, whole, in every format.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "ktstr/base/file.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::SizeIs;
using testing::StartsWith;

// One run that passes and one with a check that fails, saved.
class MergeTest : public testing::Test {
 protected:
  MergeTest()
      : good_(Save("good.pb", "wake_chain", {})),
        bad_(Save("bad.json", "spin_wait", {"--check=iterations.count<1"})) {}

  std::string Path(const std::string& file) const {
    return folder_.path() + "/" + file;
  }
  std::string Save(const std::string& file, const std::string& stressor,
                   std::vector<std::string> flags) const {
    flags.push_back("--stressor=" + stressor);
    flags.push_back("--iterations=20");
    flags.push_back("--output=" + Path(file));
    const Outcome run = RunBinary(flags);
    EXPECT_THAT(run.exit_code, testing::AnyOf(0, 1)) << run.err;
    return Path(file);
  }
  // What `merge` of both prints; the verdict is that of the bad one.
  std::string Merged(std::vector<std::string> flags) const {
    flags.insert(flags.begin(), {"merge", good_, bad_});
    BinaryCall call;
    call.args = std::move(flags);
    call.before_exec = ForbidProcesses;
    const Outcome merged = RunBinary(call);
    EXPECT_EQ(merged.exit_code, 1) << "signal " << merged.signal;
    EXPECT_EQ(merged.err, "");
    return merged.out;
  }

  const TempDir folder_;
  const std::string good_;
  const std::string bad_;
};

// As `saved` is in the file, but for the name that it has as a cell.
void ExpectCell(proto::Report cell, const std::string& name,
                const std::string& saved) {
  EXPECT_EQ(cell.cell(), name);
  cell.clear_cell();
  EXPECT_TRUE(
      MessageDifferencer::Equals(cell, ReportIn(ReadFile(saved).value())))
      << name;
}

TEST_F(MergeTest, HasBothReportsWholeInEveryMessageFormat) {
  for (const char* format : {"json", "textproto", "pb"}) {
    const proto::Report merged =
        ReportIn(Merged({absl::StrCat("--format=", format)}));
    EXPECT_THAT(merged.planned_cells(), ElementsAre("good", "bad")) << format;
    ASSERT_THAT(merged.cells(), SizeIs(2)) << format;
    ExpectCell(merged.cells(0), "good", good_);
    ExpectCell(merged.cells(1), "bad", bad_);
    EXPECT_EQ(merged.verdict(), proto::FAIL);
    EXPECT_EQ(merged.cells(0).verdict(), proto::PASS);
  }
}

TEST_F(MergeTest, ShowsEachReportAndATableOfAll) {
  const std::string text = Merged({});
  EXPECT_THAT(text, AllOf(HasSubstr("== 1 of 2: good ="),
                          HasSubstr("== 2 of 2: bad ="), HasSubstr("PASS  not"),
                          HasSubstr("FAIL  check:"), HasSubstr("= all cells")));
  EXPECT_THAT(text, testing::EndsWith("ms\n"));
}

TEST_F(MergeTest, HasASubtestForEachInTap) {
  const std::vector<std::string> lines =
      absl::StrSplit(Merged({"--format=tap"}), '\n');
  ASSERT_THAT(lines, SizeIs(testing::Gt(2u)));
  EXPECT_EQ(lines[0], "KTAP version 1");
  EXPECT_EQ(lines[1], "1..2");
  EXPECT_THAT(lines, IsSupersetOf({"  # Subtest: good", "  ok 1 wake_chain",
                                   "ok 1 good", "  # Subtest: bad",
                                   "  not ok 1 spin_wait", "not ok 2 bad"}));
}

TEST_F(MergeTest, IsAReportLikeAnyOtherOnceItIsSaved) {
  for (const char* format : {"text", "tap", "json", "textproto", "pb"}) {
    const std::string flag = absl::StrCat("--format=", format);
    const std::string shown = Merged({flag, "--output=" + Path("all.pb")});
    EXPECT_EQ(RunBinary({"report", Path("all.pb"), flag}).out, shown) << format;
  }
}

TEST_F(MergeTest, TakesTheCellsOfAMergedReport) {
  Merged({"--output=" + Path("all.textproto")});
  const std::string third = Save("good.textproto", "yield_heavy", {});
  const proto::Report merged = ReportIn(
      RunBinary({"merge", Path("all.textproto"), third, "--format=pb"}).out);
  EXPECT_THAT(merged.planned_cells(), ElementsAre("good", "bad", "good.2"));
  ASSERT_THAT(merged.cells(), SizeIs(3));
  ExpectCell(merged.cells(1), "bad", bad_);
  ExpectCell(merged.cells(2), "good.2", third);
}

TEST_F(MergeTest, RefusesWhatItCannotMergeInOneLine) {
  const std::string whole = *ReadFile(good_);
  const std::string files[][2] = {
      {Path("absent"), "absent"},
      {folder_.path(), folder_.path()},
      {folder_.Write("empty.pb", ""), "empty"},
      {folder_.Write("text.txt", Merged({})), "is not a report"},
      {folder_.Write("cut.pb", whole.substr(0, whole.size() - 1)),
       "is not a report"},
      {good_, "is named twice"},
      {folder_.path() + "/../" +
           folder_.path().substr(folder_.path().rfind('/') + 1) + "/good.pb",
       "is the same file as"},
  };
  for (const auto& [file, said] : files) {
    const Outcome refused =
        RunBinary({"merge", good_, file, "--output=" + Path("all.pb")});
    EXPECT_EQ(refused.exit_code, 64) << file;
    EXPECT_EQ(refused.out, "");
    EXPECT_TRUE(IsOneLine(refused.err)) << refused.err;
    EXPECT_THAT(refused.err, AllOf(StartsWith("ktstr: "), HasSubstr(said)));
    EXPECT_FALSE(ReadFile(Path("all.pb")).ok()) << "it wrote a report";
  }
}

}  // namespace
}  // namespace ktstr
