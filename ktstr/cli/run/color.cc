// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/color.h"

#include <stdlib.h>
#include <unistd.h>

#include "absl/strings/string_view.h"

namespace ktstr {

bool UseColor(ColorMode mode) {
  if (mode != ColorMode::kAuto) return mode == ColorMode::kAlways;
  const char* terminal = getenv("TERM");
  const char* no_color = getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) && terminal != nullptr &&
         absl::string_view(terminal) != "dumb" &&
         (no_color == nullptr || *no_color == '\0');
}

}  // namespace ktstr
