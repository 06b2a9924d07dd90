// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/placement/place_workers.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/placement/affinity_spec.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/topology/fake_machines.h"
#include "ktstr/topology/fake_sysfs.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Ne;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

using Code = absl::StatusCode;

constexpr uint64_t kSeed = 1;
constexpr const char* kSparse = "3,65,700,1025,2048-2049,8000-8001";
constexpr const char* kEachWord[] = {
    "inherit", "all",      "spread",    "pack",       "one",      "llc",
    "node",    "smt_pair", "cross_llc", "cross_node", "random:1", "waker=all"};

// One "waker" and `size` - 1 "wakee" in each group.
std::vector<WorkerSlot> Slots(uint32_t groups, uint32_t size) {
  std::vector<WorkerSlot> slots;
  for (uint32_t i = 0; i < groups * size; ++i) {
    slots.push_back({.group = i / size,
                     .position = i % size,
                     .role = i % size == 0 ? "waker" : "wakee"});
  }
  return slots;
}

CpuSet Cpus(const char* list) { return CpuSet::Parse(list).value(); }

absl::StatusOr<std::vector<CpuSet>> Place(const char* affinity,
                                          const Topology& topology,
                                          const char* allowed,
                                          const std::vector<WorkerSlot>& slots,
                                          uint64_t seed = kSeed) {
  return PlaceWorkers(ParseAffinity(affinity).value(), topology, Cpus(allowed),
                      slots, seed);
}

struct Case {
  const char* affinity;
  const char* expected;
};

// Expects the CPUs of each worker, with a space after each but the last.
template <size_t n>
void ExpectPlaces(const Topology& topology, const char* allowed,
                  const std::vector<WorkerSlot>& slots,
                  const Case (&cases)[n]) {
  for (const auto& [affinity, expected] : cases) {
    const absl::StatusOr<std::vector<CpuSet>> places =
        Place(affinity, topology, allowed, slots);
    ASSERT_THAT(places, IsOk()) << affinity;
    EXPECT_THAT(absl::StrJoin(*places, " ",
                              [](std::string* text, const CpuSet& cpus) {
                                text->append(cpus.ToString());
                              }),
                Eq(expected))
        << affinity;
  }
}

template <size_t n>
void ExpectRefused(const Topology& topology, const char* allowed,
                   const std::vector<WorkerSlot>& slots, Code code,
                   const Case (&cases)[n]) {
  for (const auto& [affinity, message] : cases) {
    EXPECT_THAT(Place(affinity, topology, allowed, slots),
                StatusIs(code, AllOf(StartsWith(affinity), HasSubstr(message),
                                     Not(HasSubstr("\n")))))
        << affinity;
  }
}

TEST(PlaceWorkersTest, OneCpuHasAllButPartners) {
  ExpectPlaces(OneCpu(), "0", Slots(2, 2),
               {{"inherit", "0 0 0 0"},
                {"all", "0 0 0 0"},
                {"spread", "0 0 0 0"},
                {"pack", "0 0 0 0"},
                {"one", "0 0 0 0"},
                {"llc", "0 0 0 0"},
                {"node", "0 0 0 0"},
                {"random:1", "0 0 0 0"},
                {"waker=0,wakee=all", "0 0 0 0"}});
  ExpectRefused(OneCpu(), "0", Slots(2, 2), Code::kUnimplemented,
                {{"smt_pair",
                  "smt_pair: it takes two siblings of a core, but each of the "
                  "allowed CPUs, 0, is of another core"},
                 {"cross_llc",
                  "cross_llc: it takes CPUs of two LLCs, but the allowed ones, "
                  "0, are of one LLC, number 0"},
                 {"cross_node", "are of one node, number 0"}});
}

TEST(PlaceWorkersTest, NodesOfLlcsOfCoresOfSiblings) {
  ExpectPlaces(TwoNodes(), "0-15", Slots(2, 4),
               {{"inherit", "0-15 0-15 0-15 0-15 0-15 0-15 0-15 0-15"},
                {"all", "0-15 0-15 0-15 0-15 0-15 0-15 0-15 0-15"},
                {"spread", "0 8 4 12 2 10 6 14"},
                {"pack", "0 1 2 3 4 5 6 7"},
                {"one", "0 0 0 0 0 0 0 0"},
                {"llc", "0-3 0-3 0-3 0-3 4-7 4-7 4-7 4-7"},
                {"node", "0-7 0-7 0-7 0-7 8-15 8-15 8-15 8-15"},
                {"smt_pair", "0 1 8 9 4 5 12 13"},
                {"cross_llc", "0-3 4-7 8-11 12-15 4-7 8-11 12-15 0-3"},
                {"cross_node", "0-7 8-15 0-7 8-15 8-15 0-7 8-15 0-7"},
                {"waker=0,wakee=llc:1+!cpu:4", "0 5-7 5-7 5-7 0 5-7 5-7 5-7"},
                {"wakee=smt:1+!node:0",
                 "0-15 9,11,13,15 9,11,13,15 9,11,13,15 0-15 "
                 "9,11,13,15 9,11,13,15 9,11,13,15"}});
}

