// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/scheduler/sched_ext_log.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"

namespace ktstr {
namespace {

// As kernel/sched/ext.c words it:
//   sched_ext: BPF scheduler "simple" disabled (runnable task stall)
//   sched_ext: simple: kworker/0:1[12] failed to run for 5.013s
//      scx_watchdog_workfn+0x154/0x1d0
constexpr absl::string_view kPrefix = "sched_ext: ";
constexpr absl::string_view kScheduler = "sched_ext: BPF scheduler \"";
constexpr absl::string_view kDisabled = "\" disabled (";

}  // namespace

void SchedExtLog::Take(absl::Span<const std::string> lines) {
  for (const std::string& whole : lines) {
    absl::string_view line = whole;
    const bool ours = absl::StrContains(line, kPrefix);
    const size_t disabled = line.find(kDisabled);
    if (reason_.empty() && disabled != line.npos &&
        absl::ConsumePrefix(&line, kScheduler)) {
      in_dump_ = true;
      ops_ = std::string(line.substr(0, line.find(kDisabled)));
      line.remove_prefix(ops_.size() + kDisabled.size());
      absl::ConsumeSuffix(&line, ")");
      reason_ = std::string(line);
    } else if (in_dump_ && dump_.kept.size() == 1 &&
               absl::ConsumePrefix(&line, absl::StrCat(kPrefix, ops_, ": "))) {
      absl::StrAppend(&reason_, " (", line, ")");
    } else {
      in_dump_ = in_dump_ && (ours || absl::StartsWith(line, " "));
    }
    if (in_dump_) {
      dump_.Add(whole);
    } else if (ours) {
      others_.Add(whole);
    }
  }
}

std::vector<std::string> SchedExtLog::lines() const {
  std::vector<std::string> all;
  for (const Lines* lines : {&dump_, &others_}) {
    all.insert(all.end(), lines->kept.begin(), lines->kept.end());
    if (lines->left_out > 0) {
      all.push_back(absl::StrCat("and ", lines->left_out, " more such lines"));
    }
  }
  return all;
}

void SchedExtLog::Lines::Add(const std::string& line) {
  if (kept.size() < kMaxLines) {
    kept.push_back(line);
  } else {
    ++left_out;
  }
}

}  // namespace ktstr
