// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/memory/memory_policy.h"

#include <errno.h>

#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/file.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

MemoryPolicy Policy(absl::string_view text) {
  return *MemoryPolicy::Parse(text);
}

TEST(MemoryPolicyTest, ReadsModeNodesAndFlags) {
  EXPECT_THAT(MemoryPolicy::Parse("default"), IsOkAndHolds(MemoryPolicy()));
  const MemoryPolicy policy = Policy("preferred_many:0-1,4+balancing+static");
  EXPECT_EQ(policy.mode, MemoryMode::kPreferredMany);
  EXPECT_EQ(policy.nodes, (NodeSet{0, 1, 4}));
  EXPECT_TRUE(policy.is_static);
  EXPECT_FALSE(policy.is_relative);
  EXPECT_TRUE(policy.is_balancing);
  EXPECT_EQ(Policy("weighted:0"), Policy("weighted_interleave:0"));
}

TEST(MemoryPolicyTest, TextIsReadBackAsItWas) {
  for (const absl::string_view text :
       {"default", "local", "preferred:3", "bind:0", "bind:0-1,4+static",
        "preferred_many:0,2", "interleave:0-1023+relative",
        "weighted_interleave:65535", "bind:1+static+balancing"}) {
    const absl::StatusOr<MemoryPolicy> policy = MemoryPolicy::Parse(text);
    ASSERT_THAT(policy, IsOk()) << text;
    EXPECT_EQ(policy->ToText(), text);
  }
}

struct BadText {
  absl::string_view text;
  absl::StatusCode code;
  absl::string_view message;
};

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kRange = absl::StatusCode::kOutOfRange;

constexpr BadText kBadTexts[] = {
    {"", kInvalid, "'' is not a mode; it takes default, local"},
    {"bnid:0", kInvalid, "'bnid' is not a mode (did you mean 'bind'?)"},
    {"prefered:0", kInvalid, "(did you mean 'preferred'?)"},
    {"Bind:0", kInvalid, "(did you mean 'bind'?)"},
    {"default:0", kInvalid, "default takes neither nodes nor flags"},
    {"default:", kInvalid, "default takes neither nodes nor flags"},
    {"local+static", kInvalid, "local takes neither nodes nor flags"},
    {"local+", kInvalid, "local takes neither nodes nor flags"},
    {"bind", kInvalid, "nodes are missing"},
    {"bind:", kInvalid, "nodes are missing"},
    {"bind+static", kInvalid, "nodes are missing"},
    {"bind:+static", kInvalid, "nodes are missing"},
    {"bind:x", kInvalid, "nodes 'x': 'x' is not a number"},
    {"bind:1-0", kInvalid, "nodes '1-0': range 1-0 is reversed"},
    {"bind:0-", kInvalid, "nodes '0-': a number is missing"},
    {"bind:-1", kInvalid, "nodes '-1': a number is missing"},
    {"bind:0,", kInvalid, "nodes '0,': a number is missing"},
    {"bind:65536", kRange, "nodes '65536': 65536 is not below 65536"},
    {"bind:0:static", kInvalid, "nodes '0:static'"},
    {"bind:0,static", kInvalid, "nodes '0,static': 'static' is not a number"},
    {"bind:0+", kInvalid, "'' is not a flag; it takes static, relative"},
    {"bind:0+statik", kInvalid, "(did you mean 'static'?)"},
    {"bind:0+static+static", kInvalid, "flag 'static' is given twice"},
    {"bind:0+static+relative", kInvalid, "static and relative exclude"},
    {"interleave:0+balancing", kInvalid, "balancing goes with bind and"},
    {"preferred:0-1", kInvalid, "preferred takes one node, preferred_many"},
};

TEST(MemoryPolicyTest, RefusesInOneLineThatNamesText) {
  for (const BadText& bad : kBadTexts) {
    const absl::StatusOr<MemoryPolicy> policy = MemoryPolicy::Parse(bad.text);
    EXPECT_THAT(policy, StatusIs(bad.code)) << bad.text;
    EXPECT_THAT(
        std::string(policy.status().message()),
        AllOf(HasSubstr(absl::StrCat("memory policy '", bad.text, "': ")),
              HasSubstr(std::string(bad.message)), Not(HasSubstr("\n"))));
  }
}

TEST(MemoryPolicyTest, ANewThreadHasTheDefault) {
  EXPECT_THAT(GetMemoryPolicy(), IsOkAndHolds(MemoryPolicy()));
}

