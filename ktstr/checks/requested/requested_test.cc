// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/requested/requested.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/checks/requested/condition.h"
#include "ktstr/checks/stressor_text.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;

// Two roles of two workers over two seconds. Buckets below 64 are exact.
constexpr char kChain[] = R"pb(
  name: "chain"
  alias: "chain"
  run_ns: 2000000000
  roles {
    name: "source"
    workers: 2
    iterations: 400
    run_ns: 4000000000
    counters {
      voluntary_switches: 100
      involuntary_switches: 300
      on_cpu_ns: 1000000000
      run_delay_ns: 200000000
    }
    metrics {
      name: "gap"
      histogram {
        count: 2
        sum_ns: 30
        min_ns: 10
        max_ns: 20
        sub_bucket_bits: 5
        bucket_index: 10
        bucket_index: 20
        bucket_count: 1
        bucket_count: 1
      }
    }
  }
  roles {
    name: "stage"
    workers: 2
    iterations: 100
    run_ns: 4000000000
    counters { migrations: 8 }
    metrics {
      name: "wake_latency.local"
      histogram {
        count: 150
        sum_ns: 1500
        min_ns: 10
        max_ns: 10
        sub_bucket_bits: 5
        bucket_index: 10
        bucket_count: 150
      }
    }
    metrics {
      name: "wake_latency.remote"
      histogram {
        count: 50
        sum_ns: 2500
        min_ns: 50
        max_ns: 50
        sub_bucket_bits: 5
        bucket_index: 50
        bucket_count: 50
      }
    }
    metrics {
      name: "round_trip"
      histogram { sub_bucket_bits: 5 }
    }
  }
  workers { role: "source" iterations: 180 }
  workers { role: "source" iterations: 220 }
  workers { role: "stage" iterations: 0 }
  workers { role: "stage" iterations: 100 }
)pb";

proto::Check Ask(const std::string& text) {
  const auto condition = ParseCondition(text);
  EXPECT_TRUE(condition.ok()) << condition.status();
  return CheckRequested(*condition, StressorFromText(kChain));
}

TEST(RequestedTest, TakesLocalAndRemoteTogether) {
  EXPECT_THAT(Ask("wake_latency.p90<51ns"),
              IsLine("check:wake_latency.p90<51ns", proto::PASS,
                     "50ns in role stage, of 200 samples"));
  EXPECT_THAT(Ask("wake_latency.local.p90<51ns"),
              IsLine("check:wake_latency.local.p90<51ns", proto::PASS,
                     HasSubstr("10ns in role stage, of 150 samples")));
}

TEST(RequestedTest, FailsBeyondTheBound) {
  EXPECT_THAT(Ask("wake_latency.max<50ns").verdict(), proto::FAIL);
  EXPECT_THAT(Ask("wake_latency.mean>20ns").verdict(), proto::FAIL);
  EXPECT_THAT(Ask("wake_latency.count>=200").verdict(), proto::PASS);
  EXPECT_THAT(Ask("wake_latency.count>200").verdict(), proto::FAIL);
}

TEST(RequestedTest, SaysWhenSamplesAreTooFew) {
  EXPECT_THAT(Ask("gap.p99<1s").detail(),
              HasSubstr("2 samples, too few for this percentile"));
  EXPECT_THAT(Ask("wake_latency.p99<1s").detail(),
              testing::Not(HasSubstr("too few")));
  EXPECT_THAT(Ask("wake_latency.p999<1s").detail(), HasSubstr("too few"));
}

TEST(RequestedTest, LetsTheWorstRoleDecide) {
  EXPECT_THAT(
      Ask("iterations.rate>100"),
      IsLine("check:iterations.rate>100", proto::FAIL, "50/s in role stage"));
  EXPECT_THAT(
      Ask("iterations.rate<100"),
      IsLine("check:iterations.rate<100", proto::FAIL, "200/s in role source"));
}

TEST(RequestedTest, LooksAtOneRoleOnRequest) {
  EXPECT_THAT(Ask("role=source iterations.rate>100"),
              IsLine("check:role=source,iterations.rate>100", proto::PASS,
                     "200/s in role source"));
}

TEST(RequestedTest, CountsSwitchesOfBothKinds) {
  EXPECT_THAT(
      Ask("switches.count>=400"),
      IsLine("check:switches.count>=400", proto::PASS, "400 in role source"));
}

