// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/producer_consumer_imbalance/producer_consumer_imbalance.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/exchange/common_bound.h"
#include "ktstr/core/exchange/item_ring.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Producers and consumers of different speed with a bounded queue between them:
// whoever is faster sleeps until the other wakes it, item by item. Balanced
// ones never wait, and nor does anybody before a deep queue has filled.
class ProducerConsumerImbalance final : public Stressor {
 public:
  struct Params {
    uint32_t producers = 2;
    uint32_t consumers = 1;
    uint64_t rate_hz = 1000;
    uint64_t consume_iters = 4096;
    uint32_t queue_depth = 1024;
  };
  // Of a group.
  struct Shared {
    ItemRing::Ends ends;
    // Bumped after each push and pop; who finds the queue empty or full sleeps
    // until it differs from what it was before the look.
    alignas(64) std::atomic<uint32_t> pushed;
    alignas(64) std::atomic<uint32_t> popped;
    CommonBound bound;
  };
  // Of a worker; its own, read after its end.
  struct Books {
    alignas(64) ItemTally items;
    uint64_t woken;  // Sleepers, by the kernel's count.
  };

  explicit ProducerConsumerImbalance(const Params& params) : params_(params) {}

  uint32_t GroupSize() const override {
    return params_.producers + params_.consumers;
  }
  absl::string_view Role(uint32_t position) const override {
    return IsProducer(position) ? "producer" : "consumer";
  }

  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_ASSIGN_OR_RETURN(groups_,
                           preparation.Share<Shared>(preparation.groups()));
    KTSTR_ASSIGN_OR_RETURN(books_,
                           preparation.Share<Books>(preparation.workers()));
    KTSTR_ASSIGN_OR_RETURN(slots_, preparation.Share<ItemRing::Slot>(
                                       groups_.size() * params_.queue_depth));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    IsProducer(worker.position()) ? Produce(worker) : Consume(worker);
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    KTSTR_RETURN_IF_ERROR(group.RequireUsage());
    ItemTally produced;
    ItemTally consumed = RingOf(group.group).Left();
    const uint64_t left = consumed.count;
    uint64_t woken = 0;  // As wakers were told,
    uint64_t slept = 0;  // and waits that were ended by it.
    for (uint32_t i = 0; i < GroupSize(); ++i) {
      const Books& books = books_[group.group * GroupSize() + i];
      KTSTR_RETURN_IF_ERROR(CheckWorker(group.workers[i], books));
      (IsProducer(i) ? produced : consumed) += books.items;
      woken += books.woken;
      slept += Sleeps(group.workers[i]);
    }
    if (produced.count == 0 || !(produced == consumed)) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "%d items produced, but %d consumed or left; checksums %x and %x",
          produced.count, consumed.count, produced.sum, consumed.sum));
    }
    if (slept > woken) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "%d sleeps ended, but only %d of them were woken", slept, woken));
    }
    if (slept == 0) {
      return absl::UnimplementedError(
          "nobody slept: the queue was never full or empty");
    }
    return absl::StrFormat(
        "%d items, each consumed once (%d left); %d sleeps, ended by wake-ups",
        produced.count, left, slept);
  }

 private:
  // A wake-up that comes while its wakee goes to sleep leaves it running; so
  // the kernel may count none of a few sleeps, but not so little of many.
  static constexpr uint64_t kFewSleeps = 20;
  static constexpr uint64_t kSleepsPerSwitch = 4;

  bool IsProducer(uint32_t index) const { return index < params_.producers; }

  ItemRing RingOf(uint32_t group) const {
    const size_t depth = params_.queue_depth;
    return ItemRing(groups_[group].ends, slots_.subspan(group * depth, depth));
  }

  void Produce(Worker& worker) {
    Shared& group = groups_[worker.group()];
    Books& books = books_[worker.index()];
    ItemRing ring = RingOf(worker.group());
    const int64_t begin = MonotonicNanos();
    bool through = false;
    for (uint64_t count = 0; GoesOn(worker, through); ++count) {
      if (params_.rate_hz != 0 && !worker.SleepUntil(begin + DueAfter(count))) {
        break;
      }
      ItemRing::Item item = {.id = uint64_t{worker.position()} << 48 | count};
      bool pushed = false;
      worker.AwaitWord(group.popped, [&](uint32_t) {
        item.pushed_ns = worker.Now();
        pushed = ring.TryPush(item);
        return pushed || group.bound.ReachedBy(GroupSize());
      });
      if (!pushed) break;
      books.items.Add(item.id);
      Tell(worker, group.pushed, 1);
    }
  }

  void Consume(Worker& worker) {
    Shared& group = groups_[worker.group()];
    Books& books = books_[worker.index()];
    ItemRing ring = RingOf(worker.group());
    bool through = false;
    while (GoesOn(worker, through)) {
      ItemRing::Item item;
      bool popped = false;
      worker.AwaitWord(group.pushed, [&](uint32_t) {
        popped = ring.TryPop(item);
        return popped || group.bound.ReachedBy(GroupSize());
      });
      if (!popped) break;
      worker.Record(Metric::kQueueTime, worker.Now() - item.pushed_ns);
      books.items.Add(item.id);
      Tell(worker, group.popped, 1);
      worker.Compute(params_.consume_iters);
    }
  }

  // From the first item of a producer to the one after `count`.
  int64_t DueAfter(uint64_t count) const {
    return static_cast<int64_t>(count * uint64_t{kNanosPerSecond} /
                                params_.rate_hz);
  }

  bool GoesOn(Worker& worker, bool& through) {
    Shared& group = groups_[worker.group()];
    return group.bound.GoesOn(worker, GroupSize(), through, [&] {
      Tell(worker, group.pushed, std::numeric_limits<int>::max());
      Tell(worker, group.popped, std::numeric_limits<int>::max());
    });
  }

  void Tell(Worker& worker, std::atomic<uint32_t>& word, int count) {
    // Release: what happened before is seen by whoever sees the new value.
    word.fetch_add(1, std::memory_order_release);
    books_[worker.index()].woken +=
        static_cast<uint64_t>(worker.WakeWord(word, count));
  }

  // On a full or empty queue, but for a last one that the stop ended.
  static uint64_t Sleeps(const WorkerResult& worker) {
    const auto* const blocked = worker.Find(Metric::kBlockedTime);
    return worker.wakes_spurious + (blocked == nullptr ? 0 : blocked->count());
  }

  static absl::Status CheckWorker(const WorkerResult& worker,
                                  const Books& books) {
    if (books.items.count < worker.iterations) {
      return absl::FailedPreconditionError(
          absl::StrFormat("%d passes of a %s, but only %d items",
                          worker.iterations, worker.role, books.items.count));
    }
    const uint64_t sleeps = Sleeps(worker);
    const int64_t switches = worker.counters.voluntary_switches;
    if (sleeps >= kFewSleeps &&
        static_cast<uint64_t>(switches) * kSleepsPerSwitch < sleeps) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "a %s slept %d times, but gave up its CPU only %d times", worker.role,
          sleeps, switches));
    }
    return absl::OkStatus();
  }

  const Params params_;
  absl::Span<Shared> groups_;  // By group, and so many slots of each.
  absl::Span<ItemRing::Slot> slots_;
  absl::Span<Books> books_;  // By worker.
};

