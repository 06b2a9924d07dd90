// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/host/asked_topology.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;

TEST(AskedTopologyTest, CountsCpusDownTheTree) {
  const proto::Topology topology =
      AskedTopology({.nodes = 2, .llcs = 2, .cores = 3, .threads = 2});
  EXPECT_EQ(topology.online(), "0-23");
  EXPECT_THAT(topology.nodes(), ElementsAre("0-11", "12-23"));
  EXPECT_THAT(topology.llcs(), ElementsAre("0-5", "6-11", "12-17", "18-23"));
  EXPECT_EQ(topology.cpus(), 24u);
  EXPECT_EQ(topology.cores(), 12u);
  EXPECT_EQ(topology.threads_per_core(), 2u);
}

TEST(AskedTopologyTest, WritesSingleCpusAsTheKernelDoes) {
  const proto::Topology topology =
      AskedTopology({.nodes = 2, .llcs = 1, .cores = 1, .threads = 1});
  EXPECT_EQ(topology.online(), "0-1");
  EXPECT_THAT(topology.nodes(), ElementsAre("0", "1"));
  EXPECT_THAT(topology.llcs(), ElementsAre("0", "1"));
}

}  // namespace
}  // namespace ktstr
