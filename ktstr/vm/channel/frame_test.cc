// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/channel/frame.h"

#include <cstddef>
#include <cstdint>
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
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kPrintk[] = "[    1.5] sched_ext: \xC3\xA4 kernel speaks\r\n";

std::string Frame(absl::string_view payload, uint32_t sequence) {
  absl::StatusOr<std::string> frame = EncodeFrame(payload, sequence);
  EXPECT_THAT(frame, IsOk());
  return *std::move(frame);
}

std::vector<std::string> TakeAll(FrameDecoder& decoder) {
  std::vector<std::string> payloads;
  while (absl::optional<std::string> payload = decoder.Next()) {
    payloads.push_back(*std::move(payload));
  }
  return payloads;
}

std::vector<std::string> Decode(FrameDecoder& decoder,
                                absl::string_view bytes) {
  decoder.Append(bytes);
  std::vector<std::string> payloads = TakeAll(decoder);
  decoder.Finish();
  for (std::string& payload : TakeAll(decoder)) {
    payloads.push_back(std::move(payload));
  }
  EXPECT_EQ(decoder.pending_bytes(), 0);
  return payloads;
}

// Three frames, the middle one without a payload, the last binary.
struct ThreeFrames {
  const std::string first = Frame("one", 0);
  const std::string second = Frame("", 1);
  const std::string third = Frame(std::string("\0\xF9kt\xFE\xFF", 6), 2);
  const std::string all = first + second + third;
};

TEST(FrameTest, HeaderIsAsDocumented) {
  // The checksums are from Python's zlib.crc32().
  EXPECT_EQ(Frame("one", 7), std::string("\xF9kt\xFE"
                                         "\x03\0\0\0"
                                         "\x07\0\0\0"
                                         "\xF1\x86\x6C\x7A"
                                         "\x96\xE0\x8B\xE2"
                                         "one",
                                         23));
}

TEST(FrameTest, RefusesPayloadBeyondTheLimit) {
  const std::string largest(kMaxFramePayload, 'x');
  EXPECT_THAT(EncodeFrame(largest, 0), IsOk());
  EXPECT_THAT(
      EncodeFrame(largest + "x", 0),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("67108865")));
}

TEST(FrameDecoderTest, GivesFramesInTheirOrder) {
  const ThreeFrames frames;
  FrameDecoder decoder;
  EXPECT_THAT(Decode(decoder, frames.all),
              ElementsAre("one", "", std::string("\0\xF9kt\xFE\xFF", 6)));
  EXPECT_EQ(decoder.lost_bytes(), 0);
  EXPECT_EQ(decoder.lost_frames(), 0);
}

TEST(FrameDecoderTest, TakesOneByteAtATime) {
  const ThreeFrames frames;
  FrameDecoder decoder;
  size_t found = 0;
  for (const char byte : kPrintk + frames.all) {
    decoder.Append(absl::string_view(&byte, 1));
    found += TakeAll(decoder).size();
  }
  EXPECT_EQ(found, 3);
  EXPECT_EQ(decoder.lost_bytes(), sizeof(kPrintk) - 1);
  EXPECT_EQ(decoder.pending_bytes(), 0);
}

TEST(FrameDecoderTest, SkipsTextBetweenFrames) {
  const ThreeFrames frames;
  FrameDecoder decoder;
  EXPECT_THAT(Decode(decoder, absl::StrCat(kPrintk, frames.first, kPrintk,
                                           "\xF9k", frames.second, kPrintk)),
              ElementsAre("one", ""));
  EXPECT_EQ(decoder.lost_bytes(), 3 * (sizeof(kPrintk) - 1) + 2);
  EXPECT_EQ(decoder.lost_frames(), 0);
}

TEST(FrameDecoderTest, LosesOnlyTheFrameThatTextFellInto) {
  const ThreeFrames frames;
  for (size_t at = 1; at < frames.first.size(); ++at) {
    FrameDecoder decoder;
    std::string bytes = frames.all;
    bytes.insert(at, kPrintk);
    EXPECT_EQ(Decode(decoder, bytes).size(), 2) << at;
    EXPECT_EQ(decoder.lost_frames(), 1) << at;
    EXPECT_EQ(decoder.lost_bytes(), frames.first.size() + sizeof(kPrintk) - 1);
  }
}

// Cut anywhere, what came whole is given and the rest is counted.
TEST(FrameDecoderTest, CountsWhatATruncatedStreamLacks) {
  const ThreeFrames frames;
  for (size_t length = 0; length <= frames.all.size(); ++length) {
    FrameDecoder decoder;
    size_t whole = 0;
    size_t whole_bytes = 0;
    for (const std::string& frame :
         {frames.first, frames.second, frames.third}) {
      if (whole_bytes + frame.size() > length) break;
      whole_bytes += frame.size();
      ++whole;
    }
    EXPECT_EQ(Decode(decoder, frames.all.substr(0, length)).size(), whole);
    EXPECT_EQ(decoder.lost_bytes(), length - whole_bytes) << length;
  }
}

