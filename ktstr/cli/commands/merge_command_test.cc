// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/commands/merge_command.h"

#include <unistd.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/read_report.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class MergeCommandTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const {
    return folder_.path() + "/" + name;
  }
  std::string Save(const std::string& name, const std::string& verdict,
                   const std::string& more = "") const {
    folder_.Write(name, "version: '0.1' verdict: " + verdict + more);
    return Path(name);
  }

  const TempDir folder_;
};

// How the refusal of `files` ends.
std::string Refusal(const std::vector<std::string>& files) {
  const absl::Status status = MergeFiles(files).status();
  EXPECT_THAT(status, testing::Not(IsOk()));
  return std::string(status.message());
}

TEST_F(MergeCommandTest, NamesCellsByTheStemOfTheirFile) {
  const absl::StatusOr<proto::Report> merged =
      MergeFiles({Save("a.b.textproto", "PASS"), Save("plain", "PASS"),
                  Save(".hidden", "PASS")});
  ASSERT_THAT(merged, IsOk());
  EXPECT_THAT(merged->planned_cells(),
              testing::ElementsAre("a.b", "plain", ".hidden"));
}

TEST_F(MergeCommandTest, RefusesAFileThatIsNamedTwice) {
  const std::string file = Save("a", "PASS");
  ASSERT_EQ(symlink("a", Path("link").c_str()), 0);
  EXPECT_THAT(Refusal({file, file}), EndsWith("/a is named twice"));
  EXPECT_THAT(Refusal({file, Path("link")}),
              EndsWith("/link is the same file as " + file));
  EXPECT_THAT(Refusal({file, folder_.path() + "/./a"}),
              EndsWith("/./a is the same file as " + file));
}

TEST_F(MergeCommandTest, RefusesWhatIsNoReportAndNamesIt) {
  const std::string good = Save("good", "PASS");
  folder_.Write("empty", "");
  folder_.Write("foreign", "{\"name\": 1}");
  folder_.Write("corrupt", std::string("\x0a\x03\x30\x2e\x31\x92", 6));
  EXPECT_THAT(Refusal({good, Path("absent")}), HasSubstr("/absent"));
  EXPECT_THAT(Refusal({good, folder_.path()}), HasSubstr(folder_.path()));
  EXPECT_THAT(Refusal({good, Path("empty")}), HasSubstr("/empty is empty"));
  EXPECT_THAT(Refusal({good, Path("foreign")}), HasSubstr("/foreign is not a"));
  EXPECT_THAT(Refusal({good, Path("corrupt")}), HasSubstr("/corrupt is not a"));
}

TEST_F(MergeCommandTest, ExitsWithTheVerdict) {
  const std::string pass = Save("pass", "PASS");
  const std::string fail = Save("fail", "FAIL");
  const std::string skip = Save("skip", "SKIP");
  const std::string cut = Save("cut", "PASS", " interrupted_by: 2");
  EXPECT_EQ(MergeCommand({}, {pass, skip}), 0);
  EXPECT_EQ(MergeCommand({}, {pass, fail}), 1);
  EXPECT_EQ(MergeCommand({}, {skip}), 4);
  EXPECT_EQ(MergeCommand({}, {pass, cut}), 1);
  EXPECT_EQ(MergeCommand({}, {pass, Path("absent")}), 64);
}

TEST_F(MergeCommandTest, WritesTheOutputToo) {
  CliOptions options;
  options.output = Path("all.pb");
  options.output_format = "pb";
  EXPECT_EQ(MergeCommand(options, {Save("a", "PASS"), Save("b", "FAIL")}), 1);
  const absl::StatusOr<proto::Report> merged = ReadReport(options.output);
  ASSERT_THAT(merged, IsOk());
  EXPECT_EQ(merged->cells_size(), 2);
  EXPECT_EQ(merged->verdict(), proto::FAIL);

  options.output = Path("no/such/folder");
  EXPECT_EQ(MergeCommand(options, {Save("a", "PASS")}), 64);
}

}  // namespace
}  // namespace ktstr
