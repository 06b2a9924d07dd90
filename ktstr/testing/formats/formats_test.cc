// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Every output is a view of one report: saved, read again and shown in any
// format it is the same.

#include <stdlib.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "ktstr/base/file.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const char* const kFormats[] = {"text", "tap", "json", "textproto", "pb"};
const char* const kMessages[] = {"json", "textproto", "pb"};

// Of bytes that are UTF-8: what follows the first byte of a letter counts not.
size_t Columns(absl::string_view line) {
  size_t columns = 0;
  for (char c : line) columns += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return columns;
}

void ExpectWithin100Columns(absl::string_view text) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    EXPECT_LE(Columns(line), 100u) << line;
  }
}

// A run with passes, a failure, a skip and raw samples.
class FormatsTest : public testing::TestWithParam<const char*> {
 protected:
  std::vector<std::string> Args(const std::string& file) const {
    return {"--stressor=wake_chain,yield_heavy,mine=spin_wait",
            "--iterations=100",
            "--workers=4",
            "--samples=4",
            "--check=stressor=mine iterations.count<1",
            absl::StrCat("--format=", GetParam()),
            "--output=" + Path(file)};
  }
  std::string Path(const std::string& file) const {
    return folder_.path() + "/" + file;
  }
  std::string Show(const std::string& file, const std::string& format) const {
    const Outcome shown =
        RunBinary({"report", Path(file), "--format=" + format});
    EXPECT_EQ(shown.exit_code, 0);
    EXPECT_EQ(shown.err, "");
    return shown.out;
  }

  const TempDir folder_;
};

std::string NameOf(const testing::TestParamInfo<const char*>& info) {
  return info.param;
}

TEST_P(FormatsTest, ASavedReportShowsWhatTheRunShowed) {
  for (const char* saved : kMessages) {
    const std::string file = absl::StrCat("report.", saved);
    const Outcome live = RunBinary(Args(file));
    EXPECT_EQ(live.exit_code, 1);
    EXPECT_EQ(Show(file, GetParam()), live.out) << saved;
  }
}

TEST_P(FormatsTest, HasNothingOfTheTerminalInAPipe) {
  const Outcome outcome = RunBinary(Args("report.pb"));
  if (std::string(GetParam()) == "pb") return;  // Any byte may stand there.
  EXPECT_THAT(outcome.out, Not(HasSubstr("\r")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
  if (std::string(GetParam()) == "text") ExpectWithin100Columns(outcome.out);
}

INSTANTIATE_TEST_SUITE_P(All, FormatsTest, testing::ValuesIn(kFormats), NameOf);

using SavedTest = FormatsTest;

TEST_P(SavedTest, GoesRoundThroughEveryMessageFormat) {
  const std::string first = absl::StrCat("report.", GetParam());
  RunBinary(Args(first));
  const proto::Report report = ReportIn(*ReadFile(Path(first)));
  EXPECT_EQ(report.stressors_size(), 3);
  for (const char* format : kMessages) {
    const std::string next =
        folder_.Write(absl::StrCat("next.", format), Show(first, format));
    EXPECT_TRUE(MessageDifferencer::Equals(report, ReportIn(*ReadFile(next))))
        << format;
    EXPECT_EQ(Show(absl::StrCat("next.", format), GetParam()),
              *ReadFile(Path(first)));
  }
}

INSTANTIATE_TEST_SUITE_P(Messages, SavedTest, testing::ValuesIn(kMessages),
                         NameOf);

TEST(JsonTest, IsReadByAParserThatIsNotOurs) {
  if (system("python3 -c 'import json' 2>/dev/null") != 0) {
    GTEST_SKIP() << "no python3 here";
  }
  const TempDir folder;
  const std::string path = folder.path() + "/report.json";
  RunBinary({"--stressor=all", "--iterations=100", "--duration=100ms",
             "--samples=4", "--output=" + path});
  const std::string command =
      absl::StrCat("python3 -m json.tool ", path, " > /dev/null");
  EXPECT_EQ(system(command.c_str()), 0);
}

TEST(JsonTest, IsTheReportWithoutOtherWords) {
  const Outcome outcome =
      RunBinary({"--stressor=spin_wait", "--iterations=100", "--format=json"});
  EXPECT_THAT(outcome.out, StartsWith("{\n"));
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(ReportIn(outcome.out).verdict(), proto::PASS);
}

TEST(TextTest, StaysWithin100ColumnsForAllAndLongNames) {
  const Outcome all =
      RunBinary({"--stressor=all", "--iterations=100", "--duration=100ms"});
  ExpectWithin100Columns(all.out);
  const std::string name(150, 'n');
  const Outcome named = RunBinary(
      {absl::StrCat("--stressor=", name, "=wake_chain"), "--iterations=10"});
  EXPECT_EQ(named.exit_code, 0);
  ExpectWithin100Columns(named.out);
}

TEST(TextTest, OfASavedFileEndingInTxtIsTheText) {
  const TempDir folder;
  const std::string path = folder.path() + "/report.txt";
  const Outcome outcome = RunBinary({"--stressor=spin_wait", "--iterations=100",
                                     "--format=json", "--output=" + path});
  EXPECT_EQ(ReportIn(outcome.out).verdict(), proto::PASS);
  EXPECT_THAT(*ReadFile(path), HasSubstr("PASS  completed"));
}

}  // namespace
}  // namespace ktstr
