// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Words for CPUs and affinities in the machines that they are about: each
// preset of `ktstr list vm`.

#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/placement/vm/spied_run.h"
#include "ktstr/testing/vm/run_in_vm.h"

namespace ktstr {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

struct Place {
  std::string machine;  // Of `ktstr list vm`.
  std::string stressor;
  std::vector<std::string> flags;
  std::vector<std::string> cpus;  // By worker: where it must be.
};

std::ostream& operator<<(std::ostream& out, const Place& place) {
  return out << place.machine;
}

const Place kPlaces[] = {
    {"single", "futex_ping_pong", {"--affinity=one"}, {"0", "0"}},
    {"smp",
     "spin_wait",
     {"--affinity=spread", "--cpus=!cpu:0"},
     {"1", "2", "3", "1"}},
    {"laptop",
     "futex_ping_pong",
     {"--affinity=smt_pair"},
     {"0", "1", "2", "3", "4", "5", "6", "7"}},
    {"ci",
     "futex_ping_pong",
     {"--affinity=cross_node", "--cpus=smt:0"},
     {"0,2", "4,6", "4,6", "0,2"}},
    {"chiplet",
     "futex_ping_pong",
     {"--affinity=cross_llc", "--cpus=llc:1-3"},
     {"4-7", "8-11", "8-11", "12-15", "12-15", "4-7"}},
    {"odd",
     "futex_ping_pong",
     {"--affinity=node", "--cpus=node:0,node:2"},
     {"0-2", "0-2", "6-8", "6-8"}},
    {"quad_node",
     "wake_chain",
     {"--affinity=cross_node"},
     {"0-1", "2-3", "4-5", "6-7", "2-3", "4-5", "6-7", "0-1"}},
    {"server",
     "spin_wait",
     {"--affinity=pack", "--cpus=package:1"},
     {"8", "9", "10", "11"}},
    {"split_llc",
     "futex_ping_pong",
     {"--affinity=llc"},
     {"0-1", "0-1", "2-3", "2-3", "4-5", "4-5", "6-7", "6-7"}},
    {"big",
     "spin_wait",
     {"--affinity=all", "--cpus=core:60-63"},
     {"60-63", "60-63", "60-63", "60-63"}},
    {"big_numa",
     "spin_wait",
     {"--affinity=spread"},
     {"0", "16", "32", "48", "8", "24", "40", "56"}},
};

class TopologyTest : public testing::TestWithParam<Place> {};

void ExpectWithin(const std::string& used, const std::string& allowed) {
  const absl::StatusOr<CpuSet> all = CpuSet::Parse(allowed);
  const absl::StatusOr<CpuSet> some = CpuSet::Parse(used);
  ASSERT_TRUE(all.ok() && some.ok()) << allowed << " and " << used;
  EXPECT_FALSE(some->empty());
  EXPECT_TRUE(some->Difference(*all).empty()) << used << " of " << allowed;
}

TEST_P(TopologyTest, PlacesEachWorkerWhereItShould) {
  const Place& place = GetParam();
  std::vector<std::string> flags = place.flags;
  flags.push_back("--stressor=" + place.stressor);
  flags.push_back(absl::StrCat("--workers=", place.cpus.size()));
  flags.push_back("--duration=500ms");
  const SpiedRun run = RunSpied(place.machine, "look", flags);
  ExpectPassed(run.vm);
  ASSERT_THAT(run.vm.report.stressors(), SizeIs(1));
  const proto::Stressor& stressor = run.vm.report.stressors(0);
  ASSERT_THAT(stressor.workers(), SizeIs(place.cpus.size()));
  for (int i = 0; i < stressor.workers_size(); ++i) {
    SCOPED_TRACE(absl::StrCat("worker ", i));
    const proto::Worker& worker = stressor.workers(i);
    const proto::Setting affinity = SettingOf(worker, "affinity");
    EXPECT_EQ(affinity.asked(), place.cpus[i]);
    EXPECT_EQ(affinity.got(), place.cpus[i]);
    EXPECT_EQ(run.Seen(worker)["cpus"], place.cpus[i]);
    ExpectWithin(worker.cpus_used(), place.cpus[i]);
  }
}

std::string NameOf(const testing::TestParamInfo<Place>& info) {
  return info.param.machine;
}

INSTANTIATE_TEST_SUITE_P(Presets, TopologyTest, testing::ValuesIn(kPlaces),
                         NameOf);

// So that a new preset is not forgotten.
TEST(TopologiesTest, AreAllThatAreListed) {
  const Outcome listed = RunBinary({"list", "vm"});
  std::vector<std::string> names;
  names.reserve(std::size(kPlaces));
  for (const Place& place : kPlaces) names.push_back(place.machine);
  size_t found = 0;
  for (const absl::string_view line :
       absl::StrSplit(listed.out, '\n', absl::SkipEmpty())) {
    const absl::string_view name = line.substr(0, line.find(' '));
    if (!name.empty()) {
      EXPECT_THAT(names, testing::Contains(name));
      ++found;
    }
  }
  EXPECT_EQ(found, names.size()) << listed.out;
}

// A machine that does not have what a word is about: told, and not run
// somewhere else instead.
TEST(TopologiesTest, AWordWithoutItsMachineIsSkipped) {
  const VmOutcome result =
      RunInVm("1n1l2c1t", {"--stressor=futex_ping_pong",
                           "--affinity=cross_node", "--duration=100ms"});
  EXPECT_EQ(result.outcome.exit_code, 4);
  ASSERT_THAT(result.report.stressors(), SizeIs(1));
  EXPECT_EQ(result.report.stressors(0).verdict(), proto::SKIP);
  EXPECT_THAT(result.report.stressors(0).setup().text(),
              HasSubstr("cross_node"));
}

}  // namespace
}  // namespace ktstr
