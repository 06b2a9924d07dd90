// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/isolation.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/checks/stressor_text.h"

namespace ktstr {
namespace {

proto::Options Allowed(const char* cpus) {
  proto::Options options;
  options.set_cpus(cpus);
  return options;
}

TEST(IsolationTest, PassesInsideOfTheAllowedSet) {
  EXPECT_THAT(CheckIsolation(Allowed("0-3"), StressorFromText(R"pb(
                               workers { cpus_used: "0" }
                               workers { cpus_used: "2-3" }
                               workers {}
                             )pb")),
              IsLine("isolation", proto::PASS, "CPUs used: 0,2-3 of 0-3"));
}

TEST(IsolationTest, FailsForACpuOutside) {
  EXPECT_THAT(
      CheckIsolation(Allowed("0,2"), StressorFromText(R"pb(
                       workers { index: 4 role: "worker" cpus_used: "0-2" }
                     )pb")),
      IsLine("isolation", proto::FAIL,
             "worker 4 (worker) was on CPU 1, allowed are 0,2"));
}

TEST(IsolationTest, SkipsWhenNoWorkerWasSeenAnywhere) {
  EXPECT_THAT(CheckIsolation(Allowed("0"), StressorFromText("workers {}")),
              IsLine("isolation", proto::SKIP, "no worker told where it ran"));
}

TEST(IsolationTest, FailsWhenTheReportDoesNotSayWhatWasAllowed) {
  EXPECT_THAT(CheckIsolation({}, StressorFromText("workers {}")),
              IsLine("isolation", proto::FAIL, testing::_));
}

}  // namespace
}  // namespace ktstr
