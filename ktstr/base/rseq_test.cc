// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/rseq.h"

#include <stdlib.h>
#include <sys/rseq.h>
#include <unistd.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

// The first CPU of which CurrentCpu() does not say that it is there, -1 if all
// are right.
int FirstWrongCpu() {
  const absl::StatusOr<CpuSet> all = GetAffinity();
  if (!all.ok()) return -2;
  int wrong = -1;
  for (const uint32_t cpu : all->cpus()) {
    if (!SetAffinity(0, {cpu}).ok()) return -2;
    if (CurrentCpu() != cpu && wrong == -1) wrong = static_cast<int>(cpu);
  }
  return SetAffinity(0, *all).ok() ? wrong : -2;
}

TEST(CurrentCpuTest, FollowsAffinity) { EXPECT_EQ(FirstWrongCpu(), -1); }

TEST(CurrentCpuTest, FollowsAffinityInAChild) {
  absl::StatusOr<Child> child =
      Child::Spawn([] { return FirstWrongCpu() == -1 ? 0 : 1; });
  ASSERT_THAT(child, IsOk());
  const absl::StatusOr<ChildEnd> end = child->Reap();
  ASSERT_THAT(end, IsOk());
  EXPECT_EQ(end->value, 0);
}

// Run by the test below, in a process without rseq.
TEST(CurrentCpuTest, DISABLED_FollowsAffinityWithoutRseq) {
  ASSERT_EQ(__rseq_size, 0u);
  EXPECT_EQ(FirstWrongCpu(), -1);
}

TEST(CurrentCpuTest, FallsBackWithoutRseq) {
  absl::StatusOr<Child> child = Child::Spawn([] {
    setenv("GLIBC_TUNABLES", "glibc.pthread.rseq=0", /*replace=*/1);
    // Its result file and its shard are this process's.
    unsetenv("XML_OUTPUT_FILE");
    execl("/proc/self/exe", "rseq_test", "--gtest_also_run_disabled_tests",
          "--gtest_filter=*.DISABLED_FollowsAffinityWithoutRseq", nullptr);
    return 127;
  });
  ASSERT_THAT(child, IsOk());
  const absl::StatusOr<ChildEnd> end = child->Reap();
  ASSERT_THAT(end, IsOk());
  EXPECT_EQ(end->kind, ChildEnd::kExited);
  EXPECT_EQ(end->value, 0);
}

}  // namespace
}  // namespace ktstr
