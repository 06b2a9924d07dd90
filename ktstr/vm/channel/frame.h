// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Messages on a line that loses, changes and adds bytes: the report channel
// of a virtual machine, a virtio port or a serial line (in raw mode).
//
// A frame is, little-endian:
//
//   offset 0   magic, 4 bytes that no UTF-8 text holds
//          4   payload length, at most kMaxFramePayload
//          8   sequence number, from 0
//         12   CRC-32 (zlib's) of the payload
//         16   CRC-32 of the 16 bytes before
//         20   payload
#ifndef KTSTR_VM_CHANNEL_FRAME_H_
#define KTSTR_VM_CHANNEL_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace ktstr {

inline constexpr size_t kFrameHeaderBytes = 20;
inline constexpr size_t kMaxFramePayload = size_t{64} * 1024 * 1024;

// The frame of `payload`. Every frame of a channel's direction has the number
// after that of the one before. ResourceExhausted if `payload` is longer than
// kMaxFramePayload.
absl::StatusOr<std::string> EncodeFrame(absl::string_view payload,
                                        uint32_t sequence);

// Finds the frames in what arrives. What is not part of a whole, sound frame
// (text of others, a frame with a changed or missing byte) is skipped and
// counted, and the next frame found by its magic.
//
// A frame that does not arrive to its end holds nobody up: the next header
// that follows shows that it is broken. Therefore a payload must not itself
// hold a frame.
//
// Holds at most one incomplete frame, if the caller takes all with Next() after
// each Append(). Not for several threads at once.
class FrameDecoder final {
 public:
  void Append(absl::string_view bytes);

  // No more bytes will come: what Next() waited for is lost, and frames behind
  // it are found.
  void Finish() { finished_ = true; }

  // The payload of the next frame, nullopt if there is none (yet).
  absl::optional<std::string> Next();

  // Bytes skipped so far.
  uint64_t lost_bytes() const { return lost_bytes_; }

  // Frames that were sent before the last one that arrived, and did not: gaps
  // in the sequence numbers. A number that goes back is a new sender's.
  uint64_t lost_frames() const { return lost_frames_; }

  // Bytes that wait for others, neither delivered nor lost.
  size_t pending_bytes() const { return buffer_.size() - begin_; }

 private:
  struct Header;

  absl::string_view pending() const;
  static bool ReadHeader(absl::string_view bytes, Header& header);
  void Drop(size_t bytes);
  void Skip(size_t bytes);
  void SkipToMagic();
  bool BrokenOff();
  std::string Take(const Header& header);

  std::string buffer_;
  size_t begin_ = 0;    // Of what is pending.
  size_t scanned_ = 0;  // No header begins in the first so many of these.
  bool finished_ = false;
  uint32_t expected_sequence_ = 0;
  uint64_t lost_bytes_ = 0;
  uint64_t lost_frames_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_VM_CHANNEL_FRAME_H_
