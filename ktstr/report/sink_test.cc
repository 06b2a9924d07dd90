// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using testing::HasSubstr;

TEST(SinkTest, ReplacesTheFile) {
  const std::string path = testing::TempDir() + "/sink_replaces";
  for (const std::string text : {"a longer text", "short"}) {
    absl::StatusOr<Sink> sink = Sink::Create(path);
    ASSERT_THAT(sink, IsOk());
    EXPECT_THAT(sink->Write(text), IsOk());
    EXPECT_THAT(sink->Close(), IsOk());
  }
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("short"));
}

TEST(SinkTest, NamesThePathThatCannotBeMade) {
  const absl::Status status = Sink::Create("/no/such/folder/report").status();
  EXPECT_EQ(ErrnoOf(status), ENOENT);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("/no/such/folder/report"));
}

TEST(SinkTest, TellsOfAFullDisk) {
  absl::StatusOr<Sink> sink = Sink::Create("/dev/full");
  if (!sink.ok()) GTEST_SKIP() << sink.status();
  const absl::Status status = sink->Write("x");
  EXPECT_EQ(ErrnoOf(status), ENOSPC);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/dev/full"));
  EXPECT_EQ(sink->Close(), status);
}

TEST(SinkTest, TellsOfAClosedPipeAndStaysSilentAfterwards) {
  ASSERT_NE(signal(SIGPIPE, SIG_IGN), SIG_ERR);
  absl::StatusOr<Pipe> pipe = MakePipe();
  ASSERT_THAT(pipe, IsOk());
  Sink sink = Sink::To(pipe->write_end.get(), "standard output");
  EXPECT_THAT(sink.Write("heard"), IsOk());
  pipe->read_end.reset();
  const absl::Status status = sink.Write("unheard");
  EXPECT_EQ(ErrnoOf(status), EPIPE);
  EXPECT_THAT(std::string(status.message()), HasSubstr("standard output"));
  EXPECT_EQ(sink.Write("more"), status);
}

TEST(SinkTest, LeavesTheCallersDescriptorOpen) {
  absl::StatusOr<Pipe> pipe = MakePipe();
  ASSERT_THAT(pipe, IsOk());
  {
    Sink sink = Sink::To(pipe->write_end.get(), "pipe");
    EXPECT_THAT(sink.Close(), IsOk());
  }
  EXPECT_GE(fcntl(pipe->write_end.get(), F_GETFD), 0);
}

}  // namespace
}  // namespace ktstr