TEST(PlaceWorkersTest, OnlyAllowedCpusCount) {
  ExpectPlaces(TwoNodes(), "2-5,13", Slots(3, 2),
               {{"all", "2-5,13 2-5,13 2-5,13 2-5,13 2-5,13 2-5,13"},
                {"spread", "2 13 4 3 5 2"},
                {"pack", "2 3 4 5 13 2"},
                {"one", "2 2 2 2 2 2"},
                {"llc", "2-3 2-3 4-5 4-5 13 13"},
                {"node", "2-5 2-5 13 13 2-5 2-5"},
                {"smt_pair", "2 3 4 5 2 3"},
                {"cross_llc", "2-3 4-5 4-5 13 13 2-3"},
                {"cross_node", "2-5 13 13 2-5 2-5 13"},
                {"waker=node:1", "13 2-5,13 13 2-5,13 13 2-5,13"}});
}

TEST(PlaceWorkersTest, NodesOfMemoryOnlyTakeNoWorkers) {
  ExpectPlaces(MemoryOnlyNode(), "0-3", Slots(2, 2),
               {{"spread", "0 1 2 3"},
                {"pack", "0 1 2 3"},
                {"one", "0 0 0 0"},
                {"llc", "0-3 0-3 0-3 0-3"},
                {"node", "0-3 0-3 0-3 0-3"},
                {"waker=node:0", "0-3 0-3 0-3 0-3"}});
  ExpectRefused(MemoryOnlyNode(), "0-3", Slots(2, 2), Code::kUnimplemented,
                {{"cross_node",
                  "it takes CPUs of two nodes, but the allowed ones, 0-3, are "
                  "of one node, number 0"},
                 {"cross_llc", "are of one LLC, number 0"},
                 {"smt_pair", "each of the allowed CPUs, 0-3, is of another"}});
}

TEST(PlaceWorkersTest, OfflineCpusTakeNoWorkers) {
  // Also where they are allowed, as in a cpuset that is not up to date.
  for (const char* allowed : {"1-2,4-5", "0-7"}) {
    ExpectPlaces(OfflineCpus(), allowed, Slots(2, 3),
                 {{"all", "1-2,4-5 1-2,4-5 1-2,4-5 1-2,4-5 1-2,4-5 1-2,4-5"},
                  {"spread", "1 2 4 5 1 2"},
                  {"pack", "1 2 4 5 1 2"},
                  {"one", "1 1 1 1 1 1"},
                  {"smt_pair", "4 5 4 4 5 4"},
                  {"random:4",
                   "1-2,4-5 1-2,4-5 1-2,4-5 1-2,4-5 1-2,4-5 "
                   "1-2,4-5"}});
  }
  EXPECT_THAT(Place("all", OfflineCpus(), "0,3", Slots(1, 1)),
              StatusIs(Code::kInvalidArgument,
                       "none of the allowed CPUs (0,3) is online; online are "
                       "1-2,4-5"));
}

TEST(PlaceWorkersTest, HybridCoresHavePairsWhereTheyHaveSmt) {
  ExpectPlaces(HybridCores(), "0-7", Slots(2, 4),
               {{"spread", "0 4 2 5 6 7 1 3"},
                {"pack", "0 1 2 3 4 5 6 7"},
                {"llc", "0-3 0-3 0-3 0-3 4-7 4-7 4-7 4-7"},
                {"node", "0-7 0-7 0-7 0-7 0-7 0-7 0-7 0-7"},
                {"smt_pair", "0 1 2 3 0 1 2 3"},
                {"cross_llc", "0-3 4-7 0-3 4-7 4-7 0-3 4-7 0-3"},
                {"waker=smt:1", "1,3 0-7 0-7 0-7 1,3 0-7 0-7 0-7"}});
  ExpectRefused(HybridCores(), "1-2,4-7", Slots(2, 4), Code::kUnimplemented,
                {{"smt_pair", "CPUs, 1-2,4-7, is of another core"},
                 {"cross_node", "are of one node, number 0"}});
}

