// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/read_report.h"

#include <errno.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/writer.h"
#include "ktstr/report/writers/sample_report.h"
#include "ktstr/report/writers/sample_vm_report.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::AllOf;
using testing::HasSubstr;

class ReadReportTest : public testing::TestWithParam<const char*> {};

// What is read of what a writer of `format` makes of `report`.
absl::StatusOr<proto::Report> ThereAndBack(const proto::Report& report,
                                           const char* format) {
  const std::string path = testing::TempDir() + "/saved_report";
  KTSTR_ASSIGN_OR_RETURN(Sink sink, Sink::Create(path));
  KTSTR_ASSIGN_OR_RETURN(const auto writer,
                         MakeWriter(format, sink, /*color=*/false));
  KTSTR_RETURN_IF_ERROR(WriteReport(report, *writer));
  KTSTR_RETURN_IF_ERROR(sink.Close());
  return ReadReport(path);
}

TEST_P(ReadReportTest, GetsBackWhatWasWritten) {
  for (const proto::Report& report : {SampleReport(), SampleMergedReport()}) {
    const auto read = ThereAndBack(report, GetParam());
    ASSERT_THAT(read, IsOk());
    EXPECT_TRUE(MessageDifferencer::Equals(*read, report));
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, ReadReportTest,
                         testing::Values("pb", "textproto", "json"));

TEST(ReadReportTest, NamesTheFileThatIsMissing) {
  const absl::Status status = ReadReport("/no/such/report").status();
  EXPECT_EQ(ErrnoOf(status), ENOENT);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/no/such/report"));
}

struct Garbage {
  absl::string_view bytes;
  const char* complaint;
};

class ParseGarbageTest : public testing::TestWithParam<Garbage> {};

TEST_P(ParseGarbageTest, SaysWhatWasTried) {
  const absl::Status status =
      ParseReport(GetParam().bytes, "some_file").status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("some_file"), HasSubstr(GetParam().complaint)));
}

INSTANTIATE_TEST_SUITE_P(
    All, ParseGarbageTest,
    testing::Values(
        Garbage{"", "empty"}, Garbage{"{", "read as json"},
        Garbage{"{\"version\": 7, \"options\": 3}", "read as json"},
        Garbage{"{}", "read as json, it names no version"},
        Garbage{"no report at all", "read as textproto: line 1, column "},
        Garbage{"version: \"0.1\" stressors {", "read as textproto: line 1"},
        Garbage{"\x7f"
                "ELF\x02\x01\x01",
                "read as pb"},
        Garbage{absl::string_view("\0\0\0\0", 4), "read as pb"}));

TEST(ParseReportTest, LetsNoBytesInThatCannotBeSavedAgain) {
  const absl::StatusOr<proto::Report> report =
      ParseReport("version: \"a\xFF\"", "t");
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->version(), "a?");
}

TEST(ParseReportTest, SkipsFieldsOfLaterVersions) {
  EXPECT_THAT(ParseReport("version: \"9\" from_the_future: 7", "t"), IsOk());
  EXPECT_THAT(ParseReport("{\"version\": \"9\", \"from_the_future\": {}}", "j"),
              IsOk());
}

}  // namespace
}  // namespace ktstr