TEST(RequestedTest, CountsTheKernelsMigrations) {
  EXPECT_THAT(Ask("migrations.rate<4").verdict(), proto::FAIL);
  EXPECT_THAT(Ask("migrations.rate<5").detail(), "4/s in role stage");
}

TEST(RequestedTest, ComparesSharesOfTheTimeThatWorkersRan) {
  EXPECT_THAT(Ask("cpu_share>=25%").detail(), "25% in role source");
  EXPECT_THAT(Ask("run_delay<5%").verdict(), proto::FAIL);
  EXPECT_THAT(Ask("run_delay<=5%").verdict(), proto::PASS);
}

TEST(RequestedTest, ComparesTheSpreadOfIterations) {
  EXPECT_THAT(Ask("role=source spread<=20%").verdict(), proto::PASS);
  EXPECT_THAT(Ask("spread<100%"),
              IsLine("check:spread<100%", proto::FAIL, "200% in role stage"));
}

// Two workers with 180 of 200 pages at home, and one of which less is known.
constexpr char kPages[] = R"pb(
  roles { name: "hog" }
  roles { name: "other" }
  workers {
    role: "hog"
    pages {
      home_node: 0
      on_nodes { node: 0 pages: 90 }
      on_nodes { node: 1 pages: 20 }
    }
  }
  workers {
    role: "hog"
    pages {
      home_node: 1
      on_nodes { node: 1 pages: 90 }
    }
  }
  workers {
    role: "other"
    pages { home_node: 1 }
  }
)pb";

proto::Check AskOfPages(const std::string& text,
                        const proto::Stressor& stressor) {
  return CheckRequested(*ParseCondition(text), stressor);
}

TEST(RequestedTest, ComparesTheShareOfPagesAtHome) {
  const proto::Stressor stressor = StressorFromText(kPages);
  EXPECT_THAT(AskOfPages("role=hog node_locality>=0.9", stressor),
              IsLine("check:role=hog,node_locality>=0.9", proto::PASS,
                     "0.9 in role hog"));
  EXPECT_THAT(AskOfPages("role=hog node_locality>90%", stressor).verdict(),
              proto::FAIL);
  EXPECT_EQ(
      AskOfPages("role=hog node_locality>0.5", stressor).numbers(0).name(),
      "node_locality");
}

TEST(RequestedTest, FailsWherePagesWereNotFound) {
  proto::Stressor stressor = StressorFromText(kPages);
  EXPECT_THAT(AskOfPages("role=other node_locality>0", stressor),
              IsLine("check:role=other,node_locality>0", proto::FAIL,
                     "no page of theirs was found on a node"));
  stressor.mutable_workers(1)->clear_pages();
  EXPECT_THAT(AskOfPages("role=hog node_locality>0", stressor).detail(),
              "of 1 of 2 workers it is not known where their pages are");
}

TEST(RequestedTest, FailsForWhatWasNotRecorded) {
  EXPECT_THAT(Ask("acquire_time.max<1s"),
              IsLine("check:acquire_time.max<1s", proto::FAIL,
                     "acquire_time was not recorded"));
  EXPECT_THAT(Ask("role=stage round_trip.max<1s").detail(),
              "round_trip has no sample");
  EXPECT_THAT(Ask("role=source migrations.rate<1").verdict(), proto::FAIL);
  EXPECT_THAT(Ask("role=stage switches.rate<1").verdict(), proto::FAIL);
  EXPECT_THAT(Ask("role=stage run_delay<1%").verdict(), proto::FAIL);
}

TEST(RequestedTest, FailsForARoleThatIsNotThere) {
  EXPECT_THAT(Ask("role=king gap.max<1s").detail(),
              "there is no role 'king'; the roles are: source, stage");
}

TEST(RequestedTest, GivesTheNumberToPrograms) {
  const proto::Check line = Ask("wake_latency.max<1ms");
  ASSERT_THAT(line.numbers_size(), 1);
  EXPECT_THAT(line.numbers(0).name(), "wake_latency.max");
  EXPECT_THAT(line.numbers(0).value(), 50);
  EXPECT_THAT(line.numbers(0).unit(), "ns");
}

}  // namespace
}  // namespace ktstr
