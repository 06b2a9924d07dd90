// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_CLOCK_H_
#define KTSTR_BASE_CLOCK_H_

#include <sys/time.h>
#include <time.h>

#include <cstdint>
#include <string>
#include <type_traits>

namespace ktstr {

inline constexpr int64_t kNanosPerSecond = 1'000'000'000;

// CLOCK_MONOTONIC in ns, through the vDSO: no system call where the kernel
// trusts its clock source.
inline int64_t MonotonicNanos() {
  // Cannot fail: the clock exists everywhere and the address is good.
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kNanosPerSecond + now.tv_nsec;
}

// CLOCK_BOOTTIME in ns: since the machine was booted, sleep included.
inline int64_t BootNanos() {
  struct timespec now;  // Cannot fail either.
  clock_gettime(CLOCK_BOOTTIME, &now);
  return now.tv_sec * kNanosPerSecond + now.tv_nsec;
}

// `ns` may be negative; tv_nsec is then still in [0, 1e9).
inline struct timespec ToTimespec(int64_t ns) {
  int64_t seconds = ns / kNanosPerSecond;
  int64_t rest = ns % kNanosPerSecond;
  if (rest < 0) {
    rest += kNanosPerSecond;
    --seconds;
  }
  return {.tv_sec = seconds, .tv_nsec = rest};
}

// Of the times in struct rusage.
inline int64_t ToNanos(const struct timeval& time) {
  return time.tv_sec * kNanosPerSecond + time.tv_usec * int64_t{1000};
}

// The CPU's time stamp counter, at a moment that may lie before the end of
// instructions that came earlier: as far as the CPU looks ahead, well under
// 100 ns. Counts at a constant rate, alike on all CPUs, only where TickClock
// trusts it. 0 on a processor without one.
inline uint64_t UnorderedTicks() {
#if defined(__x86_64__)
  uint64_t low, high;
  __asm__ __volatile__("rdtsc" : "=a"(low), "=d"(high)::"memory");
  return high << 32 | low;
#elif defined(__aarch64__)
  uint64_t ticks;
  __asm__ __volatile__("mrs %0, cntvct_el0" : "=r"(ticks)::"memory");
  return ticks;
#else
  return 0;
#endif
}

// The same, not before earlier loads are done.
inline uint64_t OrderedTicks() {
#if defined(__x86_64__)
  __asm__ __volatile__("lfence" ::: "memory");
#elif defined(__aarch64__)
  __asm__ __volatile__("isb" ::: "memory");
#endif
  return UnorderedTicks();
}

// Time stamps in CLOCK_MONOTONIC ns for a worker's loop, cheaper than
// clock_gettime(2): the CPU's counter, scaled. Plain data that may be copied
// into shared memory; one made before a fork serves all children, and stamps of
// different CPUs compare as the kernel's own clock does.
//
// A default object, and every object on a host whose kernel does not itself
// keep time by that counter (a virtual machine on kvm-clock, a counter found
// unstable, no /sys), reads CLOCK_MONOTONIC instead.
//
// Differences of two stamps are what it is for. Against CLOCK_MONOTONIC itself
// the scale is wrong by (first.width_ns + second.width_ns) / span, about 4
// parts per million after 5 ms, and does not follow later adjustments by NTP:
// compare deadlines with MonotonicNanos().
class TickClock final {
 public:
  // One moment on both clocks; `width_ns` is the time it took to read them and
  // bounds how far apart the two can be.
  struct Reading {
    uint64_t ticks;
    int64_t ns;
    int64_t width_ns;
  };

  // The tightest of a few readings: under 2 us in all.
  static Reading Read();

  // The clock through two readings, the longer apart the better. Falls back
  // as said above when `sys_root`/devices/system/clocksource/clocksource0/
  // current_clocksource is not this counter, or when no time has passed
  // between the two. On aarch64 the frequency is the architecture's own.
  static TickClock Between(const Reading& first, const Reading& second,
                           const std::string& sys_root = "/sys");

  // Between(first, one at least `min_span_ns` later); spins for what is left of
  // that time.
  static TickClock Since(const Reading& first, int64_t min_span_ns);
  // Since(a reading now).
  static TickClock Calibrate(int64_t min_span_ns);

  // Reads CLOCK_MONOTONIC.
  TickClock() = default;

  int64_t Now() const {
    return mult_ == 0 ? MonotonicNanos() : Scaled(OrderedTicks());
  }

  // The same for a moment beside a system call, which leaves the CPU little to
  // look ahead over: two fifths cheaper, and as early as UnorderedTicks() may
  // be.
  int64_t NowBesideCall() const {
    return mult_ == 0 ? MonotonicNanos() : Scaled(UnorderedTicks());
  }

  // False when Now() falls back to CLOCK_MONOTONIC.
  bool uses_ticks() const { return mult_ != 0; }

 private:
  // ns = ticks * mult_ / 2^kShift: a rounding error of at most 1 ns in 4 s.
  static constexpr int kShift = 32;

  TickClock(uint64_t base_ticks, int64_t base_ns, int64_t mult)
      : base_ticks_(base_ticks), base_ns_(base_ns), mult_(mult) {}

  int64_t Scaled(uint64_t ticks) const {
    // Signed: another CPU's counter may be a little behind base_ticks_.
    const auto elapsed = static_cast<int64_t>(ticks - base_ticks_);
    __extension__ using Wide = __int128;
    return base_ns_ +
           static_cast<int64_t>((Wide{elapsed} * Wide{mult_}) >> kShift);
  }

  uint64_t base_ticks_ = 0;
  int64_t base_ns_ = 0;
  int64_t mult_ = 0;
};

static_assert(std::is_trivially_copyable_v<TickClock>);

}  // namespace ktstr

#endif  // KTSTR_BASE_CLOCK_H_
