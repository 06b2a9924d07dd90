// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/host.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/checks/stressor_text.h"

namespace ktstr {
namespace {

TEST(HostTest, PassesWhenNothingHappened) {
  EXPECT_THAT(CheckHost({}),
              IsLine("host", proto::PASS, "no fault in the kernel log"));
}

TEST(HostTest, QuotesTheKernelLog) {
  EXPECT_THAT(CheckHost(StressorFromText(R"pb(
                host {
                  kernel_faults: "rcu: INFO: rcu_preempt self-detected stall"
                  kernel_faults: "more"
                }
              )pb")),
              IsLine("host", proto::FAIL,
                     "kernel log: \"rcu: INFO: rcu_preempt self-detected "
                     "stall\"; and 1 more"));
}

TEST(HostTest, FailsWhenTheSchedulerWasEjected) {
  EXPECT_THAT(CheckHost(StressorFromText(R"pb(
                host {
                  sched_ext_before: "enabled simple (seq 1)"
                  sched_ext_after: "disabled (seq 1)"
                }
              )pb")),
              IsLine("host", proto::FAIL,
                     "sched_ext was enabled simple (seq 1) before the run and "
                     "is disabled (seq 1) after it"));
}

TEST(HostTest, SaysWhenTheLogWasNotWatched) {
  EXPECT_THAT(
      CheckHost(StressorFromText(
          R"pb(host { kernel_log_unread: "open(/dev/kmsg): EPERM" })pb")),
      IsLine("host", proto::PASS,
             "the kernel log was not watched: open(/dev/kmsg): EPERM"));
}

TEST(HostTest, SaysWhenRecordsWereLost) {
  EXPECT_THAT(
      CheckHost(StressorFromText("host { kernel_log_lost: 3 }")),
      IsLine("host", proto::PASS, testing::HasSubstr("3 records of it went")));
}

}  // namespace
}  // namespace ktstr
