// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/text_placement.h"

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {
namespace {

using google::protobuf::TextFormat;
using testing::HasSubstr;

proto::Stressor Stressor(const std::string& text) {
  proto::Stressor stressor;
  EXPECT_TRUE(TextFormat::ParseFromString(text, &stressor));
  return stressor;
}

TEST(AskedPlacementTest, IsNothingWhereNothingWasAsked) {
  EXPECT_EQ(AskedPlacement(proto::Report()), "");
}

TEST(AskedPlacementTest, NamesWhatTheHostCannot) {
  proto::Report report;
  ASSERT_TRUE(TextFormat::ParseFromString(
      R"pb(
        options {
          placement { name: "affinity" value: "spread" }
          placement { name: "nice" value: "-5" }
        }
        host {
          abilities { name: "uclamp" text: "no CONFIG_UCLAMP_TASK" }
          abilities { name: "fifo, rr" can: true }
          abilities { name: "core scheduling" }
        }
      )pb",
      &report));
  EXPECT_EQ(AskedPlacement(report),
            "  asked         affinity=spread nice=-5\n"
            "  host cannot   uclamp, core scheduling ('ktstr describe host' "
            "says why)\n");
}

TEST(CgroupTableTest, IsNothingWithoutCgroups) {
  EXPECT_EQ(CgroupTable(proto::Stressor()), "");
}

TEST(CgroupTableTest, ShowsSharesOfWhatAllUsed) {
  EXPECT_EQ(
      CgroupTable(Stressor(R"pb(
        cgroups {
          name: "a"
          workers: 4
          weight: 100
          has_cpu: true
          usage_ns: 500000000
          throttled_ns: 0
          some_stalled_ns: 900000000
          full_stalled_ns: 0
        }
        cgroups {
          name: "idle"
          workers: 12
          weight: 0.3
          has_cpu: true
          usage_ns: 1500000000
          throttled_ns: 250000000
        }
      )pb")),
      "  cgroup  workers  weight  CPU share  usage  throttled  stalled  all "
      "stalled\n"
      "  a             4     100      25.0%  500ms        0ns    900ms        "
      "  0ns\n"
      "  idle         12     0.3      75.0%  1.50s      250ms        -        "
      "    -\n");
}

TEST(CgroupTableTest, HasNoShareOfWhatIsUnknown) {
  EXPECT_THAT(CgroupTable(Stressor(R"pb(
                cgroups { name: "a" workers: 1 weight: 100 usage_ns: 5 }
                cgroups { name: "b" workers: 1 weight: 100 has_cpu: true }
              )pb")),
              HasSubstr("\n  a             1       -          -    5ns"));
  EXPECT_THAT(CgroupTable(Stressor(R"pb(
                cgroups { name: "a" workers: 1 weight: 7 usage_ns: 0 }
              )pb")),
              HasSubstr("\n  a             1       -          -    0ns"));
}

constexpr char kPages[] = R"pb(
  roles { name: "stage" }
  roles { name: "other" }
  workers {
    role: "stage"
    pages {
      home_node: 0
      on_nodes { node: 0 pages: 982 }
      on_nodes { node: 1 pages: 18 }
    }
  }
  workers {
    role: "other"
    pages {
      home_node: 0
      on_nodes { node: 0 pages: 10 }
    }
  }
)pb";

TEST(PageLinesTest, ShowWhereThePagesOfEachRoleAre) {
  EXPECT_EQ(PlacementFindings(Stressor(kPages)),
            "  pages         stage: 98.2% on their own node, 1.80% on node 1\n"
            "                other: 100% on their own node\n");
}

TEST(PageLinesTest, AreNothingOnOneNode) {
  proto::Stressor stressor = Stressor(kPages);
  stressor.mutable_workers(0)
      ->mutable_pages()
      ->mutable_on_nodes()
      ->RemoveLast();
  EXPECT_EQ(PlacementFindings(stressor), "");
  // Unless it is the wrong one.
  stressor.mutable_workers(0)->mutable_pages()->set_home_node(1);
  EXPECT_EQ(PlacementFindings(stressor),
            "  pages         stage: 0% on their own node, 100% on node 0\n");
}

TEST(PageLinesTest, TakeManyNodesTogether) {
  proto::Stressor stressor = Stressor(kPages);
  proto::Pages& pages = *stressor.mutable_workers(0)->mutable_pages();
  for (int node = 2; node < 6; ++node) {
    proto::Pages::OnNode& on = *pages.add_on_nodes();
    on.set_node(node);
    on.set_pages(250);
  }
  EXPECT_THAT(PlacementFindings(stressor),
              HasSubstr("stage: 49.1% on their own node, 50.9% on 5 others\n"));
}

TEST(PlacementFindingsTest, ShowWhatWasRefusedAndWhatIsLeft) {
  EXPECT_EQ(
      PlacementFindings(Stressor(R"pb(
        workers {
          role: "hog"
          pid: 7
          settings { name: "affinity" asked: "0" got: "0" applied: true }
          settings {
            name: "policy"
            asked: "fifo:50"
            error: 1
            error_name: "EPERM"
            why: "needs CAP_SYS_NICE"
          }
        }
        cgroups {
          name: "a"
          settings { name: "weight" asked: "300" got: "100" }
          trouble: "somebody is in it"
        }
      )pb")),
      "  refused       weight: asked 300, got 100 (cgroup a)\n"
      "                policy: asked fifo:50, got -, EPERM (hog 0 (pid 7)): "
      "needs CAP_SYS_NICE\n"
      "  left over     cgroup a: somebody is in it\n");
}

}  // namespace
}  // namespace ktstr
