// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/nice_sweep/nice_sweep.h"

#include <cstdint>
#include <string>

#include "absl/numeric/bits.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/sched/own/saved_scheduling.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_refusal.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/churn/timed_yield.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

constexpr int kLeastNice = -20;
constexpr int kMostNice = 19;

// Workers that change their weight in every pass: up to nice 19, then again
// from the lowest that they may have. Without privilege nice only goes up, and
// one that cannot come back does not begin. It means nothing for a worker that
// is alone on its CPU, or real-time.
class NiceSweep final : public Stressor {
 public:
  struct Params {
    uint64_t spin_iters = 512;
  };
  // Of a worker, read after it ended.
  struct Books {
    bool stuck;        // It could not come back to the nice that it had.
    int lowest;        // That it may have.
    uint64_t visited;  // Bit nice + 20, as read back.
    uint64_t strays;   // Changes after which the kernel said something else.
  };
  explicit NiceSweep(const Params& params) : params_(params) {}

  absl::Status Prepare(Preparation& preparation) override {
    const SchedRights rights = ReadSchedRights(0);
    if (!rights.cap_sys_nice && rights.rlimit_nice == 0) {
      return absl::UnimplementedError(
          "nice only goes up: needs CAP_SYS_NICE or RLIMIT_NICE > 0");
    }
    KTSTR_ASSIGN_OR_RETURN(books_,
                           preparation.Share<Books>(preparation.workers()));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    KTSTR_ASSIGN_OR_RETURN(const SavedScheduling before,
                           SavedScheduling::Save());
    Books& books = books_[worker.index()];
    int nice = before.sched().nice;
    books.lowest = LowestNice();
    books.stuck = books.lowest > nice;
    while (worker.NextIteration()) {
      worker.Compute(params_.spin_iters);
      if (!books.stuck) {
        nice = nice == kMostNice ? books.lowest : nice + 1;
        ChangeTo(worker, nice, books);
      }
      TimedYield(worker);
    }
    return before.Restore();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    const Books& books = books_[group.group];
    const uint64_t passes = group.workers[0].iterations;
    if (books.stuck) {
      return absl::UnimplementedError(
          "nice only goes up for this worker: needs CAP_SYS_NICE or a higher "
          "RLIMIT_NICE");
    }
    const int values = kMostNice - books.lowest + 1;
    if (books.strays > 0 || (passes >= kEnoughPasses && books.visited == 0)) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "%d passes, of which %d had another nice than asked for, visited %d "
          "values",
          passes, books.strays, absl::popcount(books.visited)));
    }
    if (passes < kEnoughPasses) {
      return absl::UnimplementedError(
          absl::StrFormat("%d passes are too few for all values", passes));
    }
    if (absl::popcount(books.visited) != values) {
      return absl::FailedPreconditionError(
          absl::StrFormat("of %d values only %d were visited", values,
                          absl::popcount(books.visited)));
    }
    return absl::StrCat(
        "nice ", books.lowest, " .. ", kMostNice, " in ", passes,
        " changes, each read back",
        books.lowest > kLeastNice
            ? "; below: needs CAP_SYS_NICE or a higher RLIMIT_NICE"
            : "");
  }

 private:
  static constexpr uint64_t kEnoughPasses = kMostNice - kLeastNice + 1;

  // The lowest nice that the caller may go back to from any; above 19 if there
  // is none. May leave the caller with it. To lower it is tried: capabilities
  // of a container do not count.
  static int LowestNice() {
    if (SetNice(0, kLeastNice).ok()) return kLeastNice;
    // It counts down from nice 20.
    const uint64_t limit = ReadSchedRights(0).rlimit_nice;
    return limit > 40 ? kLeastNice : 20 - static_cast<int>(limit);
  }

  static void ChangeTo(Worker& worker, int nice, Books& books) {
    const absl::Status status = SetNice(0, nice);
    if (!status.ok()) {
      worker.CountFailure("setpriority", ErrnoOf(status));
      return;
    }
    const absl::StatusOr<int> now = GetNice(0);
    if (!now.ok() || *now != nice) {
      ++books.strays;
      return;
    }
    books.visited |= uint64_t{1} << (nice - kLeastNice);
  }

  const Params params_;
  absl::Span<Books> books_;
};

constexpr FieldDef kFields[] = {
    Field<&NiceSweep::Params::spin_iters>(
        "spin_iters", "rounds of spinning before each change", 0, 1 << 24),
};
constexpr Metric kMetrics[] = {Metric::kYieldTime};

}  // namespace

constinit const StressorDef kNiceSweep = DefineStressor<NiceSweep>({
    .name = "nice_sweep",
    .summary = "workers that go through all nice values",
    .kernel_path = "setpriority(2): set_user_nice, reweight_task",
    .needs = "CAP_SYS_NICE, or RLIMIT_NICE for a part of the values",
    .proof = "all values that the worker may have were set and read back",
    .fields = kFields,
    .metrics = kMetrics,
    .own_place = true,
});

}  // namespace ktstr
