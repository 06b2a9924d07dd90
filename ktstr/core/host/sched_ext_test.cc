// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/sched_ext.h"

#include "gtest/gtest.h"
#include "ktstr/core/host/fake_root.h"

namespace ktstr {
namespace {

TEST(ReadSchedExtTest, NamesTheLoadedScheduler) {
  const FakeRoot root;
  root.Write("/sys/kernel/sched_ext/state", "enabled\n");
  root.Write("/sys/kernel/sched_ext/root/ops", "simple\n");
  root.Write("/sys/kernel/sched_ext/enable_seq", "3\n");
  EXPECT_EQ(ReadSchedExt(root.path()), "enabled simple (seq 3)");
}

TEST(ReadSchedExtStateTest, ReadsTheFiles) {
  const FakeRoot root;
  root.Write("/sys/kernel/sched_ext/state", "enabled\n");
  root.Write("/sys/kernel/sched_ext/root/ops", "simple\n");
  root.Write("/sys/kernel/sched_ext/enable_seq", "3\n");
  EXPECT_EQ(ReadSchedExtState(root.path()),
            (SchedExtState{"enabled", "simple", 3}));
  EXPECT_EQ(ReadSchedExtState(FakeRoot().path()), SchedExtState());
}

TEST(ReadSchedExtTest, CountsSchedulersThatAreGone) {
  const FakeRoot root;
  root.Write("/sys/kernel/sched_ext/state", "disabled\n");
  root.Write("/sys/kernel/sched_ext/enable_seq", "4\n");
  EXPECT_EQ(ReadSchedExt(root.path()), "disabled (seq 4)");
}

TEST(ReadSchedExtTest, IsEmptyWithoutTheClass) {
  EXPECT_EQ(ReadSchedExt(FakeRoot().path()), "");
}

}  // namespace
}  // namespace ktstr
