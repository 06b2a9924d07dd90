// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// A thousand workers spawn, meet, run and are reaped, and nothing is lost.

#include <sys/resource.h>

#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Property;
using testing::SizeIs;

constexpr int kWorkers = 1000;
constexpr uint64_t kIterations = 20;
// Two descriptors for the pipe of each worker, its pidfd, and the rest.
constexpr rlim_t kDescriptors = 3 * kWorkers + 100;

class CrowdTest : public testing::TestWithParam<std::string> {};

TEST_P(CrowdTest, OfAThousandRunsAndNothingIsLost) {
  struct rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_max < kDescriptors) {
    GTEST_SKIP() << "RLIMIT_NOFILE is " << limit.rlim_max;
  }
  const Outcome outcome =
      RunBinary({"--stressor=wake_chain", "work_per_hop=1us", "--workers=1000",
                 "--iterations=20", "--duration=50s", "--format=json",
                 "--mode=" + GetParam()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.orphans, 0);
  const proto::Report report = ReportIn(outcome.out);
  ASSERT_EQ(report.stressors_size(), 1);
  const proto::Stressor& stressor = report.stressors(0);
  EXPECT_EQ(stressor.stop_reason(), proto::Stressor::ITERATIONS);
  EXPECT_THAT(
      stressor.workers(),
      AllOf(SizeIs(kWorkers),
            Each(AllOf(Property(&proto::Worker::end, proto::Worker::FINISHED),
                       Property(&proto::Worker::iterations, kIterations)))));
  std::cout << GetParam() << ": " << kWorkers << " workers spawned in "
            << static_cast<double>(stressor.spawn_ns()) / 1e6
            << " ms, start spread "
            << static_cast<double>(stressor.start_spread_ns()) / 1e6
            << " ms, peak memory " << outcome.max_rss_mib << " MiB\n";
}

// All of them see a stop in the end, while they wait for each other.
TEST_P(CrowdTest, OfAThousandStops) {
  struct rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_max < kDescriptors) {
    GTEST_SKIP() << "RLIMIT_NOFILE is " << limit.rlim_max;
  }
  const Outcome outcome =
      RunBinary({"--stressor=wake_chain", "wake=futex_handoff",
                 "--workers=1000", "--duration=300ms", "--grace=30s",
                 "--format=json", "--mode=" + GetParam()});
  EXPECT_EQ(outcome.orphans, 0);
  const proto::Report report = ReportIn(outcome.out);
  ASSERT_EQ(report.stressors_size(), 1);
  const proto::Stressor& stressor = report.stressors(0);
  EXPECT_THAT(stressor.workers(),
              AllOf(SizeIs(kWorkers), Each(Property(&proto::Worker::end,
                                                    proto::Worker::FINISHED))));
  EXPECT_TRUE(stressor.has_stop_latency_ns());
  std::cout << GetParam() << ": worst stop latency "
            << static_cast<double>(stressor.stop_latency_ns()) / 1e6
            << " ms, all reaped after "
            << static_cast<double>(stressor.stop_ns()) / 1e6 << " ms\n";
}

std::string NameOf(const testing::TestParamInfo<std::string>& info) {
  return info.param;
}

INSTANTIATE_TEST_SUITE_P(Modes, CrowdTest, testing::Values("fork", "thread"),
                         NameOf);

}  // namespace
}  // namespace ktstr
