// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/placement_proto.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/user/user.h"
#include "ktstr/cgroup/cgroup_spec.h"
#include "ktstr/core/placement/affinity_spec.h"
#include "ktstr/core/placement/placement_options.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "name=value" of each.
std::vector<std::string> Words(const PlacementOptions& placement) {
  std::vector<std::string> words;
  for (const proto::NameValue& pair : ToProto(placement)) {
    words.push_back(absl::StrCat(pair.name(), "=", pair.value()));
  }
  return words;
}

TEST(PlacementProtoTest, SaysNothingOfWhatWasNotAsked) {
  EXPECT_THAT(Words(PlacementOptions()), IsEmpty());
}

TEST(PlacementProtoTest, SaysAllInTheWordsOfTheFlags) {
  PlacementOptions placement;
  placement.affinity = *ParseAffinity("waker=0-1+8,wakee=llc:1");
  placement.sched = *ParseRoleSched("waker=fifo:50,normal");
  placement.nice = -5;
  placement.uclamp = {100, 512};
  placement.slice_ns = 3'000'000;
  placement.autogroup = {.own = true, .nice = 5};
  placement.core_cookie = CookieSharing::kGroup;
  placement.memory = *MemoryPolicy::Parse("bind:0-1+static");
  placement.user = {65534, 65533};
  placement.cgroup = "/ci/job";
  placement.cgroups = *ParseCgroups("a:weight=100:workers=4,b:weight=idle");
  placement.allow_rt_everywhere = true;
  EXPECT_THAT(
      Words(placement),
      ElementsAre("affinity=waker=0-1+8,wakee=llc:1",
                  absl::StrCat("sched=", placement.sched->ToText()), "nice=-5",
                  "uclamp=100:512", "slice=3ms", "autogroup=own:5",
                  "core_cookie=group", "mempolicy=bind:0-1+static",
                  "user=65534:65533", "cgroup=/ci/job",
                  "cgroups=a:weight=100:workers=4,b:weight=idle",
                  "allow_rt_everywhere=true"));
}

TEST(PlacementProtoTest, TellsZeroFromNothing) {
  PlacementOptions placement;
  placement.nice = 0;
  placement.uclamp = ClampRange();
  placement.autogroup.own = true;
  EXPECT_THAT(Words(placement),
              ElementsAre("nice=0", "uclamp=0:1024", "autogroup=own"));
}

TEST(PlacementProtoTest, NamesWhoSharesACookie) {
  PlacementOptions placement;
  placement.core_cookie = CookieSharing::kWorker;
  EXPECT_THAT(Words(placement), ElementsAre("core_cookie=worker"));
  placement.core_cookie = CookieSharing::kAll;
  EXPECT_THAT(Words(placement), ElementsAre("core_cookie=all"));
}

TEST(PlacementProtoTest, SlicesAreReadAgain) {
  for (const int64_t ns : {100'000, 123'457, 2'800'000, 100'000'000}) {
    PlacementOptions placement;
    placement.slice_ns = ns;
    absl::Duration read;
    ASSERT_TRUE(absl::ParseDuration(ToProto(placement)[0].value(), &read));
    EXPECT_EQ(absl::ToInt64Nanoseconds(read), ns);
  }
}

}  // namespace
}  // namespace ktstr
