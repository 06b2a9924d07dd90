// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/cgroup_share/cgroup_share.h"

#include <cmath>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/checks/stressor_text.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr int64_t kRunNs = 2'000'000'000;

void Set(const char* name, const std::string& got, proto::Worker& worker) {
  proto::Setting& setting = *worker.add_settings();
  setting.set_name(name);
  setting.set_asked(got);
  setting.set_got(got);
  setting.set_applied(true);
}

void AddCgroup(const char* name, double weight, int64_t usage_ns,
               proto::Stressor& stressor) {
  proto::Cgroup& cgroup = *stressor.add_cgroups();
  cgroup.set_name(name);
  cgroup.set_workers(2);
  cgroup.set_weight(weight);
  cgroup.set_has_cpu(true);
  cgroup.set_usage_ns(usage_ns);
  cgroup.set_periods(0);
  cgroup.set_throttled_periods(0);
  for (int cpu = 0; cpu < 2; ++cpu) {
    proto::Worker& worker = *stressor.add_workers();
    worker.set_index(static_cast<uint32_t>(stressor.workers_size() - 1));
    worker.set_role("worker");
    worker.set_cgroup(name);
    worker.set_end(proto::Worker::FINISHED);
    worker.set_run_ns(kRunNs);
    Set("affinity", absl::StrCat(cpu), worker);
  }
}

