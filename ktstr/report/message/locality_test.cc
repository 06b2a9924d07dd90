// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/locality.h"

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Locality Of(const std::string& text) {
  proto::Stressor stressor;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &stressor));
  return LocalityOf("stage", stressor);
}

TEST(LocalityTest, IsSeenFromEachWorkersOwnNode) {
  const Locality locality = Of(R"pb(
    workers {
      role: "stage"
      pages {
        home_node: 0
        on_nodes { node: 0 pages: 90 }
        on_nodes { node: 1 pages: 4 }
      }
    }
    workers {
      role: "stage"
      pages {
        home_node: 1
        on_nodes { node: 0 pages: 2 }
        on_nodes { node: 1 pages: 60 }
        on_nodes { node: 2 pages: 0 }
      }
    }
    workers {
      role: "other"
      pages {
        home_node: 1
        on_nodes { node: 0 pages: 999 }
      }
    }
  )pb");
  EXPECT_EQ(locality.at_home, 150u);
  EXPECT_THAT(locality.away, ElementsAre(Pair(0, 2), Pair(1, 4)));
  EXPECT_EQ(locality.Pages(), 156u);
  EXPECT_DOUBLE_EQ(locality.Share(), 150.0 / 156);
  EXPECT_EQ(locality.workers, 2u);
  EXPECT_EQ(locality.unknown, 0u);
}

TEST(LocalityTest, CountsWorkersOfWhichNothingIsKnown) {
  const Locality locality = Of(R"pb(
    workers { role: "stage" }
    workers {
      role: "stage"
      pages { on_nodes { node: 0 pages: 5 } }
    }
    workers {
      role: "stage"
      pages { home_node: 3 sampled: 7 absent: 7 }
    }
  )pb");
  EXPECT_EQ(locality.Pages(), 0u);
  EXPECT_THAT(locality.away, IsEmpty());
  EXPECT_EQ(locality.workers, 1u);
  EXPECT_EQ(locality.unknown, 2u);
}

}  // namespace
}  // namespace ktstr
