// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/io/epoll_set.h"

#include <errno.h>
#include <sys/epoll.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;

TEST(EpollSetTest, TellsWhichOneIsReady) {
  absl::StatusOr<EpollSet> set = EpollSet::Create();
  ASSERT_THAT(set, IsOk());
  const absl::StatusOr<Fd> empty = MakeEventFd(0);
  const absl::StatusOr<Fd> ready = MakeEventFd(1);
  ASSERT_THAT(set->Add(empty->get(), EPOLLIN, 7), IsOk());
  ASSERT_THAT(set->Add(ready->get(), EPOLLIN | EPOLLEXCLUSIVE, 8), IsOk());
  uint64_t key = 0;
  EXPECT_THAT(set->WaitForOne(key), Eq(1));
  EXPECT_THAT(key, Eq(8));
}

TEST(EpollSetTest, ForgetsWhatIsRemoved) {
  absl::StatusOr<EpollSet> set = EpollSet::Create();
  ASSERT_THAT(set, IsOk());
  const absl::StatusOr<Fd> ready = MakeEventFd(1);
  ASSERT_THAT(set->Add(ready->get(), EPOLLIN, 1), IsOk());
  EXPECT_THAT(ErrnoOf(set->Add(ready->get(), EPOLLIN, 1)), Eq(EEXIST));
  EXPECT_THAT(set->Remove(ready->get()), IsOk());
  EXPECT_THAT(ErrnoOf(set->Remove(ready->get())), Eq(ENOENT));
}

}  // namespace
}  // namespace ktstr