// Weights 100:300, a worker of each on each of two CPUs.
proto::Stressor Fair() {
  proto::Stressor stressor;
  AddCgroup("a", 100, 996'000'000, stressor);
  AddCgroup("b", 300, 3'004'000'000, stressor);
  return stressor;
}

TEST(CgroupShareTest, PassesWhereSharesFollowWeights) {
  EXPECT_THAT(CheckCgroupShare({}, Fair()),
              IsLine("cgroup_share", proto::PASS,
                     "a: 24.9% of CPU, weights promise 25%; b: 75.1% of CPU, "
                     "weights promise 75%"));
}

TEST(CgroupShareTest, GivesItsNumbers) {
  const proto::Check line = CheckCgroupShare({}, Fair());
  ASSERT_EQ(line.numbers_size(), 4);
  EXPECT_EQ(line.numbers(0).name(), "share.a");
  EXPECT_DOUBLE_EQ(line.numbers(0).value(), 24.9);
  EXPECT_EQ(line.numbers(0).unit(), "%");
  EXPECT_EQ(line.numbers(3).name(), "promised.b");
  EXPECT_DOUBLE_EQ(line.numbers(3).value(), 75);
}

TEST(CgroupShareTest, JudgesWorkersThatWereStoppedOneAfterTheOther) {
  proto::Stressor stressor = Fair();
  stressor.mutable_workers(1)->set_run_ns(kRunNs * 9 / 10);
  stressor.mutable_workers(1)->set_stop_latency_ns(20'000'000);
  EXPECT_EQ(CheckCgroupShare({}, stressor).verdict(), proto::PASS);
}

TEST(CgroupShareTest, FailsWhenWeightsLie) {
  proto::Stressor stressor = Fair();
  stressor.mutable_cgroups(0)->set_usage_ns(2'000'000'000);
  stressor.mutable_cgroups(1)->set_usage_ns(2'000'000'000);
  EXPECT_THAT(CheckCgroupShare({}, stressor),
              IsLine("cgroup_share", proto::FAIL,
                     "a: 50% of CPU, weights promise 25%; b: 50% of CPU, "
                     "weights promise 75%"));
}

TEST(CgroupShareTest, ToleratesFivePercentOfTheShare) {
  const auto verdict = [](int64_t usage_of_a) {
    proto::Stressor stressor = Fair();
    stressor.mutable_cgroups(0)->set_usage_ns(usage_of_a);
    stressor.mutable_cgroups(1)->set_usage_ns(4'000'000'000 - usage_of_a);
    return CheckCgroupShare({}, stressor).verdict();
  };
  EXPECT_EQ(verdict(951'000'000), proto::PASS);
  EXPECT_EQ(verdict(949'000'000), proto::FAIL);
  EXPECT_EQ(verdict(1'049'000'000), proto::PASS);
  EXPECT_EQ(verdict(1'051'000'000), proto::FAIL);
  EXPECT_EQ(verdict(0), proto::FAIL);
}

TEST(CgroupShareTest, NamesOnlyTheOneThatIsWrong) {
  proto::Stressor stressor = Fair();
  stressor.mutable_cgroups(0)->set_usage_ns(900'000'000);
  stressor.mutable_cgroups(1)->set_usage_ns(3'100'000'000);
  EXPECT_THAT(CheckCgroupShare({}, stressor),
              IsLine("cgroup_share", proto::FAIL,
                     "a: 22.5% of CPU, weights promise 25%"));
}

TEST(CgroupShareTest, SaysWhoElseTookTime) {
  proto::Stressor stressor = Fair();
  stressor.mutable_cgroups(0)->set_usage_ns(5'000'000'000);
  proto::HostDisturbance& host = *stressor.mutable_host();
  host.set_capacity_ns(4'000'000'000);
  host.set_foreign_cpu_ns(100'000'000);
  host.set_steal_ns(90'000'000);
  EXPECT_THAT(CheckCgroupShare({}, stressor).detail(),
              Not(HasSubstr("others")));
  host.set_steal_ns(300'000'000);
  host.set_sched_ext_after("enabled simple (seq 1)");
  EXPECT_THAT(CheckCgroupShare({}, stressor),
              IsLine("cgroup_share", proto::FAIL,
                     EndsWith("; others took 10% of the CPUs meanwhile; "
                              "sched_ext, enabled simple (seq 1), decides on "
                              "shares")));
}

// As measured: b has one worker, on CPU 0, of which others left twice as much.
TEST(CgroupShareTest, GoesByWhatOthersLeftOfEachCpu) {
  proto::Stressor stressor = Fair();
  stressor.mutable_workers()->RemoveLast();
  const int64_t on_cpu_ns[] = {200'000'000, 500'000'000, 800'000'000};
  for (int i = 0; i < 3; ++i) {
    proto::Counters& counters =
        *stressor.mutable_workers(i)->mutable_counters();
    counters.set_on_cpu_ns(on_cpu_ns[i]);
    counters.set_run_delay_ns(kRunNs - on_cpu_ns[i]);
  }
  // On CPU 0 weights are 50 to 300: 1/7 of 1000 ms, and 500 ms of CPU 1.
  stressor.mutable_cgroups(0)->set_usage_ns(642'857'143);
  stressor.mutable_cgroups(1)->set_usage_ns(857'142'857);
  EXPECT_THAT(CheckCgroupShare({}, stressor),
              IsLine("cgroup_share", proto::PASS,
                     HasSubstr("a: 42.9% of CPU, weights promise 42.9%")));
  // Not known of all: CPUs count alike.
  stressor.mutable_workers(0)->clear_counters();
  EXPECT_THAT(CheckCgroupShare({}, stressor),
              IsLine("cgroup_share", proto::FAIL,
                     HasSubstr("a: 42.9% of CPU, weights promise 57.1%")));
}

TEST(CgroupShareTest, CannotTellOfCpusThatOthersTookWhole) {
  proto::Stressor stressor = Fair();
  proto::Worker extra = stressor.workers(0);
  for (int i = 0; i < 4; ++i) {
    proto::Worker& worker = *stressor.mutable_workers(i);
    const bool of_a = worker.cgroup() == "a";
    worker.mutable_settings(0)->set_got(of_a ? "0" : "1");
    worker.mutable_counters()->set_on_cpu_ns(of_a ? 1'000'000'000 : 0);
    worker.mutable_counters()->set_run_delay_ns(of_a ? 1'000'000'000 : kRunNs);
  }
  // So that two cgroups meet at all.
  proto::Cgroup& third = *stressor.add_cgroups();
  third = stressor.cgroups(0);
  third.set_name("c");
  extra.set_cgroup("c");
  extra.mutable_counters()->set_on_cpu_ns(1'000'000'000);
  extra.mutable_counters()->set_run_delay_ns(1'000'000'000);
  *stressor.add_workers() = extra;
  EXPECT_THAT(CheckCgroupShare({}, stressor),
              IsLine("cgroup_share", proto::SKIP,
                     "others took all of the CPUs of cgroup b"));
}

TEST(CgroupShareTest, ShowsAFewOfMany) {
  proto::Stressor stressor;
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
    AddCgroup(name, 100, 1'000'000, stressor);
  }
  for (proto::Worker& worker : *stressor.mutable_workers()) {
    worker.set_run_ns(kRunNs);
  }
  EXPECT_THAT(CheckCgroupShare({}, stressor),
              IsLine("cgroup_share", proto::PASS,
                     EndsWith("d: 16.7% of CPU, weights promise 16.7%; and 2 "
                              "more")));
}

TEST(CgroupShareTest, NeedsARunOfManyTimeSlices) {
  proto::Stressor stressor = Fair();
  for (proto::Worker& worker : *stressor.mutable_workers()) {
    worker.set_run_ns(400'000'000);
  }
  EXPECT_THAT(CheckCgroupShare({}, stressor),
              IsLine("cgroup_share", proto::SKIP,
                     "cgroup a is promised 100ms of a CPU, which is a few time "
                     "slices; raise --duration to 1s"));
}

struct Untold {
  const char* what;
  std::function<void(proto::Stressor&)> change;
  const char* reason;
};

void PrintTo(const Untold& untold, std::ostream* out) { *out << untold.what; }

proto::Cgroup& A(proto::Stressor& stressor) {
  return *stressor.mutable_cgroups(0);
}
proto::Worker& W(proto::Stressor& stressor) {
  return *stressor.mutable_workers(1);
}

// An unpinned worker, and so on: each is one change to a fair contest.
const Untold kUntold[] = {
    {"NoController", [](proto::Stressor& s) { A(s).set_has_cpu(false); },
     "cgroup a has no share of CPU of its own"},
    {"UnknownUsage", [](proto::Stressor& s) { A(s).clear_usage_ns(); },
     "cgroup a used an unknown amount"},
    {"NoUsage",
     [](proto::Stressor& s) {
       for (proto::Cgroup& cgroup : *s.mutable_cgroups()) {
         cgroup.set_usage_ns(0);
       }
     },
     "the kernel counted no CPU time for any cgroup"},
    {"Throttled",
     [](proto::Stressor& s) {
       A(s).set_periods(20);
       A(s).set_throttled_periods(3);
     },
     "cgroup a was throttled in 3 of 20 periods; leave out max="},
    {"Idle", [](proto::Stressor& s) { A(s).set_weight(0.3); },
     "cgroup a is idle by weight"},
    {"Nan", [](proto::Stressor& s) { A(s).set_weight(std::nan("")); },
     "cgroup a is idle by weight"},
    {"WeightRefused",
     [](proto::Stressor& s) { A(s).add_settings()->set_name("weight"); },
     "cgroup a did not get its weight (see applied)"},
    {"NoWorker",
     [](proto::Stressor& s) { s.mutable_workers()->DeleteSubrange(0, 2); },
     "cgroup a has no worker"},
    {"OneCgroup", [](proto::Stressor& s) { s.mutable_cgroups()->RemoveLast(); },
     "there are no two cgroups"},
    {"OwnPlace", [](proto::Stressor& s) { s.set_own_place(true); },
     "its workers change their own policy"},
    {"WorkerOutside", [](proto::Stressor& s) { W(s).clear_cgroup(); },
     "worker 1 (worker) is in none of the cgroups"},
    {"WorkerDidNotEnter",
     [](proto::Stressor& s) { W(s).add_settings()->set_name("cgroup"); },
     "worker 1 (worker) is in none of the cgroups"},
    {"DeadWorker",
     [](proto::Stressor& s) { W(s).set_end(proto::Worker::DIED); },
     "worker 1 (worker) did not finish"},
    {"NeverRan", [](proto::Stressor& s) { W(s).set_run_ns(0); },
     "worker 1 (worker) ended before the others"},
    {"EndedEarly", [](proto::Stressor& s) { W(s).set_run_ns(kRunNs * 9 / 10); },
     "worker 1 (worker) ended before the others; bound the run by --duration"},
    {"Waited", [](proto::Stressor& s) { W(s).set_waiting_ns(kRunNs / 40); },
     "worker 1 (worker) did not want a CPU all the time; run a stressor that "
     "never waits"},
    {"Slept",
     [](proto::Stressor& s) {
       W(s).mutable_counters()->set_on_cpu_ns(kRunNs / 2);
       W(s).mutable_counters()->set_run_delay_ns(kRunNs / 3);
     },
     "worker 1 (worker) did not want a CPU all the time"},
    {"NotPinned", [](proto::Stressor& s) { W(s).clear_settings(); },
     "worker 1 (worker) is not pinned to one CPU; add --affinity=spread"},
    {"PinnedToTwo",
     [](proto::Stressor& s) { W(s).mutable_settings(0)->set_got("0-1"); },
     "worker 1 (worker) is not pinned to one CPU"},
    {"PinningRefused",
     [](proto::Stressor& s) { W(s).mutable_settings(0)->set_applied(false); },
     "worker 1 (worker) is not pinned to one CPU"},
    {"PinnedToNothing",
     [](proto::Stressor& s) { W(s).mutable_settings(0)->set_got("?"); },
     "worker 1 (worker) is not pinned to one CPU"},
    {"RealTime", [](proto::Stressor& s) { Set("policy", "fifo:5", W(s)); },
     "worker 1 (worker) is of policy fifo:5"},
    {"UnknownPolicy", [](proto::Stressor& s) { Set("policy", "", W(s)); },
     "worker 1 (worker) is of policy unknown"},
    {"TwoPolicies", [](proto::Stressor& s) { Set("policy", "batch", W(s)); },
     "worker 1 (worker) is batch and others are normal"},
    {"TwoNices", [](proto::Stressor& s) { Set("nice", "5", W(s)); },
     "worker 1 (worker) is normal nice 5 and others are normal"},
    {"NeverMeet",
     [](proto::Stressor& s) {
       for (proto::Worker& worker : *s.mutable_workers()) {
         worker.mutable_settings(0)->set_got(worker.cgroup() == "a" ? "0"
                                                                    : "1");
       }
     },
     "no two cgroups meet on a CPU; raise --workers"},
};

class UntoldTest : public testing::TestWithParam<Untold> {};

TEST_P(UntoldTest, IsSkippedWithTheReason) {
  proto::Stressor stressor = Fair();
  GetParam().change(stressor);
  EXPECT_THAT(
      CheckCgroupShare({}, stressor),
      IsLine("cgroup_share", proto::SKIP, HasSubstr(GetParam().reason)));
}

std::string NameOf(const testing::TestParamInfo<Untold>& untold) {
  return untold.param.what;
}

INSTANTIATE_TEST_SUITE_P(Table, UntoldTest, testing::ValuesIn(kUntold), NameOf);

TEST(CgroupShareTest, TakesStolenTimeForNoSleep) {
  proto::Stressor stressor = Fair();
  proto::Counters& counters = *stressor.mutable_workers(0)->mutable_counters();
  counters.set_on_cpu_ns(kRunNs / 4);
  counters.set_run_delay_ns(kRunNs / 2);
  EXPECT_EQ(CheckCgroupShare({}, stressor).verdict(), proto::SKIP);
  stressor.mutable_host()->set_steal_ns(kRunNs / 4);
  EXPECT_EQ(CheckCgroupShare({}, stressor).verdict(), proto::PASS);
}

TEST(CgroupShareTest, JudgesWorkersThatAreAllNiceAlike) {
  proto::Stressor stressor = Fair();
  for (proto::Worker& worker : *stressor.mutable_workers()) {
    Set("policy", "batch", worker);
    Set("nice", "5", worker);
  }
  EXPECT_EQ(CheckCgroupShare({}, stressor).verdict(), proto::PASS);
}

TEST(CgroupShareTest, IsNotJudgedWhereOthersOfTheRunTookPart) {
  proto::Options options;
  options.set_together(true);
  EXPECT_THAT(CheckCgroupShare(options, Fair()),
              IsLine("cgroup_share", proto::SKIP, HasSubstr("--together")));
  options.set_together(false);
  proto::NameValue& cookie = *options.add_placement();
  cookie.set_name("core_cookie");
  cookie.set_value("group");
  EXPECT_THAT(CheckCgroupShare(options, Fair()),
              IsLine("cgroup_share", proto::SKIP, HasSubstr("--core_cookie")));
}

TEST(HasCgroupShareTest, GoesByWhatWasAskedOrIsThere) {
  proto::Options options;
  EXPECT_FALSE(HasCgroupShare(options, {}));
  EXPECT_TRUE(HasCgroupShare(options, Fair()));
  proto::Stressor one = Fair();
  one.mutable_cgroups()->RemoveLast();
  EXPECT_FALSE(HasCgroupShare(options, one));
  proto::NameValue& cgroups = *options.add_placement();
  cgroups.set_name("cgroups");
  cgroups.set_value("a:weight=100");
  EXPECT_FALSE(HasCgroupShare(options, {}));
  cgroups.set_value("a:weight=100,b");
  EXPECT_TRUE(HasCgroupShare(options, {}));
}

}  // namespace
}  // namespace ktstr
