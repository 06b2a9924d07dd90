// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include <errno.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/writer.h"
#include "ktstr/report/writers/sample_report.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using testing::HasSubstr;

TEST(MakeWriterTest, NamesTheFormatsThereAre) {
  Sink sink = Sink::To(1, "standard output");
  const absl::Status status = MakeWriter("xml", sink, /*color=*/false).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("'xml'; there are text, tap, json, textproto, pb"));
}

TEST(WriteReportTest, TellsOfAFullDiskInEveryFormat) {
  for (const absl::string_view format : WriterFormats()) {
    absl::StatusOr<Sink> sink = Sink::Create("/dev/full");
    if (!sink.ok()) GTEST_SKIP() << sink.status();
    const auto writer = MakeWriter(format, *sink, /*color=*/false);
    ASSERT_THAT(writer, IsOk());
    EXPECT_EQ(ErrnoOf(WriteReport(SampleReport(), **writer)), ENOSPC) << format;
  }
}

}  // namespace
}  // namespace ktstr
