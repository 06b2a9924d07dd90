// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/guest/frame_writer.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/vm/channel/channel.pb.h"
#include "ktstr/vm/channel/frame.h"
#include "ktstr/vm/channel/sender.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FrameWriterTest : public testing::Test {
 protected:
  FrameWriterTest()
      : pair_(*MakeSocketPair(SOCK_CLOEXEC | SOCK_NONBLOCK)),
        sender_(*Sender::Create(pair_.theirs.get())),
        writer_(sender_) {}

  // All that was sent.
  std::vector<proto::ToHost> Sent() {
    char bytes[4096];
    ssize_t got = 0;
    while ((got = read(pair_.ours.get(), bytes, sizeof(bytes))) > 0) {
      decoder_.Append(absl::string_view(bytes, static_cast<size_t>(got)));
    }
    std::vector<proto::ToHost> events;
    while (const absl::optional<std::string> payload = decoder_.Next()) {
      EXPECT_TRUE(events.emplace_back().ParseFromString(*payload));
    }
    EXPECT_EQ(decoder_.lost_bytes(), 0);
    return events;
  }

  SocketPair pair_;
  Sender sender_;
  FrameWriter writer_;
  FrameDecoder decoder_;
};

TEST_F(FrameWriterTest, TellsAReportPartByPart) {
  proto::Report report;
  report.set_version("1.2.3");
  ASSERT_THAT(writer_.Begin(report), IsOk());
  ASSERT_THAT(writer_.StepBegin({"spin", "wake"}), IsOk());
  proto::Stressor& stressor = *report.add_stressors();
  stressor.set_name("spin");
  stressor.set_verdict(proto::PASS);
  ASSERT_THAT(writer_.Stressor(report, stressor), IsOk());
  report.set_interrupted_by(2);
  ASSERT_THAT(writer_.End(report), IsOk());

  const std::vector<proto::ToHost> events = Sent();
  ASSERT_EQ(events.size(), 4);
  EXPECT_EQ(events[0].begin().version(), "1.2.3");
  EXPECT_THAT(events[1].step().names(), ElementsAre("spin", "wake"));
  EXPECT_EQ(events[2].stressor().SerializeAsString(),
            stressor.SerializeAsString());
  EXPECT_EQ(events[3].end().interrupted_by(), 2);
}

TEST_F(FrameWriterTest, TellsNoStressorTwice) {
  proto::Report report;
  report.add_stressors()->set_name("spin");
  ASSERT_THAT(writer_.End(report), IsOk());
  const std::vector<proto::ToHost> events = Sent();
  ASSERT_EQ(events.size(), 1);
  ASSERT_EQ(events[0].event_case(), proto::ToHost::kEnd);
  EXPECT_THAT(events[0].end().stressors(), IsEmpty());
}

TEST_F(FrameWriterTest, TellsWhatIsForPeople) {
  ASSERT_THAT(writer_.Live("1.0s 3 workers"), IsOk());
  ASSERT_THAT(writer_.Trouble("no disk"), IsOk());
  const std::vector<proto::ToHost> events = Sent();
  ASSERT_EQ(events.size(), 2);
  EXPECT_EQ(events[0].live(), "1.0s 3 workers");
  EXPECT_EQ(events[1].trouble(), "no disk");
}

TEST_F(FrameWriterTest, HasNoCells) {
  EXPECT_THAT(writer_.Cell({}, {}), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(Sent(), IsEmpty());
}

TEST_F(FrameWriterTest, TellsThatTheHostIsGone) {
  signal(SIGPIPE, SIG_IGN);
  pair_.ours.reset();
  EXPECT_EQ(ErrnoOf(writer_.Begin({})), EPIPE);
}

}  // namespace
}  // namespace ktstr
