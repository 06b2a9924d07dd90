// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/channel/frame.h"

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace ktstr {
namespace {

// 0xF5 and above are in no UTF-8 text.
constexpr absl::string_view kMagic("\xF9kt\xFE", 4);

uint32_t Crc32(absl::string_view bytes) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

void AppendNumber(std::string& bytes, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<char>(value >> shift));
  }
}

uint32_t NumberAt(absl::string_view bytes, size_t offset) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    value |= uint32_t{static_cast<uint8_t>(bytes[offset + i])} << (8 * i);
  }
  return value;
}

// Where the magic, or the begin of one at the end of `bytes`, is at the
// earliest from `from` on; the size if nowhere.
size_t FindMagic(absl::string_view bytes, size_t from) {
  for (; from < bytes.size(); ++from) {
    from = bytes.find(kMagic[0], from);
    if (from == absl::string_view::npos) break;
    const absl::string_view candidate = bytes.substr(from, kMagic.size());
    if (candidate == kMagic.substr(0, candidate.size())) return from;
  }
  return bytes.size();
}

}  // namespace

struct FrameDecoder::Header {
  size_t payload_bytes = 0;
  uint32_t sequence = 0;
  uint32_t payload_crc = 0;
};

absl::StatusOr<std::string> EncodeFrame(absl::string_view payload,
                                        uint32_t sequence) {
  if (payload.size() > kMaxFramePayload) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "a message of ", payload.size(),
        " bytes does not fit into a frame of at most ", kMaxFramePayload));
  }
  std::string frame(kMagic);
  frame.reserve(kFrameHeaderBytes + payload.size());
  AppendNumber(frame, static_cast<uint32_t>(payload.size()));
  AppendNumber(frame, sequence);
  AppendNumber(frame, Crc32(payload));
  AppendNumber(frame, Crc32(frame));
  frame.append(payload.data(), payload.size());
  return frame;
}

void FrameDecoder::Append(absl::string_view bytes) {
  // Moving what is pending costs no more than what went before it.
  if (begin_ >= pending_bytes()) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  buffer_.append(bytes.data(), bytes.size());
}

absl::string_view FrameDecoder::pending() const {
  return absl::string_view(buffer_).substr(begin_);
}

// True if `bytes`, at least a header long, begin with a sound one.
bool FrameDecoder::ReadHeader(absl::string_view bytes, Header& header) {
  const absl::string_view checked = bytes.substr(0, kFrameHeaderBytes - 4);
  if (checked.substr(0, kMagic.size()) != kMagic ||
      Crc32(checked) != NumberAt(bytes, 16)) {
    return false;
  }
  header = {.payload_bytes = NumberAt(bytes, 4),
            .sequence = NumberAt(bytes, 8),
            .payload_crc = NumberAt(bytes, 12)};
  return header.payload_bytes <= kMaxFramePayload;
}

void FrameDecoder::Drop(size_t bytes) {
  begin_ += bytes;
  scanned_ = 0;
}

void FrameDecoder::Skip(size_t bytes) {
  Drop(bytes);
  lost_bytes_ += bytes;
}

void FrameDecoder::SkipToMagic() { Skip(FindMagic(pending(), 0)); }

// True if the frame that begins here and has not arrived whole never will,
// since another one follows. Looks at each byte once.
bool FrameDecoder::BrokenOff() {
  if (finished_) return true;
  Header next;
  if (scanned_ == 0) scanned_ = kFrameHeaderBytes;
  while (true) {
    scanned_ = FindMagic(pending(), scanned_);
    if (scanned_ + kFrameHeaderBytes > pending_bytes()) return false;
    if (ReadHeader(pending().substr(scanned_), next)) return true;
    ++scanned_;
  }
}

std::string FrameDecoder::Take(const Header& header) {
  std::string payload(
      pending().substr(kFrameHeaderBytes, header.payload_bytes));
  Drop(kFrameHeaderBytes + header.payload_bytes);
  const bool restarted = header.sequence < expected_sequence_;
  lost_frames_ += header.sequence - (restarted ? 0 : expected_sequence_);
  expected_sequence_ = header.sequence + 1;
  return payload;
}

absl::optional<std::string> FrameDecoder::Next() {
  while (true) {
    SkipToMagic();
    const absl::string_view bytes = pending();
    Header header;
    if (bytes.size() < kFrameHeaderBytes) {
      if (!finished_ || bytes.empty()) return absl::nullopt;
      Skip(1);
    } else if (!ReadHeader(bytes, header)) {
      Skip(1);
    } else if (bytes.size() - kFrameHeaderBytes < header.payload_bytes) {
      if (!BrokenOff()) return absl::nullopt;
      Skip(kFrameHeaderBytes);
    } else if (Crc32(bytes.substr(kFrameHeaderBytes, header.payload_bytes)) !=
               header.payload_crc) {
      Skip(kFrameHeaderBytes);
    } else {
      return Take(header);
    }
  }
}

}  // namespace ktstr