// Leaves the test as it was, whatever happens.
class ScopedMemoryPolicy final {
 public:
  ScopedMemoryPolicy() = default;
  ~ScopedMemoryPolicy() { EXPECT_THAT(SetMemoryPolicy({}), IsOk()); }
  ScopedMemoryPolicy(const ScopedMemoryPolicy&) = delete;
  ScopedMemoryPolicy& operator=(const ScopedMemoryPolicy&) = delete;
};

// The policy column of the mapping at `address` in /proc/self/numa_maps; "" if
// there is none.
std::string PolicyInProc(const void* address) {
  const std::string maps = *ReadFile("/proc/self/numa_maps");
  const std::string start =
      absl::StrCat(absl::Hex(reinterpret_cast<uintptr_t>(address)));
  for (const absl::string_view line : absl::StrSplit(maps, '\n')) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    if (words.size() > 1 && words[0] == start) return std::string(words[1]);
  }
  return "";
}

TEST(MemoryPolicyTest, ComesBackAsSet) {
  const ScopedMemoryPolicy restore;
  const std::string node = absl::StrCat(GetMemoryNodes()->allowed.First());
  for (const absl::string_view mode :
       {"preferred:", "bind:", "interleave:", "preferred_many:",
        "weighted_interleave:"}) {
    for (const absl::string_view flags : {"", "+static", "+relative"}) {
      // The first node of those allowed has number 0 among them.
      const MemoryPolicy policy =
          Policy(absl::StrCat(mode, flags == "+relative" ? "0" : node, flags));
      const absl::Status set = SetMemoryPolicy(policy);
      if (policy.mode > MemoryMode::kLocal && ErrnoOf(set) == EINVAL) {
        EXPECT_THAT(std::string(set.message()), HasSubstr("is of Linux "));
        continue;
      }
      ASSERT_THAT(set, IsOk()) << policy.ToText();
      EXPECT_THAT(GetMemoryPolicy(), IsOkAndHolds(policy)) << policy.ToText();
    }
  }
  ASSERT_THAT(SetMemoryPolicy(Policy("local")), IsOk());
  EXPECT_THAT(GetMemoryPolicy(), IsOkAndHolds(Policy("local")));
}

TEST(MemoryPolicyTest, BalancingComesBackWhereTheKernelHasIt) {
  const ScopedMemoryPolicy restore;
  const std::string node = absl::StrCat(GetMemoryNodes()->allowed.First());
  for (const absl::string_view mode : {"bind:", "preferred_many:"}) {
    const MemoryPolicy policy = Policy(absl::StrCat(mode, node, "+balancing"));
    const absl::Status set = SetMemoryPolicy(policy);
    if (!set.ok()) {
      EXPECT_THAT(set, StatusIs(kInvalid, HasSubstr("balancing takes Linux")));
      GTEST_SKIP() << set.message();
    }
    EXPECT_THAT(GetMemoryPolicy(), IsOkAndHolds(policy));
  }
}

TEST(MemoryPolicyTest, IsWhatNumaMapsSaysOfNewMemory) {
  const ScopedMemoryPolicy restore;
  const std::string node = absl::StrCat(GetMemoryNodes()->allowed.First());
  for (const std::string& text :
       {absl::StrCat("bind:", node), absl::StrCat("interleave:", node),
        absl::StrCat("bind:", node, "+static")}) {
    ASSERT_THAT(SetMemoryPolicy(Policy(text)), IsOk());
    const absl::StatusOr<Mapping> memory = Mapping::CreateShared(4096);
    ASSERT_THAT(memory, IsOk());
    std::memset(memory->data(), 1, memory->size());
    const std::string there = PolicyInProc(memory->data());
    // The file writes flags behind the mode: "bind=static:0".
    const std::vector<std::string> parts = absl::StrSplit(text, '+');
    const std::string mode = parts[0].substr(0, parts[0].find(':'));
    EXPECT_THAT(there, AllOf(testing::StartsWith(mode), EndsWith(":" + node)));
    EXPECT_EQ(there.find("=static") != there.npos, parts.size() == 2);
  }
}

