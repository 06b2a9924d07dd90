// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/channel/sender.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/vm/channel/channel.pb.h"
#include "ktstr/vm/channel/frame.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;

// More than any socket takes at once.
constexpr size_t kLargeBytes = size_t{8} << 20;

proto::ToHost Trouble(std::string text) {
  proto::ToHost event;
  event.set_trouble(std::move(text));
  return event;
}

// A channel and what comes out of it.
class Line {
 public:
  Line() : pair_(*MakeSocketPair()), sender_(*Sender::Create(guest_fd())) {
    signal(SIGPIPE, SIG_IGN);
  }

  Sender& sender() { return sender_; }
  int guest_fd() const { return pair_.theirs.get(); }
  const FrameDecoder& decoder() const { return decoder_; }
  void CloseGuest() { pair_.theirs.reset(); }
  void CloseHost() { pair_.ours.reset(); }

  // Waits for bytes, and takes all that are there. False at their end.
  bool Read() {
    char bytes[65536];
    ssize_t got = recv(pair_.ours.get(), bytes, sizeof(bytes), 0);
    const bool more = got > 0;
    while (got > 0) {
      decoder_.Append(absl::string_view(bytes, static_cast<size_t>(got)));
      got = recv(pair_.ours.get(), bytes, sizeof(bytes), MSG_DONTWAIT);
    }
    return more;
  }

  // Waits until a byte is there, and takes none.
  void AwaitByte() const {
    pollfd readable = {pair_.ours.get(), POLLIN, 0};
    EXPECT_EQ(poll(&readable, 1, /*timeout=*/-1), 1);
  }

  absl::optional<proto::ToHost> Next() {
    const absl::optional<std::string> payload = decoder_.Next();
    if (!payload.has_value()) return absl::nullopt;
    proto::ToHost event;
    EXPECT_TRUE(event.ParseFromString(*payload));
    return event;
  }

  // Waits for an event.
  proto::ToHost Await() {
    for (;;) {
      if (absl::optional<proto::ToHost> event = Next()) return *event;
      if (!Read()) return {};
    }
  }

 private:
  SocketPair pair_;
  Sender sender_;
  FrameDecoder decoder_;
};

// A child that is in the middle of a frame which nobody reads on.
Child StartToSendLargeFrame(Line& line) {
  absl::StatusOr<Child> child = Child::Spawn([&] {
    return line.sender().Send(Trouble(std::string(kLargeBytes, 'x'))).ok();
  });
  EXPECT_THAT(child, IsOk());
  line.AwaitByte();
  return *std::move(child);
}

void KillAndReap(Child& child) {
  EXPECT_THAT(child.Signal(SIGKILL), IsOk());
  const absl::StatusOr<ChildEnd> end = child.Reap();
  ASSERT_THAT(end, IsOk());
  EXPECT_EQ(DescribeEnd(*end), "was killed by SIGKILL");
}

TEST(SenderTest, StampsEventsWithTheTimeSinceBoot) {
  Line line;
  ASSERT_THAT(line.sender().Send(Trouble("one")), IsOk());
  ASSERT_THAT(line.sender().Send(Trouble("two")), IsOk());
  const proto::ToHost one = line.Await();
  const proto::ToHost two = line.Await();
  EXPECT_EQ(one.trouble(), "one");
  EXPECT_EQ(two.trouble(), "two");
  EXPECT_GT(one.uptime_ns(), 0);
  EXPECT_GE(two.uptime_ns(), one.uptime_ns());
}

// Texts of many lengths, so that frames end anywhere in what is read.
std::string Text(char sender, int number) {
  return absl::StrCat(std::string(1, sender), number,
                      std::string(static_cast<size_t>(number * 7 % 501), 'x'));
}

TEST(SenderTest, FramesOfTwoProcessesNeverMix) {
  constexpr int kFrames = 3000;
  Line line;
  std::vector<Child> children;
  for (const char name : {'a', 'b'}) {
    absl::StatusOr<Child> child = Child::Spawn([&] {
      for (int i = 0; i < kFrames; ++i) {
        if (!line.sender().Send(Trouble(Text(name, i))).ok()) return 1;
      }
      return 0;
    });
    ASSERT_THAT(child, IsOk());
    children.push_back(*std::move(child));
  }
  line.CloseGuest();
  int next[2] = {0, 0};
  while (line.Read()) {
    while (const absl::optional<proto::ToHost> event = line.Next()) {
      const char name = event->trouble()[0];
      ASSERT_EQ(event->trouble(), Text(name, next[name == 'a' ? 0 : 1]++));
    }
  }
  EXPECT_THAT(next, ElementsAre(kFrames, kFrames));
  EXPECT_EQ(line.decoder().lost_bytes(), 0);
  EXPECT_EQ(line.decoder().lost_frames(), 0);
  EXPECT_EQ(line.decoder().pending_bytes(), 0);
}

TEST(SenderTest, OthersGoOnAfterASenderIsKilled) {
  Line line;
  Child child = StartToSendLargeFrame(line);
  KillAndReap(child);
  line.Read();
  EXPECT_GT(line.decoder().pending_bytes(), kFrameHeaderBytes);
  ASSERT_THAT(line.sender().Send(Trouble("after")), IsOk());
  EXPECT_EQ(line.Await().trouble(), "after");
  EXPECT_THAT(line.decoder().lost_bytes(), Gt(kFrameHeaderBytes));
  EXPECT_EQ(line.decoder().lost_frames(), 1);
}

TEST(SenderTest, WaitingSenderGoesOnAfterTheFirstIsKilled) {
  Line line;
  Child first = StartToSendLargeFrame(line);
  absl::StatusOr<Child> second = Child::Spawn(
      [&] { return line.sender().Send(Trouble("waited")).ok() ? 0 : 1; });
  ASSERT_THAT(second, IsOk());
  KillAndReap(first);
  EXPECT_EQ(line.Await().trouble(), "waited");
  const absl::StatusOr<ChildEnd> end = second->Reap();
  ASSERT_THAT(end, IsOk());
  EXPECT_EQ(DescribeEnd(*end), "exited with code 0");
  ASSERT_THAT(line.sender().Send(Trouble("and on")), IsOk());
  EXPECT_EQ(line.Await().trouble(), "and on");
}

TEST(SenderTest, TellsThatTheHostIsGoneAndHoldsNobodyUp) {
  Line line;
  line.CloseHost();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(ErrnoOf(line.sender().Send(Trouble("x"))), EPIPE);
  }
}

TEST(SenderTest, RefusesWhatNoFrameHolds) {
  Line line;
  EXPECT_THAT(line.sender().Send(Trouble(std::string(kMaxFramePayload, 'x'))),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr(absl::StrCat(kMaxFramePayload))));
  ASSERT_THAT(line.sender().Send(Trouble("small")), IsOk());
  EXPECT_EQ(line.Await().trouble(), "small");
  EXPECT_EQ(line.decoder().lost_frames(), 0);
}

}  // namespace
}  // namespace ktstr
