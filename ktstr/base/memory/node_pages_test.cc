// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/memory/node_pages.h"

#include <errno.h>
#include <unistd.h>

#include <cstring>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;

constexpr size_t kPages = 600;  // More than are asked for at once.

class NodePagesTest : public testing::Test {
 protected:
  void SetUp() override {
    const absl::StatusOr<MemoryNodes> nodes = GetMemoryNodes();
    if (!nodes.ok()) GTEST_SKIP() << nodes.status();
    nodes_ = nodes->allowed.Intersect(nodes->with_memory);
    page_size_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    absl::StatusOr<Mapping> mapping =
        Mapping::CreatePrivate(kPages * page_size_);
    ASSERT_THAT(mapping, IsOk());
    memory_ = *std::move(mapping);
    const absl::Status moved =
        MovePagesTo(nodes_.First(), memory_.data(), memory_.size());
    if (ErrnoOf(moved) == EPERM) GTEST_SKIP() << moved;
    ASSERT_THAT(moved, IsOk());
  }

  NodeSet nodes_;
  size_t page_size_ = 0;
  Mapping memory_;
};

TEST_F(NodePagesTest, PagesAreWhereTheyWereBoundTo) {
  std::memset(memory_.data(), 1, memory_.size());
  for (const uint32_t node : nodes_.cpus()) {
    ASSERT_THAT(MovePagesTo(node, memory_.data(), memory_.size()), IsOk());
    EXPECT_THAT(CountPagesOn(node, memory_.data(), kPages),
                IsOkAndHolds(kPages));
    EXPECT_THAT(CountPagesOn(node + 1, memory_.data(), kPages),
                IsOkAndHolds(0u));
  }
}

TEST_F(NodePagesTest, FirstTouchesGoWhereTheMemoryIsBoundTo) {
  const uint32_t node = nodes_.Max();
  ASSERT_THAT(BindPagesTo(node, memory_.data(), memory_.size()), IsOk());
  std::memset(memory_.data(), 1, memory_.size());
  EXPECT_THAT(CountPagesOn(node, memory_.data(), kPages), IsOkAndHolds(kPages));
}

TEST_F(NodePagesTest, PagesThatNobodyTouchedAreNowhere) {
  std::memset(memory_.data(), 1, 300 * page_size_);
  EXPECT_THAT(CountPagesOn(nodes_.First(), memory_.data(), kPages),
              IsOkAndHolds(300u));
}

TEST_F(NodePagesTest, NodesThatAreNotThereAreRefused) {
  for (const uint32_t node : {nodes_.Max() + 1, 1023u, 5000u}) {
    const absl::Status status =
        MovePagesTo(node, memory_.data(), memory_.size());
    EXPECT_THAT(ErrnoOf(status), Eq(EINVAL));
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                                 HasSubstr("mbind")));
  }
}

}  // namespace
}  // namespace ktstr