TEST(MemoryPolicyTest, NamesNodesThatDoNotExist) {
  const MemoryNodes nodes = *GetMemoryNodes();
  const uint32_t missing = nodes.with_memory.Max() + 1;
  // Numbers that the kernel has bits for, and those that no kernel has.
  for (const uint32_t node : {missing, uint32_t{40'000}}) {
    const absl::Status set =
        SetMemoryPolicy(Policy(absl::StrCat("bind:", node)));
    EXPECT_EQ(ErrnoOf(set), EINVAL);
    EXPECT_THAT(std::string(set.message()),
                EndsWith(absl::StrCat("node ", node,
                                      " has no memory or does not "
                                      "exist; there is memory on ",
                                      nodes.with_memory.ToString())));
  }
  EXPECT_THAT(GetMemoryPolicy(), IsOkAndHolds(MemoryPolicy()));
}

TEST(MemoryPolicyTest, LeavesOutNodesThatDoNotExist) {
  const ScopedMemoryPolicy restore;
  const MemoryNodes nodes = *GetMemoryNodes();
  const uint32_t there = nodes.allowed.First();
  const uint32_t missing = nodes.with_memory.Max() + 1;
  MemoryPolicy policy = Policy(absl::StrCat("bind:", there, ",", missing));
  const absl::Status set = SetMemoryPolicy(policy);
  if (!set.ok()) {
    // Where the number is beyond all bits of the kernel.
    EXPECT_EQ(ErrnoOf(set), EINVAL);
    return;
  }
  policy.nodes.Remove(missing);
  EXPECT_THAT(GetMemoryPolicy(), IsOkAndHolds(policy));
}

std::string Why(absl::string_view policy, const MemoryNodes& nodes) {
  const absl::Status status =
      MemoryPolicyRefusal(EINVAL, Policy(policy), nodes);
  EXPECT_EQ(ErrnoOf(status), EINVAL);
  const std::string message(status.message());
  const size_t end = message.find("; ");
  return end == message.npos ? "" : message.substr(end + 2);
}

TEST(MemoryPolicyRefusalTest, SaysWhatIsInvalid) {
  const MemoryNodes nodes = {.with_memory = {0, 1, 2}, .allowed = {0}};
  EXPECT_THAT(Why("bind:5,7", nodes), HasSubstr("node 5,7 has no memory or"));
  EXPECT_THAT(Why("bind:1-2", nodes),
              EndsWith("allows memory of node 0 (cpuset.mems)"));
  EXPECT_THAT(Why("preferred_many:0", nodes),
              EndsWith("preferred_many is of Linux 5.15"));
  EXPECT_THAT(Why("weighted:0", nodes),
              EndsWith("weighted_interleave is of Linux 6.9"));
  EXPECT_THAT(Why("bind:0+balancing", nodes), HasSubstr("takes Linux 5.12"));
  EXPECT_THAT(Why("preferred_many:0+balancing", nodes),
              HasSubstr("takes Linux 6.10"));
  EXPECT_THAT(Why("bind:0", nodes), IsEmpty());
  EXPECT_THAT(Why("bind:9+relative", nodes), IsEmpty());
  EXPECT_THAT(Why("local", nodes), IsEmpty());
}

TEST(MemoryPolicyRefusalTest, SaysWhatIsMissing) {
  EXPECT_THAT(
      MemoryPolicyRefusal(ENOSYS, Policy("local"), {}),
      StatusIs(absl::StatusCode::kUnimplemented, EndsWith("no CONFIG_NUMA")));
  EXPECT_THAT(
      MemoryPolicyRefusal(EPERM, Policy("local"), {}),
      StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("seccomp")));
}

TEST(MemoryNodesTest, ComeFromSysfsAndTheKernel) {
  const TempDir sys;
  sys.Write("devices/system/node/has_memory", "0-1,6\n");
  const absl::StatusOr<MemoryNodes> nodes = GetMemoryNodes(sys.path());
  ASSERT_THAT(nodes, IsOk());
  EXPECT_EQ(nodes->with_memory, (NodeSet{0, 1, 6}));
  const std::string status = *ReadFile("/proc/thread-self/status");
  EXPECT_THAT(status, HasSubstr(absl::StrCat("Mems_allowed_list:\t",
                                             nodes->allowed.ToString(), "\n")));
}

TEST(MemoryNodesTest, AreOnlyTheAllowedWithoutSysfs) {
  const TempDir sys;
  EXPECT_TRUE(GetMemoryNodes(sys.path())->with_memory.empty());
  EXPECT_FALSE(GetMemoryNodes(sys.path())->allowed.empty());
}

}  // namespace
}  // namespace ktstr
