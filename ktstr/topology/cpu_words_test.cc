// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/topology/cpu_words.h"

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/topology/fake_machines.h"
#include "ktstr/topology/fake_sysfs.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Code = absl::StatusCode;

struct Case {
  const char* text;
  const char* cpus;
};

// Expects the CPUs of each case where the CPUs of `allowed` are.
template <size_t n>
void ExpectCpus(const Topology& topology, const char* allowed,
                const Case (&cases)[n]) {
  for (const auto& [text, cpus] : cases) {
    EXPECT_THAT(ParseCpuWords(text, topology, CpuSet::Parse(allowed).value()),
                IsOkAndHolds(CpuSet::Parse(cpus).value()))
        << text;
  }
}

void ExpectError(const Topology& topology, absl::string_view allowed,
                 absl::string_view text, Code code,
                 const std::string& message) {
  EXPECT_THAT(ParseCpuWords(text, topology, CpuSet::Parse(allowed).value()),
              StatusIs(code, AllOf(HasSubstr(message), Not(HasSubstr("\n")))))
      << text;
}

// Expects that each text is refused with a message that holds `cpus`.
template <size_t n>
void ExpectRefused(const Topology& topology, const char* allowed,
                   const Case (&cases)[n]) {
  for (const auto& [text, message] : cases) {
    ExpectError(topology, allowed, text, Code::kInvalidArgument, message);
  }
}

TEST(CpuWordsTest, ListsAreTheKernels) {
  ExpectCpus(TwoNodes(), "0-15",
             {{"0", "0"},
              {"0-3,8", "0-3,8"},
              {"10-14:2", "10,12,14"},
              {"0-7:1/4", "0,4"},
              {"15,0,15", "0,15"}});
}

TEST(CpuWordsTest, WordsNamePlacesInTheMachine) {
  ExpectCpus(TwoNodes(), "0-15",
             {{"cpu:5", "5"},
              {"core:0", "0-1"},
              {"core:7", "14-15"},
              {"llc:1", "4-7"},
              {"node:1", "8-15"},
              {"package:0", "0-7"},
              {"smt:0", "0,2,4,6,8,10,12,14"},
              {"smt:1", "1,3,5,7,9,11,13,15"},
              {"all", "0-15"}});
}

TEST(CpuWordsTest, WordsTakeRanges) {
  ExpectCpus(TwoNodes(), "0-15",
             {{"cpu:2-4", "2-4"},
              {"llc:0-1", "0-7"},
              {"core:0-6:2", "0-1,4-5,8-9,12-13"},
              {"node:0-1", "0-15"},
              {"smt:0-1", "0-15"}});
}

TEST(CpuWordsTest, WordsAreAddedAndTakenAwayFromLeftToRight) {
  ExpectCpus(TwoNodes(), "0-15",
             {{"core:0,core:2", "0-1,4-5"},
              {"llc:0,1", "0-3"},
              {"llc:0,9", "0-3,9"},
              {"node:1,!llc:2,8", "8,12-15"},
              {"all,!smt:1,!node:0", "8,10,12,14"},
              {"!smt:1,1", "0-2,4,6,8,10,12,14"},
              {"0,!cpu:0,3", "3"}});
}

TEST(CpuWordsTest, WithoutAsTheFirstWordIsAllBut) {
  ExpectCpus(TwoNodes(), "0-15",
             {{"!cpu:0", "1-15"},
              {"!0-13", "14-15"},
              {"!cpu:0,!node:1", "1-7"},
              {"!llc:0-2", "12-15"}});
  ExpectCpus(TwoNodes(), "2-5", {{"!cpu:4", "2-3,5"}});
}

TEST(CpuWordsTest, OfAPlaceTheAllowedCpusCount) {
  ExpectCpus(TwoNodes(), "1-2,9",
             {{"core:0", "1"},
              {"llc:0", "1-2"},
              {"node:0-1", "1-2,9"},
              {"smt:0", "2"},
              {"smt:1", "1,9"},
              {"all", "1-2,9"},
              {"!llc:3", "1-2,9"},
              {"!cpu:0", "1-2,9"}});
}