TEST(PlaceWorkersTest, NumbersMayHaveGaps) {
  ExpectPlaces(SparseCpus(), kSparse, Slots(2, 2),
               {{"one", "3 3 3 3"},
                {"spread", "3 2048 65 8000"},
                {"pack", "3 700 65 1025"},
                {"smt_pair", "3 700 2048 2049"},
                {"node",
                 "3,65,700,1025 3,65,700,1025 2048-2049,8000-8001 "
                 "2048-2049,8000-8001"},
                {"cross_llc",
                 "3,65,700,1025 2048-2049,8000-8001 "
                 "2048-2049,8000-8001 3,65,700,1025"},
                {"waker=8001,wakee=core:1", "8001 65,1025 8001 65,1025"}});
  ExpectRefused(SparseCpus(), "3,65", Slots(1, 2), Code::kUnimplemented,
                {{"cross_llc", "LLC (assumed: one per package), number 0"}});
}

// How many different numbers the first `count` workers have.
size_t Different(const std::vector<CpuSet>& places, size_t count,
                 const Topology& topology, int Topology::Cpu::*number) {
  std::set<int> numbers;
  for (size_t i = 0; i < count; ++i) {
    numbers.insert(topology.Find(places[i].First())->*number);
  }
  return numbers.size();
}

TEST(PlaceWorkersTest, SpreadsOverLargeMachines) {
  const Topology topology = Cpus512();
  const std::vector<CpuSet> places =
      Place("spread", topology, "0-511", Slots(1, 513)).value();
  EXPECT_THAT(Different(places, 4, topology, &Topology::Cpu::node), Eq(4));
  EXPECT_THAT(Different(places, 16, topology, &Topology::Cpu::llc), Eq(16));
  EXPECT_THAT(Different(places, 256, topology, &Topology::Cpu::core), Eq(256));
  CpuSet used;
  for (size_t i = 0; i < 512; ++i) used = used.Union(places[i]);
  EXPECT_THAT(used, Eq(Cpus("0-511")));
  EXPECT_THAT(places[512], Eq(places[0]));
}

TEST(PlaceWorkersTest, LargeMachinesHaveLargeMasks) {
  ExpectPlaces(Cpus512(), "0-511", Slots(1, 2),
               {{"all", "0-511 0-511"},
                {"pack", "0 1"},
                {"one", "0 0"},
                {"llc", "0-31 0-31"},
                {"node", "0-127 0-127"},
                {"smt_pair", "0 1"},
                {"cross_llc", "0-31 32-63"},
                {"cross_node", "0-127 128-255"},
                {"random:512", "0-511 0-511"},
                {"waker=511,wakee=llc:15", "511 480-511"}});
  const Topology topology = Cpus512();
  const std::vector<CpuSet> apart =
      Place("cross_llc", topology, "0-511", Slots(1, 16)).value();
  EXPECT_THAT(Different(apart, 16, topology, &Topology::Cpu::llc), Eq(16));
}

TEST(PlaceWorkersTest, PairsUseAllSiblingsOfACore) {
  const Topology topology =
      Topology::Read(FakeSysfs({.smt = 4}).root()).value();
  ExpectPlaces(topology, "0-3", Slots(1, 4), {{"smt_pair", "0 1 2 3"}});
  ExpectPlaces(topology, "1-3", Slots(1, 4), {{"smt_pair", "1 2 1 2"}});
}

TEST(PlaceWorkersTest, ALastWorkerWithoutPartnerHasACoreToItself) {
  ExpectPlaces(TwoNodes(), "0-15", Slots(2, 3), {{"smt_pair", "0 1 8 4 5 12"}});
}

TEST(PlaceWorkersTest, LastAndFirstOfARingAreApartWhereThatCanBe) {
  const Topology three =
      Topology::Read(FakeSysfs({.llcs_per_node = 3}).root()).value();
  ExpectPlaces(three, "0-2", Slots(1, 3), {{"cross_llc", "0 1 2"}});
  ExpectPlaces(three, "0-2", Slots(2, 4), {{"cross_llc", "0 1 2 1 1 2 0 2"}});
  ExpectPlaces(three, "0-2", Slots(1, 5), {{"cross_llc", "0 1 2 0 1"}});
  ExpectPlaces(HybridCores(), "0-7", Slots(1, 3),
               {{"cross_llc", "0-3 4-7 0-3"}});
}

TEST(PlaceWorkersTest, GroupsOfOneHaveNoPartners) {
  ExpectRefused(TwoNodes(), "0-15", Slots(4, 1), Code::kUnimplemented,
                {{"smt_pair", "groups of one worker have no partners"},
                 {"cross_llc", "groups of one worker have no partners"},
                 {"cross_node", "groups of one worker have no partners"}});
}

