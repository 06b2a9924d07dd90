// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_MESSAGE_UTF8_H_
#define KTSTR_REPORT_MESSAGE_UTF8_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace ktstr {

// The bytes of the character that `text`, which is not empty, begins with; 0
// if it begins with something that is no UTF-8.
size_t Utf8Size(absl::string_view text);

// `text` with a '?' in place of each byte that is no UTF-8.
std::string ToUtf8(absl::string_view text);

// Does so to all strings of `message`, down to its last field: a protobuf
// with any other string in it can be written, but not read again. File names,
// arguments and log lines may hold any bytes.
void MakeStringsUtf8(google::protobuf::Message& message);

}  // namespace ktstr

#endif  // KTSTR_REPORT_MESSAGE_UTF8_H_