TEST(CpuWordsTest, OneCpuIsOneOfEverything) {
  ExpectCpus(OneCpu(), "0",
             {{"0", "0"},
              {"core:0", "0"},
              {"llc:0", "0"},
              {"node:0", "0"},
              {"package:0", "0"},
              {"smt:0", "0"},
              {"all", "0"}});
  ExpectRefused(OneCpu(), "0",
                {{"1", "1: there is CPU 0 only"},
                 {"core:1", "core:1: there is core 0 only"},
                 {"llc:1", "llc:1: there is LLC 0 only"},
                 {"node:1", "node:1: there is node 0 only"},
                 {"package:1", "package:1: there is package 0 only"},
                 {"smt:1", "smt:1: there is SMT thread 0 only"},
                 {"!cpu:0", "!cpu:0: no CPU is left of the allowed ones, 0"}});
}

TEST(CpuWordsTest, NodesHaveTheKernelsNumbers) {
  ExpectCpus(MemoryOnlyNode(), "0-3", {{"node:0", "0-3"}, {"!node:4", "0-3"}});
  ExpectRefused(MemoryOnlyNode(), "0-3",
                {{"node:4", "node:4: node 4 is without CPUs"},
                 {"node:0,node:4", "node:4: node 4 is without CPUs"},
                 {"node:1", "node:1: there are nodes 0,4"}});
}

TEST(CpuWordsTest, OfflineCpusHaveANumberButNoPlace) {
  ExpectCpus(OfflineCpus(), "1-2,4-5",
             {{"core:0", "1"},
              {"core:2", "4-5"},
              {"smt:0", "1-2,4"},
              {"smt:1", "5"},
              {"node:0", "1-2,4-5"},
              {"!cpu:0", "1-2,4-5"}});
  ExpectRefused(OfflineCpus(), "1-2,4-5",
                {{"3", "3: CPU 3 is offline; online are CPUs 1-2,4-5"},
                 {"cpu:0", "cpu:0: CPU 0 is offline"},
                 {"0-7", "0-7: CPUs 0,3,6-7 are offline"},
                 {"core:3", "core:3: there are cores 0-2"},
                 {"8", "8: there are CPUs 0-7"}});
}

TEST(CpuWordsTest, HybridCoresWithoutSmtHaveTheirFirstThreadOnly) {
  ExpectCpus(HybridCores(), "0-7",
             {{"smt:0", "0,2,4-7"},
              {"smt:1", "1,3"},
              {"core:1-2", "2-4"},
              {"core:5", "7"},
              {"llc:1", "4-7"},
              {"llc:0,!smt:1", "0,2"}});
}

TEST(CpuWordsTest, MachinesMayBeLarge) {
  ExpectCpus(Cpus512(), "0-511",
             {{"core:255", "510-511"},
              {"llc:15", "480-511"},
              {"node:3,!llc:12-14", "480-511"},
              {"!0-510", "511"},
              {"package:2", "256-383"},
              {"smt:1,!node:0-2,!llc:12-14,!480-509", "511"}});
  ExpectRefused(Cpus512(), "0-511",
                {{"512", "512: there are CPUs 0-511"},
                 {"llc:5-16", "llc:5-16: there are LLCs 0-15"}});
}

TEST(CpuWordsTest, NumbersMayHaveGaps) {
  const char* const allowed = "3,65,700,1025,2048-2049,8000-8001";
  ExpectCpus(SparseCpus(), allowed,
             {{"core:0", "3,700"},
              {"core:1", "65,1025"},
              {"core:3", "8000-8001"},
              {"package:36", "2048-2049,8000-8001"},
              {"node:7,!core:2", "8000-8001"},
              {"llc:0", "3,65,700,1025"},
              {"smt:1", "700,1025,2049,8001"},
              {"8001,3", "3,8001"}});
  ExpectRefused(
      SparseCpus(), allowed,
      {{"package:1", "package:1: there are packages 10,36"},
       {"llc:2", "llc:2: there are LLCs 0-1 (assumed: one per package)"},
       {"3-4", "3-4: there are CPUs 3,65,700,1025,2048-2049,8000-8001"}});
}

TEST(CpuWordsTest, ErrorsSayWhatIsNotAllowed) {
  ExpectRefused(
      TwoNodes(), "0-3",
      {{"3-5",
        "3-5: CPUs 4-5 are not allowed: cpuset and affinity leave CPUs 0-3"},
       {"llc:1", "llc:1: LLC 1 is not allowed: cpuset and affinity leave"},
       {"llc:0-3", "llc:0-3: LLCs 1-3 are not allowed"},
       {"core:0,core:2", "core:2: core 2 is not allowed"},
       {"node:1", "node:1: node 1 is not allowed"},
       {"package:1", "package:1: package 1 is not allowed"}});
  ExpectRefused(TwoNodes(), "0,2",
                {{"smt:1", "smt:1: SMT thread 1 is not allowed"}});
}

