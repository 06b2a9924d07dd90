// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/qemu/accelerator.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::StrEq;

TEST(AcceleratorTest, HasQemusNames) {
  EXPECT_THAT(AcceleratorName(Accelerator::kKvm), StrEq("kvm"));
  EXPECT_THAT(AcceleratorName(Accelerator::kTcg), StrEq("tcg"));
}

TEST(AcceleratorTest, FallsBackToEmulationAndSaysWhy) {
  const AcceleratorChoice choice =
      ChooseAccelerator(AcceleratorMode::kAuto, "/dev/no_such_kvm");
  EXPECT_THAT(choice.accelerator, Eq(Accelerator::kTcg));
  EXPECT_THAT(choice.reason, HasSubstr("/dev/no_such_kvm"));
}

TEST(AcceleratorTest, KeepsWhatWasAskedForWithTheComplaint) {
  const AcceleratorChoice choice =
      ChooseAccelerator(AcceleratorMode::kKvm, "/dev/null");
  EXPECT_THAT(choice.accelerator, Eq(Accelerator::kKvm));
  EXPECT_THAT(choice.reason, HasSubstr("/dev/null"));
}

TEST(AcceleratorTest, ProbesNothingWhenEmulationWasAskedFor) {
  const AcceleratorChoice choice =
      ChooseAccelerator(AcceleratorMode::kTcg, "/dev/no_such_kvm");
  EXPECT_THAT(choice.accelerator, Eq(Accelerator::kTcg));
  EXPECT_THAT(choice.reason, StrEq("emulation was asked for"));
}

TEST(AcceleratorTest, GivesAReasonExactlyWhenItIsNotKvm) {
  const AcceleratorChoice choice = ChooseAccelerator(AcceleratorMode::kAuto);
  EXPECT_THAT(choice.reason.empty(),
              Eq(choice.accelerator == Accelerator::kKvm))
      << choice.reason;
}

}  // namespace
}  // namespace ktstr
