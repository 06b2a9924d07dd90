// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What the text output makes of virtual machines, of schedulers and of merged
// reports.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/writers/sample_report.h"
#include "ktstr/report/writers/sample_vm_report.h"
#include "ktstr/report/writers/written.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::Each;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::ResultOf;
using testing::StartsWith;

TEST(VmTextTest, BeginsWithTheMachineAndTheScheduler) {
  EXPECT_THAT(
      Written("text", SampleVmReport()),
      StartsWith(
          "ktstr 0.1\n"
          "  machine       2n1l2c2t, 2 GiB, emulated by TCG"
          " (/dev/kvm: Permission denied), kernel\n"
          "                /boot/vmlinuz-6.12, report over virtio\n"
          "  sched_ext     ./scx_simple -f as simple\n"
          "  kernel        Linux 6.12.94+deb12-cloud-amd64 x86_64,"
          " PREEMPT_DYNAMIC\n"
          "  scheduler     fair (EEVDF), sched_ext enabled simple (seq 1)\n"));
}

TEST(VmTextTest, EndsWithWhatIsKnownAtTheEndOnly) {
  EXPECT_THAT(
      Written("text", SampleVmReport()),
      EndsWith("  PASS  completed  2 workers ended in time\n"
               "\n"
               "virtual machine\n"
               "  boot          firmware 412ms, kernel 1.90s, init 30.0ms, run "
               "1.10s, power off 60.0ms\n"
               "  kept in       /tmp/ktstr.kept\n"
               "  sched_ext     disabled (seq 0) -> enabled simple (seq 1) -> "
               "enabled simple (seq 1)\n"
               "  exit          exited with code 0 when stopped\n"
               "\n"
               "  PASS  guest      it powered off\n"
               "  PASS  scheduler  simple stayed loaded\n"
               "\n"
               "PASS  1 stressor, 1 passed, in 3.50s\n"));
}

TEST(VmTextTest, GivesADeadGuestTheLastWord) {
  EXPECT_THAT(
      Written("text", DeadGuestReport()),
      EndsWith(
          "mutex_contention\n"
          "  FAIL  completed  the guest was gone before it ended\n"
          "\n"
          "virtual machine\n"
          "  boot          firmware 398ms, kernel 1.87s, init 29.0ms\n"
          "  end           panicked: Kernel panic - not syncing: sysrq "
          "triggered crash\n"
          "  faults        | [    4.100100] Kernel panic - not syncing: sysrq "
          "triggered crash\n"
          "  console       | [    4.100000] sysrq: Trigger a crash\n"
          "                | [    4.100100] Kernel panic - not syncing: sysrq "
          "triggered crash\n"
          "                | [    4.100200] CPU: 1 UID: 0 PID: 1 Comm: ktstr "
          "Not tainted\n"
          "                | [    4.100300]   <TASK>   "
          "dump_stack_lvl+0x5d/0x80\n"
          "  lost          17 bytes of the report's channel\n"
          "  sched_ext     disabled (seq 0) -> enabled simple (seq 1) -> -\n"
          "  failure       the kernel disabled it: runnable task stall\n"
          "  exit          exited with code 1\n"
          "  kernel log    | sched_ext: BPF scheduler \"simple\" disabled "
          "(runnable task stall)\n"
          "                | sched_ext: simple: ktstr[71] failed to run for "
          "30.001s\n"
          "  output        | EXIT: runnable task stall\n"
          "\n"
          "  FAIL  guest      its kernel panicked: sysrq triggered crash\n"
          "  FAIL  scheduler  the kernel disabled it: runnable task stall\n"
          "\n"
          "FAIL  2 stressors, 1 passed, 1 failed (mutex_contention), 1 not "
          "run, guest and scheduler failed, in\n"
          "      3.50s\n"));
}

TEST(VmTextTest, SaysOnlyWhatIsKnownOfAGuestThatNeverWas) {
  EXPECT_EQ(Written("text", NoGuestReport()),
            "ktstr 0.1\n"
            "  machine       9n9l9c9t, 1536 MiB, KVM, kernel "
            "/boot/vmlinuz-6.12\n"
            "  plan          wake_chain: 2 workers\n"
            "\n"
            "virtual machine\n"
            "  end           not started: qemu-system-x86_64: Invalid SMP CPUs "
            "6561\n"
            "  command       qemu-system-x86_64 -smp 6561\n"
            "\n"
            "  FAIL  guest  qemu-system-x86_64: Invalid SMP CPUs 6561\n"
            "\n"
            "FAIL  0 stressors, 1 not run, guest failed, in 3.50s\n");
}

