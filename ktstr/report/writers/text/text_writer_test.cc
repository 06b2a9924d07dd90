// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/text_writer.h"

#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/writers/sample_report.h"
#include "ktstr/report/writers/written.h"

namespace ktstr {
namespace {

using testing::Each;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::ResultOf;

constexpr char kGolden[] =
    "ktstr 0.1\n"
    "  kernel        Linux 6.12.9-test x86_64, PREEMPT_DYNAMIC, HZ=250\n"
    "  scheduler     fair (EEVDF), sched_ext enabled simple (seq 3),"
    " autogroup on\n"
    "  CPUs          2 (0-1), 1 core of 2 threads, 1 LLC, 1 node, Some CPU"
    " @ 2.10GHz, virtual (KVM)\n"
    "  clock         tsc, tick from lapic-deadline, governor powersave\n"
    "  run           5.00s each, on CPUs 0-1, processes, timer slack 1ns,"
    " seed 17\n"
    "  asked         affinity=spread sched=waker=fifo:50\n"
    "  host cannot   uclamp, core scheduling ('ktstr describe host' says"
    " why)\n"
    "  plan          wake_chain: 2 workers, depth=2 wake=pipe\n"
    "                slow (thundering_herd): 3 workers\n"
    "                numa_sweep: 1 worker\n"
    "                last (spin_wait): 2 workers\n"
    "\n"
    "wake_chain depth=2 wake=pipe\n"
    "  2 workers in groups of 2 ran 5.00s; spawned in 1.21ms, start spread"
    " 31.2us, stop latency 85.6us\n"
    "\n"
    "  role   workers  iterations/s  switches/s  migrations/s  on CPU  run"
    " delay  delay/slice\n"
    "  stage        2          100k        210k            12   49.8%     "
    " 1.23%        123ns\n"
    "\n"
    "  cgroup  workers  weight  CPU share  usage  throttled  stalled  all"
    " stalled\n"
    "  light         1     150      32.7%  1.62s     42.3ms    3.21s      "
    " 11.0ms\n"
    "  heavy         1     450      67.3%  3.34s          -        -      "
    "      -\n"
    "\n"
    "  role   time                    p50     p90     p99   p99.9     max "
    " samples\n"
    "  stage  wake_latency.local   1.27us  1.51us  2.04us  11.5us  4.11ms "
    "    250k\n"
    "         wake_latency.remote       -       -       -       -       - "
    "       0\n"
    "         gap                  1.81us  1.92us  2.73us  14.3us  12.1ms "
    "    500k\n"
    "\n"
    "  worst p99     wake_latency.local 2.08us in stage 1 (pid 812)\n"
    "  longest gap   12.1ms in stage 1 (pid 812) on CPU 1, until 2.31s"
    " into the run\n"
    "  pages         stage: 99.1% on their own node, 0.91% on node 1\n"
    "  host          foreign CPU 1.21%, steal 0.03%, autogroup splits the"
    " CPUs by session, governor\n"
    "                powersave moves the clock\n"
    "\n"
    "  PASS  completed               2 workers ended in time\n"
    "  PASS  exercised               250000 hops by each of 2 stages\n"
    "  PASS  wake_latency.p99<500us  2.04us\n"
    "\n"
    "slow (thundering_herd)\n"
    "  3 workers in groups of 3 ran 1.23s until a worker was lost; spawned"
    " in 3.40ms, start spread\n"
    "  45.6us, stop latency 97.8us\n"
    "\n"
    "  role    workers  iterations/s  switches/s  migrations/s  on CPU "
    " run delay  delay/slice\n"
    "  waker         1           200         204          2.43       -    "
    "      -            -\n"
    "  waiter        2           291           -          5.67       -    "
    "      -            -\n"
    "\n"
    "  cgroup  workers  weight  CPU share  usage  throttled  stalled  all"
    " stalled\n"
    "  odd           3       -          -      -          -        -      "
    "      -\n"
    "\n"
    "  role    time                    p50     p90     p99   p99.9     max"
    "  samples\n"
    "  waker   gap                  3.10us  3.20us  3.30us  3.40us  3.50us"
    "      248\n"
    "  waiter  wake_latency.local   5.10us  5.20us  5.30us  5.40us  5.50us"
    "      118\n"
    "          wake_latency.remote  33.1us  36.2us  39.3us  61.4us  65.5us"
    "      241\n"
    "          gap                  4.10us  4.20us  4.30us  4.40us   80.0s"
    "      360\n"
    "\n"
    "  worst p99     wake_latency.remote 39.9us in waiter 1 (pid 902)\n"
    "  lost          waiter 1 (pid 902) died of SIGKILL after 766ms and"
    " 112 iterations\n"
    "                waiter 2 (pid 903) failed after 1.23s and 247"
    " iterations: read(pipe): Bad file\n"
    "                descriptor\n"
    "  failed calls  futex(FUTEX_WAKE): EAGAIN, 6 times (waiter 2 (pid"
    " 903))\n"
    "  refused       max: asked 50000 100000, got -, ENOENT (cgroup odd):"
    " cgroup v2 has no controller cpu\n"
    "                here\n"
    "                affinity: asked 0-1, got 0, EPERM (waker 0 (pid 901)"
    " and 1 other): the cpuset of\n"
    "                cgroup /jobs has no CPU 1\n"
    "  left over     cgroup odd: rmdir /sys/fs/cgroup/odd: Device or"
    " resource busy\n"
    "  odd samples   gap of waker: 4 left out, the clock went backwards\n"
    "                gap of waiter: 1 beyond 68.7s\n"
    "  host          foreign CPU -, steal -, governor powersave moves the"
    " clock\n"
    "  kernel log    sched_ext: simple: ktstr[902] failed to run for"
    " 30.001s\n"
    "                sched_ext changed during the run: enabled simple (seq"
    " 3) -> disabled (seq 3)\n"
    "                sched: RT throttling activated\n"
    "\n"
    "  FAIL  completed  2 of 3 workers did not complete: worker 1 (waiter)"
    " died of SIGKILL after 766ms\n"
    "                   and 112 iterations\n"
    "  FAIL  exercised  1 of 2 waiters slept\n"
    "  SKIP  isolation  all CPUs are allowed\n"
    "\n"
    "numa_sweep\n"
    "  SKIP  needs 2 memory nodes, there is 1\n"
    "\n"
    "FAIL  3 stressors, 1 passed, 1 failed (slow), 1 skipped (numa_sweep),"
    " 1 not run, in 11.5s\n";

TEST(TextWriterTest, ShowsAWholeReport) {
  EXPECT_EQ(Written("text", SampleReport()), kGolden);
}

TEST(TextWriterTest, ColoursOnlyVerdicts) {
  std::string text = Written("text", SampleReport(), /*color=*/true);
  EXPECT_THAT(text, HasSubstr("  \x1b[32mPASS\x1b[0m  completed  "));
  EXPECT_THAT(text, HasSubstr("  \x1b[1;31mFAIL\x1b[0m  completed  "));
  EXPECT_THAT(text, HasSubstr("  \x1b[33mSKIP\x1b[0m  isolation  "));
  for (const char* code : {"\x1b[32m", "\x1b[1;31m", "\x1b[33m", "\x1b[0m"}) {
    text = absl::StrReplaceAll(text, {{code, ""}});
  }
  EXPECT_EQ(text, kGolden);
}

TEST(TextWriterTest, KeepsTo100ColumnsWhateverTheReportHolds) {
  const std::vector<std::string> lines =
      absl::StrSplit(Written("text", AbsurdReport()), '\n');
  EXPECT_THAT(lines, Each(ResultOf(ColumnsOf, Le(kTextColumns))));
  EXPECT_THAT(lines, Each(Not(HasSubstr("\x1b"))));
  EXPECT_THAT(lines, Each(Not(EndsWith(" "))));
}

TEST(TextWriterTest, SaysWhatInterruptedTheRun) {
  proto::Report report;
  report.add_plan();
  report.set_interrupted_by(2);
  report.set_verdict(proto::SKIP);
  EXPECT_THAT(Written("text", report),
              EndsWith("\nSKIP  0 stressors, 1 not run, interrupted by "
                       "SIGINT\n"));
}

TEST(TextWriterTest, ShowsNoNumberThatWasNotMeasured) {
  proto::Report report;
  report.set_version("0.1");
  proto::Stressor& stressor = *report.add_stressors();
  stressor.mutable_setup()->set_kind(proto::Outcome::OK);
  stressor.set_run_ns(1'000'000'000);
  stressor.add_workers()->set_role("worker");
  stressor.add_roles()->set_name("worker");
  const std::string text = Written("text", report);
  EXPECT_THAT(text,
              HasSubstr("  role    workers  iterations/s  switches/s  "
                        "migrations/s  on CPU  run delay  delay/slice\n"
                        "  worker        0             0           -  "
                        "           0       -          -            -\n"));
  EXPECT_THAT(text, HasSubstr("foreign CPU -, steal -\n"));
}

}  // namespace
}  // namespace ktstr
