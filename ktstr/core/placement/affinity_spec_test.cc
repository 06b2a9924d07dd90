// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/placement/affinity_spec.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Kind = AffinitySpec::Kind;
using RoleCpus = AffinitySpec::RoleCpus;

TEST(AffinitySpecTest, ReadsEachWord) {
  const struct {
    const char* text;
    Kind kind;
  } table[] = {
      {"inherit", Kind::kInherit},
      {"all", Kind::kAll},
      {"spread", Kind::kSpread},
      {"pack", Kind::kPack},
      {"one", Kind::kOne},
      {"llc", Kind::kLlc},
      {"node", Kind::kNode},
      {"smt_pair", Kind::kSmtPair},
      {"cross_llc", Kind::kCrossLlc},
      {"cross_node", Kind::kCrossNode},
  };
  for (const auto& [text, kind] : table) {
    EXPECT_THAT(ParseAffinity(text), IsOkAndHolds(AffinitySpec{.kind = kind}))
        << text;
  }
}

TEST(AffinitySpecTest, InheritsByDefault) {
  EXPECT_THAT(AffinitySpec().kind, Eq(Kind::kInherit));
  EXPECT_THAT(AffinitySpec().roles, IsEmpty());
}

TEST(AffinitySpecTest, RandomHasANumber) {
  EXPECT_THAT(
      ParseAffinity("random:3"),
      IsOkAndHolds(AffinitySpec{.kind = Kind::kRandom, .random_cpus = 3}));
}

TEST(AffinitySpecTest, RolesHaveCpuWordsJoinedByPlus) {
  const absl::StatusOr<AffinitySpec> spec =
      ParseAffinity("waker=0-1+8,wakee=llc:1+!cpu:4");
  ASSERT_THAT(spec, IsOk());
  EXPECT_THAT(spec->kind, Eq(Kind::kRoles));
  EXPECT_THAT(spec->roles, ElementsAre(RoleCpus{"waker", "0-1,8"},
                                       RoleCpus{"wakee", "llc:1,!cpu:4"}));
}

TEST(AffinitySpecTest, IsWrittenAsItIsRead) {
  for (const char* text :
       {"inherit", "all", "spread", "pack", "one", "llc", "node", "smt_pair",
        "cross_llc", "cross_node", "random:17", "waker=0,wakee=4",
        "stage_2=all+!smt:1"}) {
    EXPECT_THAT(ParseAffinity(text).value().ToString(), Eq(text));
  }
}

TEST(AffinitySpecTest, SaysWhatIsWrong) {
  const struct {
    const char* text;
    const char* why;
  } table[] = {
      {"", "'': no such placement; there are inherit, all, spread,"},
      {"spred", "spred: no such placement (did you mean 'spread'?)"},
      {"Pack", "Pack: no such placement (did you mean 'pack'?)"},
      {"smt_pairs", "(did you mean 'smt_pair'?)"},
      {"cross-node", "(did you mean 'cross_node'?)"},
      {"randm:4", "randm:4: no such placement (did you mean 'random'?)"},
      {"somewhere_else", "no such placement; there are inherit"},
      {"spread,pack", "no such placement"},
      {"spread:2", "spread:2: 'spread' takes no number"},
      {"one:", "one:: 'one' takes no number"},
      {"random", "random: it takes a number of CPUs, 1 to 65536"},
      {"random:", "random:: it takes a number of CPUs"},
      {"random:0", "random:0: it takes a number of CPUs"},
      {"random:-1", "random:-1: it takes a number of CPUs"},
      {"random:+1", "random:+1: it takes a number of CPUs"},
      {"random:2x", "random:2x: it takes a number of CPUs"},
      {"random:65537", "random:65537: it takes a number of CPUs"},
      {"random:99999999999", "it takes a number of CPUs"},
      {"0-3", "0-3: no such placement"},
      {"=0", "=0: '' is no name of a role"},
      {"Waker=0", "Waker=0: 'Waker' is no name of a role"},
      {"a-b=0", "a-b=0: 'a-b' is no name of a role"},
      {"waker=", "waker=: CPUs are missing"},
      {"waker=0+", "waker=0+: CPUs are missing"},
      {"waker=+", "waker=+: CPUs are missing"},
      {"waker=0,", ": is no ROLE=CPUS"},
      {"waker=0,4", "4: is no ROLE=CPUS; words of one role are joined by '+'"},
      {"spread,waker=0", "spread: is no ROLE=CPUS"},
      {"waker=0=1", "waker=0=1: has a second '='"},
      {"a=0,b=1,a=2", "a=2: a second time 'a'; join its CPUs by '+'"},
      {"spread ", "'spread ': white space and unprintable letters"},
      {"waker=0\n", "'waker=0\\n': white space"},
  };
  for (const auto& [text, why] : table) {
    EXPECT_THAT(ParseAffinity(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(why), Not(HasSubstr("\n")))))
        << text;
  }
}

}  // namespace
}  // namespace ktstr
