// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/kernel_faults.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "re2/re2.h"

namespace ktstr {
namespace {

// As the kernel words them: kernel/panic.c, kernel/rcu/tree_stall.h,
// kernel/hung_task.c, kernel/watchdog*.c, kernel/workqueue.c,
// kernel/sched/ext.c; oopses number themselves "[#1]" on all architectures.
constexpr char kFaults[] =
    R"(\bWARNING: |)"
    R"(\bBUG: |\bkernel BUG at |)"
    R"(\bOops\b|\[#\d+\]|)"
    R"((?i:\b(soft|hard) lockup\b)|)"
    R"(\brcu.*(\bstall|\bstarved)|)"
    R"(\bINFO: task .* blocked |)"
    R"(\bsched_ext: .*(disabled|error|stall|failed|abort|eject|exit))";

// kernel/sched/{rt,deadline}.c, kernel/time/clocksource.c.
constexpr char kNotes[] = R"(\bsched: (RT|DL) |)"
                          R"(\bclocksource: .*(unstable|skew)|)"
                          R"(clock throttled)";

// Keeps what the compiled pattern may take small: the whole supervisor is to
// stay under 4 MB.
constexpr int kPatternBytes = 1 << 20;

class Pattern final {
 public:
  explicit Pattern(const char* pattern) : regex_(pattern, Options()) {}
  bool Finds(const std::string& line) const {
    return RE2::PartialMatch(line, regex_);
  }

 private:
  static RE2::Options Options() {
    RE2::Options options(RE2::Quiet);
    options.set_encoding(RE2::Options::EncodingLatin1);  // Any bytes.
    options.set_max_mem(kPatternBytes);
    options.set_never_capture(true);
    return options;
  }

  RE2 regex_;
};

// Takes lines as long as there is room and counts the others.
class Bounded final {
 public:
  explicit Bounded(std::vector<std::string>& lines) : lines_(lines) {}
  void Add(const std::string& line) {
    if (lines_.size() < kMaxFindings) {
      lines_.push_back(line);
    } else {
      ++left_out_;
    }
  }
  void Finish() {
    if (left_out_ == 0) return;
    lines_.push_back(absl::StrCat("and ", left_out_, " more such lines"));
  }

 private:
  std::vector<std::string>& lines_;
  size_t left_out_ = 0;
};

}  // namespace

LogFindings JudgeKernelLog(absl::Span<const std::string> lines) {
  LogFindings findings;
  if (lines.empty()) return findings;
  const Pattern fault(kFaults);
  const Pattern note(kNotes);
  Bounded faults(findings.faults);
  Bounded notes(findings.notes);
  for (const std::string& line : lines) {
    if (fault.Finds(line)) {
      faults.Add(line);
    } else if (note.Finds(line)) {
      notes.Add(line);
    }
  }
  faults.Finish();
  notes.Finish();
  return findings;
}

}  // namespace ktstr