constexpr FieldDef kFields[] = {
    Field<&ProducerConsumerImbalance::Params::producers>(
        "producers", "workers of a group that fill its queue", 1, 1024),
    Field<&ProducerConsumerImbalance::Params::consumers>(
        "consumers", "workers of a group that empty it", 1, 1024),
    Field<&ProducerConsumerImbalance::Params::rate_hz>(
        "rate_hz", "items per second of a producer; 0: as many as it can", 0,
        1'000'000),
    Field<&ProducerConsumerImbalance::Params::consume_iters>(
        "consume_iters", "rounds of spinning on each item", 0, 1 << 24),
    Field<&ProducerConsumerImbalance::Params::queue_depth>(
        "queue_depth", "items that a queue holds", 1, 1 << 20),
};
constexpr Metric kMetrics[] = {Metric::kBlockedTime, Metric::kQueueTime};

}  // namespace

constinit const StressorDef kProducerConsumerImbalance =
    DefineStressor<ProducerConsumerImbalance>({
        .name = "producer_consumer_imbalance",
        .summary = "producers and consumers that wait for the slower side",
        .kernel_path = "futex_wait and futex_wake of both sides of a queue, "
                       "timed wake-ups",
        .needs = "",
        .proof = "every item is consumed exactly once or left, and every "
                 "sleep was ended by a wake-up that the kernel counted",
        .fields = kFields,
        .metrics = kMetrics,
    });

}  // namespace ktstr
