// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/quiet_writer.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

// Writes down what it is told.
class Recorder final : public StreamWriter {
 public:
  absl::Status Begin(const proto::Report&) override {
    text += "begin ";
    return absl::OkStatus();
  }
  absl::Status Stressor(const proto::Report&,
                        const proto::Stressor& stressor) override {
    text += stressor.name() + " ";
    return absl::OkStatus();
  }
  absl::Status Cell(const proto::Report&, const proto::Report& cell) override {
    text += cell.cell() + " ";
    return absl::OkStatus();
  }
  absl::Status End(const proto::Report&) override {
    text += "end";
    return absl::OkStatus();
  }
  std::string text;
};

void Tell(StreamWriter& writer, const char* name, proto::Verdict verdict) {
  proto::Stressor stressor;
  stressor.set_name(name);
  stressor.set_verdict(verdict);
  EXPECT_THAT(writer.Stressor({}, stressor), IsOk());
}

TEST(QuietWriterTest, SaysNothingWhenAllPassed) {
  Recorder recorder;
  QuietWriter quiet(recorder);
  EXPECT_THAT(quiet.Begin({}), IsOk());
  Tell(quiet, "good", proto::PASS);
  EXPECT_THAT(quiet.End({}), IsOk());
  EXPECT_EQ(recorder.text, "");
}

TEST(QuietWriterTest, HandsOnWhatDidNotPass) {
  Recorder recorder;
  QuietWriter quiet(recorder);
  EXPECT_THAT(quiet.Begin({}), IsOk());
  Tell(quiet, "good", proto::PASS);
  Tell(quiet, "bad", proto::FAIL);
  Tell(quiet, "fine", proto::PASS);
  Tell(quiet, "odd", proto::SKIP);
  EXPECT_THAT(quiet.End({}), IsOk());
  EXPECT_EQ(recorder.text, "begin bad odd end");
}

TEST(QuietWriterTest, HandsOnCellsThatDidNotPass) {
  Recorder recorder;
  QuietWriter quiet(recorder);
  EXPECT_THAT(quiet.Begin({}), IsOk());
  for (const auto& [name, verdict] :
       {std::pair("good", proto::PASS), std::pair("bad", proto::FAIL),
        std::pair("lost", proto::VERDICT_UNSPECIFIED)}) {
    proto::Report cell;
    cell.set_cell(name);
    cell.set_verdict(verdict);
    EXPECT_THAT(quiet.Cell({}, cell), IsOk());
  }
  EXPECT_THAT(quiet.End({}), IsOk());
  EXPECT_EQ(recorder.text, "begin bad lost end");
}

TEST(QuietWriterTest, TellsOfAFailureThatNoStressorHad) {
  Recorder recorder;
  QuietWriter quiet(recorder);
  proto::Report report;
  EXPECT_THAT(quiet.Begin(report), IsOk());
  Tell(quiet, "good", proto::PASS);
  report.set_verdict(proto::FAIL);
  EXPECT_THAT(quiet.End(report), IsOk());
  EXPECT_EQ(recorder.text, "begin end");
}

TEST(QuietWriterTest, TellsOfAnInterruptedRun) {
  Recorder recorder;
  QuietWriter quiet(recorder);
  proto::Report report;
  report.set_interrupted_by(2);
  EXPECT_THAT(quiet.Begin(report), IsOk());
  EXPECT_THAT(quiet.End(report), IsOk());
  EXPECT_EQ(recorder.text, "begin end");
}

}  // namespace
}  // namespace ktstr