TEST(VmTextTest, BoundsWhatItQuotes) {
  proto::Report report = DeadGuestReport();
  for (int i = 0; i < 1000; ++i) {
    report.mutable_vm()->add_console_tail(absl::StrCat("console ", i, "."));
    report.mutable_scheduler()->add_kernel_log(absl::StrCat("dump ", i, "."));
  }
  const std::string text = Written("text", report);
  EXPECT_THAT(
      text,
      AllOf(HasSubstr("(979 lines before these)"), HasSubstr("| console 999."),
            Not(HasSubstr("| console 974.")), HasSubstr("| dump 37."),
            Not(HasSubstr("| dump 38.")), HasSubstr("(and 962 more)")));
}

TEST(VmTextTest, ShowsASchedulerOnTheHost) {
  proto::Report report = SampleVmReport();
  report.clear_vm();
  report.mutable_checks()->DeleteSubrange(0, 1);
  EXPECT_THAT(Written("text", report),
              AllOf(StartsWith("ktstr 0.1\n"
                               "  sched_ext     ./scx_simple -f as simple\n"
                               "  kernel  "),
                    HasSubstr("\nrun\n"
                              "  sched_ext     disabled (seq 0) -> enabled "
                              "simple (seq 1) -> enabled simple")));
}

TEST(VmTextTest, LetsNoGuestSteerTheTerminal) {
  proto::Report report = DeadGuestReport();
  report.mutable_vm()->add_console_tail("\x1b[2J\x1b]0;owned\a\r\xff");
  report.mutable_vm()->set_end_text("\x1b[31mred\n");
  report.mutable_scheduler()->add_output(
      "\x9b"
      "2J");
  const std::string text = Written("text", report);
  for (const char* bytes : {"\x1b", "\r", "\a", "\x9b", "\xff"}) {
    EXPECT_THAT(text, Not(HasSubstr(bytes)));
  }
}

TEST(MergedTextTest, HasEveryCellWhole) {
  const std::string text = Written("text", SampleMergedReport());
  EXPECT_THAT(text, StartsWith("ktstr 0.1\n"
                               "  cells         2n1l2c2t\n"
                               "                2n1l2c2t "
                               "6.12.94+deb12-cloud-amd64\n"
                               "                64n\n"
                               "                9n9l9c9t\n"
                               "                host\n"
                               "\n"
                               "== 1 of 5: 2n1l2c2t ====="));
  for (const proto::Report& cell :
       {SampleVmReport(), DeadGuestReport(), NoGuestReport(), SampleReport()}) {
    EXPECT_THAT(text, HasSubstr("==\n\n" + Written("text", cell) + "\n=="));
  }
  EXPECT_THAT(text, HasSubstr("\n== 5 of 5: host ====="));
}

TEST(MergedTextTest, EndsWithOneTable) {
  EXPECT_THAT(
      Written("text", SampleMergedReport()),
      AllOf(HasSubstr("\n== all cells =="),
            EndsWith("  last                                  -             -"
                     "        -            -      not run\n"
                     "\n"
                     "FAIL  4 cells, 1 passed, 3 failed (2n1l2c2t "
                     "6.12.94+deb12-cloud-amd64, 9n9l9c9t, host), 1 not run\n"
                     "      (64n), in 3.50s\n")));
}

TEST(MergedTextTest, KeepsTo100ColumnsWhateverTheReportHolds) {
  const std::vector<std::string> lines =
      absl::StrSplit(Written("text", Exaggerated(SampleMergedReport())), '\n');
  EXPECT_THAT(lines, Each(ResultOf(ColumnsOf, Le(kTextColumns))));
  EXPECT_THAT(lines, Each(Not(HasSubstr("\x1b"))));
  EXPECT_THAT(lines, Each(Not(EndsWith(" "))));
}

}  // namespace
}  // namespace ktstr