TEST(PlaceWorkersTest, RandomCpusAreAsManyAsAsked) {
  const std::vector<CpuSet> places =
      Place("random:3", SparseCpus(), kSparse, Slots(50, 2)).value();
  for (const CpuSet& cpus : places) {
    EXPECT_THAT(cpus.Count(), Eq(3));
    EXPECT_THAT(cpus.Difference(Cpus(kSparse)), Eq(CpuSet()));
  }
  ExpectRefused(SparseCpus(), "3,65", Slots(1, 2), Code::kOutOfRange,
                {{"random:3", "random:3: 2 CPUs are allowed: 3,65"}});
}

TEST(PlaceWorkersTest, TheSeedAloneDecidesWhatIsRandom) {
  const Topology topology = TwoNodes();
  const auto place = [&](uint64_t seed) {
    return Place("random:2", topology, "0-15", Slots(4, 2), seed).value();
  };
  EXPECT_THAT(place(7), Eq(place(7)));
  EXPECT_THAT(place(7), Ne(place(8)));
}

TEST(PlaceWorkersTest, RandomCpusDoNotDependOnOtherWorkers) {
  const Topology topology = TwoNodes();
  const std::vector<WorkerSlot> slots = Slots(8, 2);
  const std::vector<CpuSet> all =
      Place("random:2", topology, "0-15", slots).value();
  for (size_t i = 0; i < slots.size(); ++i) {
    EXPECT_THAT(Place("random:2", topology, "0-15", {slots[i]}).value()[0],
                Eq(all[i]));
  }
}

TEST(PlaceWorkersTest, RandomCpusDifferByGroupAndByPosition) {
  for (const auto& [groups, size] : {std::pair(16u, 1u), std::pair(1u, 16u)}) {
    std::set<std::string> different;
    const std::vector<CpuSet> places =
        Place("random:8", TwoNodes(), "0-15", Slots(groups, size)).value();
    for (const CpuSet& cpus : places) different.insert(cpus.ToString());
    EXPECT_THAT(different, SizeIs(Gt(14)));  // Of 12870 choices.
  }
}

TEST(PlaceWorkersTest, SaysWhatIsWrongWithRoles) {
  ExpectRefused(TwoNodes(), "0-7", Slots(1, 2), Code::kInvalidArgument,
                {{"wakr=0",
                  "wakr=0: no worker has the role 'wakr' (did you mean "
                  "'waker'?); there are wakee, waker"},
                 {"waker=0,other=1", "no worker has the role 'other'"},
                 {"waker=0,wakee=llc:9", "wakee: llc:9: there are LLCs 0-3"},
                 {"waker=8", "waker: 8: CPU 8 is not allowed"},
                 {"waker=0+lcc:0", "waker: lcc:0: no such word (did you mean"},
                 {"waker=0+!cpu:0", "waker: 0,!cpu:0: no CPU is left"}});
}

TEST(PlaceWorkersTest, UnknownTopologyIsTheReason) {
  ExpectPlaces(UnknownTopology(), "1-3", Slots(1, 2),
               {{"inherit", "1-3 1-3"},
                {"all", "1-3 1-3"},
                {"one", "1 1"},
                {"random:3", "1-3 1-3"},
                {"waker=2-3", "2-3 1-3"}});
  for (const char* affinity : {"spread", "pack", "llc", "node", "smt_pair",
                               "cross_llc", "cross_node", "waker=llc:0"}) {
    ExpectRefused(
        UnknownTopology(), "1-3", Slots(1, 2), Code::kUnimplemented,
        {{affinity, "the topology of this machine is unknown (no /"}});
  }
}

TEST(PlaceWorkersTest, NoWorkersAreEasyToPlace) {
  for (const char* affinity : kEachWord) {
    EXPECT_THAT(Place(affinity, UnknownTopology(), "0", {}),
                IsOkAndHolds(IsEmpty()));
  }
}

// Whatever the word, machine and number of workers.
TEST(PlaceWorkersTest, EveryWorkerHasCpusThatAreAllowedAndOnline) {
  for (const Topology& topology :
       {OneCpu(), TwoNodes(), MemoryOnlyNode(), OfflineCpus(), HybridCores(),
        Cpus512(), SparseCpus(), UnknownTopology()}) {
    for (const char* affinity : kEachWord) {
      const std::vector<WorkerSlot> slots = Slots(7, 5);
      const absl::StatusOr<std::vector<CpuSet>> places = Place(
          affinity, topology, topology.online().ToString().c_str(), slots);
      if (absl::IsUnimplemented(places.status())) continue;
      ASSERT_THAT(places, IsOkAndHolds(SizeIs(slots.size()))) << affinity;
      for (const CpuSet& cpus : *places) {
        EXPECT_THAT(cpus, Ne(CpuSet())) << affinity;
        EXPECT_THAT(cpus.Difference(topology.online()), Eq(CpuSet()))
            << affinity;
      }
    }
  }
}

}  // namespace
}  // namespace ktstr
