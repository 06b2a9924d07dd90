// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/live_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/core/live_view.h"
#include "ktstr/report/human.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/stats/snapshot.h"

namespace ktstr {
namespace {

// Of a terminal that does not know its width, as serial lines.
constexpr size_t kUsualColumns = 80;

std::string DescribeLatency(const HistogramSnapshot& latency) {
  if (latency.empty()) return "";
  return absl::StrCat(", p99 wake-up ",
                      HumanNanos(static_cast<double>(latency.Percentile(99))));
}

std::string Describe(const LiveStressor& stressor, int64_t elapsed_ns) {
  return absl::StrCat(stressor.alias, ": ", stressor.alive, " of ",
                      stressor.workers, " alive, ",
                      HumanRate(static_cast<double>(stressor.iterations),
                                static_cast<double>(elapsed_ns)),
                      "/s", DescribeLatency(stressor.wake_latency));
}

}  // namespace

std::string FormatLiveLine(const LiveView& view, absl::Duration duration,
                           size_t columns) {
  std::string line = absl::StrCat(
      HumanNanos(static_cast<double>(view.elapsed_ns)), " of ",
      HumanNanos(static_cast<double>(absl::ToInt64Nanoseconds(duration))));
  for (const LiveStressor& stressor : view.stressors) {
    absl::StrAppend(&line, "  ", Describe(stressor, view.elapsed_ns));
  }
  return Clip(line, columns);
}

std::string DrawLiveLine(absl::string_view line) {
  // Without the erase, the end of a longer line would stay.
  return absl::StrCat("\r", line, "\x1b[K");
}

std::string EraseLiveLine() { return "\r\x1b[K"; }

size_t TerminalColumns(int fd) {
  if (isatty(fd) == 0) return 0;
  winsize size = {};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return kUsualColumns;
  }
  return size.ws_col;
}

}  // namespace ktstr
