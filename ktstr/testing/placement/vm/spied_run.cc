// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/testing/placement/vm/spied_run.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "ktstr/base/file.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

// In the runfiles, from the folder where tests are started.
constexpr char kSpy[] = "ktstr/testing/placement/vm/spy";

// "TID NAME policy=0 priority=0 ..."
void ReadWorker(absl::string_view text, SpiedRun& run) {
  const std::vector<std::string> words = absl::StrSplit(text, ' ');
  pid_t tid;
  if (words.size() < 2 || !absl::SimpleAtoi(words[0], &tid)) return;
  SeenWorker seen = {{"name", words[1]}};
  for (size_t i = 2; i < words.size(); ++i) {
    seen.insert(std::pair<std::string, std::string>(
        absl::StrSplit(words[i], absl::MaxSplits('=', 1))));
  }
  run.workers[tid] = std::move(seen);
}

void ReadConsole(absl::string_view console, SpiedRun& run) {
  constexpr absl::string_view kMark = "spy: ";
  for (absl::string_view line : absl::StrSplit(console, '\n')) {
    const size_t mark = line.find(kMark);
    if (mark == absl::string_view::npos) continue;
    line = absl::StripTrailingAsciiWhitespace(line.substr(mark + kMark.size()));
    if (absl::ConsumePrefix(&line, "worker ")) {
      ReadWorker(line, run);
    } else if (absl::ConsumePrefix(&line, "left ")) {
      run.left.emplace_back(line);
    } else if (line == "the run has ended") {
      run.saw_end = true;
    }
  }
}

bool SawAll(const SpiedRun& run) {
  for (const proto::Stressor& stressor : run.vm.report.stressors()) {
    for (const proto::Worker& worker : stressor.workers()) {
      if (run.workers.count(worker.tid()) == 0) return false;
    }
  }
  return run.saw_end;
}

}  // namespace

SeenWorker SpiedRun::Seen(const proto::Worker& worker) const {
  const auto found = workers.find(worker.tid());
  if (found != workers.end()) return found->second;
  ADD_FAILURE() << "the spy did not see worker " << worker.index();
  return {};
}

SpiedRun RunSpied(absl::string_view topology, absl::string_view way,
                  std::vector<std::string> flags) {
  constexpr int kMostRuns = 3;
  const TempDir folder;
  const std::string console = absl::StrCat(folder.path(), "/console");
  flags.push_back(absl::StrCat("--vm_include=", kSpy, ":/spy"));
  flags.push_back(absl::StrCat("--vm_append=rdinit=/spy SPY=", way));
  flags.push_back(absl::StrCat("--vm_console=", console));
  for (int i = 1;; ++i) {
    SpiedRun run;
    run.vm = RunInVm(topology, flags);
    const absl::StatusOr<std::string> text = ReadFile(console);
    EXPECT_TRUE(text.ok()) << text.status();
    if (text.ok()) ReadConsole(*text, run);
    if (SawAll(run)) return run;
    if (i < kMostRuns) continue;
    ADD_FAILURE() << "the spy did not see all: " << text.value_or("");
    return run;
  }
}

void ExpectPassed(const VmOutcome& result) {
  EXPECT_EQ(result.outcome.exit_code, 0) << result.outcome.err;
  EXPECT_EQ(result.report.verdict(), proto::PASS);
  EXPECT_EQ(RunCheckOf(result.report, "topology").verdict(), proto::PASS);
  EXPECT_EQ(RunCheckOf(result.report, "guest").verdict(), proto::PASS);
  for (const proto::Stressor& stressor : result.report.stressors()) {
    for (const proto::Check& check : stressor.checks()) {
      EXPECT_EQ(check.verdict(), proto::PASS)
          << stressor.name() << ": " << check.ShortDebugString();
    }
  }
}

}  // namespace ktstr