TEST(CpuWordsTest, RefusesWhatIsNoWord) {
  ExpectRefused(TwoNodes(), "0-15",
                {{"", "no CPUs are named"},
                 {"0,", "0,: a word is missing beside a comma"},
                 {",", "a word is missing beside a comma"},
                 {"0,,1", "0,,1: a word is missing beside a comma"},
                 {"!", "!: no such word"},
                 {"!!0", "!!0: no such word"},
                 {"-1", "-1: no such word; there are lists such as 0-3, all"},
                 {"lcc:0", "lcc:0: no such word (did you mean 'llc'?)"},
                 {"!nodes:0", "!nodes:0: no such word (did you mean 'node'?)"},
                 {"LLC:0", "LLC:0: no such word (did you mean 'llc'?)"},
                 {"cpu0", "cpu0: no such word (did you mean 'cpu'?)"},
                 {"al", "al: no such word (did you mean 'all'?)"},
                 {"0,socket:1", "socket:1: no such word; there are lists"},
                 {"all:0", "all:0: 'all' takes no number"},
                 {"llc", "llc: a number is missing, such as llc:0"},
                 {"llc:", "llc:: a number is missing, such as llc:0"},
                 {":0", ":0: no such word"}});
}

TEST(CpuWordsTest, RefusesWhatIsNoNumber) {
  ExpectRefused(TwoNodes(), "0-15",
                {{"llc:x", "llc:x: 'x' is not a number"},
                 {"llc:-1", "llc:-1: a number is missing"},
                 {"llc:1-", "llc:1-: a number is missing"},
                 {"llc:1-0", "llc:1-0: range 1-0 is reversed"},
                 {"llc:0:1", "llc:0:1: '0:1' is not a number"},
                 {"llc:!0", "llc:!0: '!0' is not a number"},
                 {"3-1", "3-1: range 3-1 is reversed"},
                 {"0,5x", "5x: '5x' is not a number"},
                 {"0x1", "0x1: '0x1' is not a number"},
                 {"0-3:0", "0-3:0: a stride takes 1 up to all of a group"},
                 {"99999999999", "99999999999 is not below 65536"},
                 {"core:65536", "core:65536: 65536 is not below 65536"}});
}

TEST(CpuWordsTest, ErrorsStayOnOneLine) {
  ExpectRefused(TwoNodes(), "0-15",
                {{"0\n", "'0\\n': white space and unprintable letters"},
                 {"llc: 0", "'llc: 0': white space"},
                 {" 0", "' 0': white space"},
                 {"\x80", "'\\x80': white space and unprintable letters"}});
}

TEST(CpuWordsTest, RefusesToLeaveNothing) {
  ExpectRefused(TwoNodes(), "0-3",
                {{"!all", "!all: no CPU is left of the allowed ones, 0-3"},
                 {"0,!core:0", "0,!core:0: no CPU is left"},
                 {"!node:0", "!node:0: no CPU is left"}});
}

TEST(CpuWordsTest, WithoutTopologyThereAreNumbersOnly) {
  ExpectCpus(UnknownTopology(), "0-3",
             {{"0-1", "0-1"}, {"!cpu:0", "1-3"}, {"all,!7", "0-3"}});
  for (const char* word : {"core:0", "llc:0", "node:0", "package:0", "smt:0",
                           "!smt:1", "0,llc:0"}) {
    ExpectError(UnknownTopology(), "0-3", word, Code::kUnimplemented,
                "the topology of this machine is unknown (no /");
  }
  ExpectRefused(UnknownTopology(), "0-3",
                {{"4",
                  "4: CPU 4 is not there or not allowed: cpuset and "
                  "affinity leave CPUs 0-3"}});
}

TEST(CpuWordsTest, PackagesNeedNotHaveNumbers) {
  FakeSysfs sysfs({.nodes = 1});
  sysfs.Write("cpu/cpu0/topology/physical_package_id", "-1");
  EXPECT_THAT(
      ParseCpuWords("package:0", Topology::Read(sysfs.root()).value(),
                    CpuSet{0}),
      StatusIs(Code::kUnimplemented,
               StartsWith("package:0: the kernel numbers no packages")));
  sysfs.Write("cpu/cpu0/topology/physical_package_id", "1000000");
  EXPECT_THAT(ParseCpuWords("package:0", Topology::Read(sysfs.root()).value(),
                            CpuSet{0}),
              StatusIs(Code::kUnimplemented, HasSubstr("no packages here")));
}

}  // namespace
}  // namespace ktstr
