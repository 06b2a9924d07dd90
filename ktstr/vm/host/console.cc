// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/host/console.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/command/line_tail.h"
#include "ktstr/core/host/kernel_faults.h"

namespace ktstr {
namespace {

constexpr size_t kTailLines = 200;  // An oops, or the stacks of some CPUs.
constexpr size_t kLineBytes = 1000;

// kernel/panic.c.
constexpr absl::string_view kPanic = "Kernel panic - not syncing: ";

}  // namespace

Console::Console() : tail_(kTailLines, kLineBytes) {}

void Console::Append(absl::string_view bytes) {
  std::vector<std::string> lines;
  tail_.Append(bytes, [&](absl::string_view line) {
    TakeLine(line);
    lines.emplace_back(line);
  });
  Judge(lines);
}

void Console::Finish() {
  std::vector<std::string> lines;
  tail_.Flush([&](absl::string_view line) {
    TakeLine(line);
    lines.emplace_back(line);
  });
  Judge(lines);
}

void Console::TakeLine(absl::string_view line) {
  line = absl::StripAsciiWhitespace(line);
  if (line.empty()) return;
  last_line_ = std::string(line);
  const size_t panic = line.find(kPanic);
  // The first counts: a panic may panic again.
  if (panic != absl::string_view::npos && panic_.empty()) {
    panic_ = std::string(line.substr(panic + kPanic.size()));
  }
}

void Console::Judge(const std::vector<std::string>& lines) {
  if (faults_.size() >= kMaxFindings) return;
  for (std::string& fault : JudgeKernelLog(lines).faults) {
    faults_.push_back(std::move(fault));
    if (faults_.size() >= kMaxFindings) return;
  }
}

}  // namespace ktstr
