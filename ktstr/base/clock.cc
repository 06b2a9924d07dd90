// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/clock.h"

#include <limits>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/file.h"

namespace ktstr {
namespace {

// An interrupt widens one bracket, hardly all of them.
constexpr int kReadingAttempts = 8;

#if defined(__x86_64__)
constexpr char kTickSource[] = "tsc";
#elif defined(__aarch64__)
constexpr char kTickSource[] = "arch_sys_counter";
#else
constexpr char kTickSource[] = "none";
#endif

// The kernel watches its clock source and drops a counter that stops, jumps or
// differs between CPUs.
bool KernelKeepsTimeByTicks(const std::string& sys_root) {
  const absl::StatusOr<std::string> source =
      ReadFileTrimmed(absl::StrCat(sys_root,
                                   "/devices/system/clocksource/clocksource0/"
                                   "current_clocksource"));
  return source.ok() && *source == kTickSource;
}

// ns per tick as a fraction.
struct Rate {
  int64_t ns;
  uint64_t ticks;
};

Rate MeasuredRate(const TickClock::Reading& first,
                  const TickClock::Reading& second) {
#if defined(__aarch64__)
  uint64_t frequency;
  __asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
  return {kNanosPerSecond, frequency};
#else
  return {second.ns - first.ns, second.ticks - first.ticks};
#endif
}

}  // namespace

TickClock::Reading TickClock::Read() {
  Reading best = {0, 0, std::numeric_limits<int64_t>::max()};
  int64_t before = MonotonicNanos();
  for (int i = 0; i < kReadingAttempts; ++i) {
    const uint64_t ticks = OrderedTicks();
    const int64_t after = MonotonicNanos();
    if (after - before < best.width_ns) {
      best = {ticks, before + (after - before) / 2, after - before};
    }
    before = after;
  }
  return best;
}

TickClock TickClock::Between(const Reading& first, const Reading& second,
                             const std::string& sys_root) {
  if (second.ns <= first.ns || second.ticks <= first.ticks) return TickClock();
  if (!KernelKeepsTimeByTicks(sys_root)) return TickClock();
  const Rate rate = MeasuredRate(first, second);
  if (rate.ticks == 0) return TickClock();
  __extension__ using Wide = unsigned __int128;
  const Wide mult = (static_cast<Wide>(rate.ns) << kShift) / rate.ticks;
  // A counter slower than 0.5 Hz; mult 0 would be one faster than 4 EHz.
  if (mult > std::numeric_limits<int64_t>::max()) return TickClock();
  return TickClock(second.ticks, second.ns, static_cast<int64_t>(mult));
}

TickClock TickClock::Since(const Reading& first, int64_t min_span_ns) {
  while (MonotonicNanos() - first.ns < min_span_ns) {
  }
  return Between(first, Read());
}

TickClock TickClock::Calibrate(int64_t min_span_ns) {
  return Since(Read(), min_span_ns);
}

}  // namespace ktstr
