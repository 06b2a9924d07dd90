// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/ipc_variance/part.h"

#include <errno.h>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::DoubleEq;
using ::testing::Eq;
using ::testing::HasSubstr;

TEST(PartTest, KeepsTheShortestAndAddsUpWhatWasCounted) {
  Part part = {};
  part.Note(300, {10, 100}, {20, 120});
  part.Note(200, {20, 120}, {60, 200});
  part.Note(400, {60, 200}, {60, 200});
  EXPECT_THAT(part.best_ns, Eq(200));
  EXPECT_THAT(part.counts.cycles, Eq(50));
  EXPECT_THAT(part.counts.instructions, Eq(100));
  EXPECT_THAT(part.Ipc(), DoubleEq(2));
}

TEST(PartTest, ATouchIsToCostMoreThanAStep) {
  const Part hot = {.operations = 1, .best_ns = 2000, .counts = {}};
  const Part cold = {.operations = 1, .best_ns = 30'000, .counts = {}};
  EXPECT_THAT(CompareCosts(hot, 1000, cold, 1000),
              IsOkAndHolds("30ns for a touch of cold memory, 2ns for four "
                           "multiplications"));
  EXPECT_THAT(CompareCosts(hot, 1000, cold, 15'000),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("2ns for four multiplications, which is not "
                                 "less")));
}

TEST(PartTest, SaysTheIpcOfBothOrWhyThereIsNone) {
  const Part hot = {.operations = 1, .best_ns = 1, .counts = {100, 250}};
  const Part cold = {.operations = 1, .best_ns = 1, .counts = {100, 25}};
  EXPECT_THAT(PrintIpc(hot, cold, 0), Eq("IPC 2.50 hot, 0.25 cold"));
  EXPECT_THAT(PrintIpc({}, {}, 0), Eq("IPC 0.00 hot, 0.00 cold"));
  EXPECT_THAT(PrintIpc({}, {}, ENOENT), Eq("no PMU"));
  EXPECT_THAT(PrintIpc({}, {}, EACCES), Eq("no IPC (EACCES)"));
}

}  // namespace
}  // namespace ktstr
