// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/say.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "ktstr/base/fd.h"
#include "ktstr/report/paragraph.h"

namespace ktstr {

int Say(int code, absl::string_view message) {
  // There is nowhere left to tell of an error in telling.
  WriteAll(STDERR_FILENO, absl::StrCat("ktstr: ", OneLine(message), "\n"))
      .IgnoreError();
  return code;
}

int Say(int code, const absl::Status& status) {
  return Say(code, status.message());
}

}  // namespace ktstr