// Whatever is cut off at the front, the frames behind come through.
TEST(FrameDecoderTest, JoinsAStreamInItsMiddle) {
  const ThreeFrames frames;
  for (size_t cut = 1; cut <= frames.first.size(); ++cut) {
    FrameDecoder decoder;
    EXPECT_EQ(Decode(decoder, frames.all.substr(cut)).size(), 2) << cut;
    EXPECT_EQ(decoder.lost_frames(), 1) << cut;
  }
}

// Every byte of the stream, in every way: the two other frames come through,
// and all bytes of the broken one are counted.
TEST(FrameDecoderTest, SurvivesEveryChangedByte) {
  const ThreeFrames frames;
  for (size_t at = 0; at < frames.all.size(); ++at) {
    const size_t broken = at < frames.first.size() ? frames.first.size()
                          : at < frames.first.size() + frames.second.size()
                              ? frames.second.size()
                              : frames.third.size();
    for (int change = 1; change < 256; ++change) {
      std::string bytes = frames.all;
      bytes[at] = static_cast<char>(bytes[at] ^ change);
      FrameDecoder decoder;
      ASSERT_EQ(Decode(decoder, bytes).size(), 2) << at << " ^ " << change;
      ASSERT_EQ(decoder.lost_bytes(), broken) << at << " ^ " << change;
    }
  }
}

TEST(FrameDecoderTest, SurvivesEveryMissingByte) {
  const ThreeFrames frames;
  for (size_t at = 0; at < frames.all.size(); ++at) {
    std::string bytes = frames.all;
    bytes.erase(at, 1);
    FrameDecoder decoder;
    EXPECT_EQ(Decode(decoder, bytes).size(), 2) << at;
  }
}

// A live guest's next frame, not the stream's end, shows that one is broken.
TEST(FrameDecoderTest, BrokenFrameHoldsNobodyUp) {
  const std::string large = Frame(std::string(100000, 'x'), 0);
  FrameDecoder decoder;
  decoder.Append(absl::string_view(large).substr(0, 50000));
  EXPECT_THAT(TakeAll(decoder), IsEmpty());
  EXPECT_EQ(decoder.pending_bytes(), 50000);
  for (const char byte : Frame("next", 1)) {
    decoder.Append(absl::string_view(&byte, 1));
    if (decoder.pending_bytes() < 10) break;
    EXPECT_THAT(TakeAll(decoder), AnyOf(IsEmpty(), ElementsAre("next")));
  }
  EXPECT_EQ(decoder.pending_bytes(), 0);
  EXPECT_EQ(decoder.lost_bytes(), 50000);
  EXPECT_EQ(decoder.lost_frames(), 1);
}

TEST(FrameDecoderTest, HugeClaimedLengthIsNoFrame) {
  // A sound header, but for a length that none has.
  std::string bytes = Frame("", 0);
  bytes.replace(4, 4, "\x01\0\0\x04", 4);
  bytes.replace(16, 4, "\x65\x8C\x63\xFB", 4);
  FrameDecoder decoder;
  EXPECT_THAT(Decode(decoder, bytes + Frame("after", 0)), ElementsAre("after"));
  EXPECT_EQ(decoder.lost_bytes(), kFrameHeaderBytes);
}

TEST(FrameDecoderTest, KeepsNothingOfGarbage) {
  FrameDecoder decoder;
  const std::string garbage(4096, '\xF9');
  for (int i = 0; i < 100; ++i) {
    decoder.Append(garbage);
    EXPECT_THAT(TakeAll(decoder), IsEmpty());
    EXPECT_LT(decoder.pending_bytes(), kFrameHeaderBytes);
  }
}

TEST(FrameDecoderTest, CountsLostFramesByTheirNumbers) {
  FrameDecoder decoder;
  EXPECT_THAT(Decode(decoder, Frame("a", 2) + Frame("b", 3) + Frame("c", 7)),
              ElementsAre("a", "b", "c"));
  EXPECT_EQ(decoder.lost_frames(), 5);
  EXPECT_EQ(decoder.lost_bytes(), 0);
}

TEST(FrameDecoderTest, NewSenderBeginsAnew) {
  FrameDecoder decoder;
  EXPECT_THAT(Decode(decoder, Frame("a", 0) + Frame("b", 1) + Frame("c", 0)),
              ElementsAre("a", "b", "c"));
  EXPECT_EQ(decoder.lost_frames(), 0);
}

}  // namespace
}  // namespace ktstr
