// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/abilities/own_status.h"

#include <linux/capability.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/host/fake_root.h"

namespace ktstr {
namespace {

using ::testing::Optional;

TEST(OwnStatusTest, ReadsTheRightsOfTheProcess) {
  const FakeRoot root;
  root.Write("/proc/self/status",
             "Name:\tktstr\nCapEff:\t0000000000800001\nSeccomp:\t2\n"
             "Seccomp_filters:\t1\nCpus_allowed:\tff\n"
             "Cpus_allowed_list:\t0-3,8\n");
  root.Write("/proc/self/uid_map", "         0          0 4294967295\n");
  const OwnStatus own = ReadOwnStatus(root.path());
  EXPECT_TRUE(own.Has(CAP_CHOWN));
  EXPECT_TRUE(own.Has(CAP_SYS_NICE));
  EXPECT_FALSE(own.Has(CAP_SYS_ADMIN));
  EXPECT_THAT(own.cpus, Optional(CpuSet({0, 1, 2, 3, 8})));
  EXPECT_THAT(own.seccomp, Optional(2));
  EXPECT_FALSE(own.in_user_namespace);
}

TEST(OwnStatusTest, KnowsUserNamespacesByTheirMap) {
  const FakeRoot root;
  root.Write("/proc/self/uid_map", "         0       1000          1\n");
  EXPECT_TRUE(ReadOwnStatus(root.path()).in_user_namespace);
  root.Write("/proc/self/uid_map", "0 0 1000\n1000 1 4294966295\n");
  EXPECT_TRUE(ReadOwnStatus(root.path()).in_user_namespace);
}

TEST(OwnStatusTest, KnowsNothingWithoutProc) {
  const FakeRoot root;
  const OwnStatus own = ReadOwnStatus(root.path());
  EXPECT_EQ(own.capabilities, 0u);
  EXPECT_EQ(own.cpus, std::nullopt);
  EXPECT_EQ(own.seccomp, std::nullopt);
  EXPECT_FALSE(own.in_user_namespace);
}

TEST(OwnStatusTest, WhatIsMangledIsUnknown) {
  const FakeRoot root;
  root.Write("/proc/self/status",
             "CapEff\nCapEff:\txyz\nCpus_allowed_list:\t3-\nSeccomp:\n:\n\n");
  const OwnStatus own = ReadOwnStatus(root.path());
  EXPECT_EQ(own.capabilities, 0u);
  EXPECT_EQ(own.cpus, std::nullopt);
  EXPECT_EQ(own.seccomp, std::nullopt);
}

}  // namespace
}  // namespace ktstr
