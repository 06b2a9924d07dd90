// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/matrix.h"

#include <poll.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/file.h"
#include "ktstr/cli/exit_code.h"
#include "ktstr/cli/run/presentation.h"
#include "ktstr/cli/say.h"
#include "ktstr/cli/vm/cell_run.h"
#include "ktstr/cli/vm/cells/cells.h"
#include "ktstr/core/supervisor/interrupts.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/verdict.h"

namespace ktstr {
namespace {

constexpr int64_t kNanosPerMilli = 1'000'000;
constexpr int64_t kLiveTickNs = 100 * kNanosPerMilli;
constexpr int64_t kQuietTickNs = 1000 * kNanosPerMilli;

// MemAvailable; 0 where it is not known.
int64_t FreeBytes() {
  const absl::StatusOr<std::string> text = ReadFile("/proc/meminfo");
  if (!text.ok()) return 0;
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (!absl::ConsumePrefix(&line, "MemAvailable:")) continue;
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, ' ', absl::SkipEmpty());
    int64_t kib = 0;
    if (!words.empty() && absl::SimpleAtoi(words[0], &kib)) return kib * 1024;
  }
  return 0;
}

uint32_t OurCpus() {
  const absl::StatusOr<CpuSet> cpus = GetAffinity();
  return cpus.ok() ? static_cast<uint32_t>(cpus->Count()) : 1;
}

uint32_t ChooseJobs(const Fleet& fleet, const std::vector<Cell>& cells) {
  const uint32_t asked = fleet.options->vm.jobs;
  return asked != 0 ? asked : JobsThatFit(cells, FreeBytes(), OurCpus());
}

// What is known of a matrix before its first cell.
proto::Report StartMerged(const Fleet& fleet, const std::vector<Cell>& cells) {
  proto::Report report = StartOnHost(fleet, cells.front().plan);
  report.clear_plan();
  report.clear_host();
  for (const Cell& cell : cells) report.add_planned_cells(cell.name);
  return report;
}

}  // namespace

uint32_t JobsThatFit(const std::vector<Cell>& cells, int64_t free_bytes,
                     uint32_t cpus) {
  int64_t bytes = 1;
  uint32_t most_cpus = 1;
  for (const Cell& cell : cells) {
    bytes = std::max(bytes, cell.memory_bytes);
    most_cpus = std::max(most_cpus, cell.spec.cpus());
  }
  const int64_t by_memory = free_bytes / 4 * 3 / bytes;
  const int64_t fit = std::min<int64_t>(by_memory, cpus / most_cpus);
  return static_cast<uint32_t>(
      std::clamp<int64_t>(fit, 1, static_cast<int64_t>(cells.size())));
}

Matrix::Matrix(const Fleet& fleet, const std::vector<Cell>& cells,
               Interrupts& interrupts, Presentation& presentation)
    : fleet_(fleet),
      cells_(cells),
      interrupts_(interrupts),
      presentation_(presentation),
      jobs_(ChooseJobs(fleet, cells)) {
  if (!single()) merged_ = StartMerged(fleet, cells);
}

MatrixOutcome Matrix::Run() {
  if (!single()) shown_.Update(presentation_.writer().Begin(merged_));
  for (;;) {
    StartWhatFits();
    ShowDone();
    if (shown_cells_ == runs_.size() && !MayStart()) return End();
    ShowProgress();
    Wait();
    presentation_.EraseLive();  // What comes now may write.
    for (const auto& run : runs_) {
      run->Pump([](const std::string& text) { Say(kExitSuccess, text); });
    }
    // Behind what came before: a guest that has told that it is up is not
    // killed.
    TakeInterrupts();
  }
}

bool Matrix::MayStart() const {
  if (runs_.size() == cells_.size() || interrupts_.first() != 0) return false;
  if (!shown_.ok() && !presentation_.saves()) return false;
  return !(fleet_.options->fail_fast && HasFailed());
}

// Also of cells that wait to be shown behind one that still runs.
bool Matrix::HasFailed() const {
  return std::any_of(runs_.begin(), runs_.end(), [](const auto& run) {
    return run->done() && run->report().verdict() == proto::FAIL;
  });
}

uint32_t Matrix::Running() const {
  return static_cast<uint32_t>(
      std::count_if(runs_.begin(), runs_.end(),
                    [](const auto& run) { return !run->done(); }));
}

void Matrix::StartWhatFits() {
  while (Running() < jobs_ && MayStart()) {
    runs_.push_back(std::make_unique<CellRun>(
        fleet_, cells_[runs_.size()],
        single() ? &presentation_.writer() : nullptr));
  }
}

void Matrix::Wait() {
  int64_t until_ns =
      MonotonicNanos() + (presentation_.live() ? kLiveTickNs : kQuietTickNs);
  std::vector<pollfd> polls = {{interrupts_.fd(), POLLIN, 0}};
  for (const auto& run : runs_) {
    run->AddPolls(polls);
    until_ns = std::min(until_ns, run->deadline_ns());
  }
  const int64_t wait_ns = std::max<int64_t>(0, until_ns - MonotonicNanos());
  // Rounded up, so that the deadline has passed when it returns.
  poll(polls.data(), polls.size(),
       static_cast<int>((wait_ns + kNanosPerMilli - 1) / kNanosPerMilli));
}

void Matrix::TakeInterrupts() {
  while (const int signo = interrupts_.Take()) {
    for (const auto& run : runs_) run->Interrupt(signo);
  }
}

void Matrix::ShowDone() {
  for (; shown_cells_ < runs_.size() && runs_[shown_cells_]->done();
       ++shown_cells_) {
    const CellRun& run = *runs_[shown_cells_];
    shown_.Update(run.shown());
    if (single()) continue;
    *merged_.add_cells() = run.report();
    shown_.Update(presentation_.writer().Cell(
        merged_, merged_.cells(merged_.cells_size() - 1)));
  }
}

void Matrix::ShowProgress() {
  if (!presentation_.live()) return;
  std::vector<std::string> parts;
  if (!single()) {
    parts.push_back(absl::StrCat(shown_cells_, " of ", cells_.size(), " done"));
  }
  for (const auto& run : runs_) {
    if (!run->done()) parts.push_back(run->Progress());
  }
  presentation_.ShowLive(
      Clip(absl::StrJoin(parts, "; "), presentation_.columns()));
}

MatrixOutcome Matrix::End() {
  // No machine is left. If it fails, a second signal waits for the report.
  if (interrupts_.first() != 0) interrupts_.LetKill().IgnoreError();
  if (single()) return {runs_.front()->report(), shown_};
  merged_.set_interrupted_by(interrupts_.first());
  Conclude(absl::GetCurrentTimeNanos(), merged_);
  shown_.Update(presentation_.writer().End(merged_));
  return {std::move(merged_), shown_};
}

}  // namespace ktstr
