// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include <errno.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/stream_writer.h"
#include "ktstr/report/writer.h"
#include "ktstr/report/writers/sample_report.h"
#include "ktstr/report/writers/sample_vm_report.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using testing::ElementsAre;
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
    EXPECT_EQ(ErrnoOf(WriteReport(SampleMergedReport(), **writer)), ENOSPC)
        << format;
  }
}

// Writes down what it is told.
class Recorder final : public StreamWriter {
 public:
  absl::Status Begin(const proto::Report&) override { return Add("begin"); }
  absl::Status Stressor(const proto::Report&,
                        const proto::Stressor& stressor) override {
    return Add(stressor.name());
  }
  absl::Status Cell(const proto::Report&, const proto::Report& cell) override {
    return Add("cell " + cell.cell());
  }
  absl::Status End(const proto::Report&) override { return Add("end"); }

  std::vector<std::string> told;

 private:
  absl::Status Add(const std::string& what) {
    told.push_back(what);
    return absl::OkStatus();
  }
};

TEST(WriteReportTest, TellsOfStressorsOrOfCells) {
  Recorder plain;
  EXPECT_THAT(WriteReport(DeadGuestReport(), plain), IsOk());
  EXPECT_THAT(plain.told,
              ElementsAre("begin", "wake_chain", "mutex_contention", "end"));
  Recorder merged;
  EXPECT_THAT(WriteReport(SampleMergedReport(), merged), IsOk());
  EXPECT_THAT(merged.told,
              ElementsAre("begin", "cell 2n1l2c2t",
                          "cell 2n1l2c2t 6.12.94+deb12-cloud-amd64",
                          "cell 9n9l9c9t", "cell host", "end"));
}

}  // namespace
}  // namespace ktstr
