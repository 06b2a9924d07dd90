// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

namespace ktstr::internal_check {
namespace {

// Enough for any int.
constexpr int kMaxDigits = 10;

struct iovec Text(const char* text) {
  return {const_cast<char*>(text), strlen(text)};
}

}  // namespace

void Fail(const char* file, int line, const char* condition) {
  char digits[kMaxDigits + 1] = {};
  char* first = digits + kMaxDigits;
  do {
    *--first = static_cast<char>('0' + line % 10);
    line /= 10;
  } while (line > 0);
  const struct iovec parts[] = {Text(file),      Text(":"),
                                Text(first),     Text(": KTSTR_CHECK failed: "),
                                Text(condition), Text("\n")};
  // One call, so that lines of several processes do not mix. If it fails there
  // is nobody left to tell.
  if (writev(STDERR_FILENO, parts, sizeof(parts) / sizeof(parts[0])) < 0) {
  }
  abort();
}

}  // namespace ktstr::internal_check
