// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/io_convoy/io_convoy.h"

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kPasses = 48;

// Where the folder of temporary files is in memory, or takes no direct I/O, as
// the reason says.
#define SKIP_IF_HOST_CANNOT(result)                   \
  if (absl::IsUnimplemented((result).setup)) {        \
    GTEST_SKIP() << (result).setup.message();         \
  }                                                   \
  ASSERT_THAT((result).setup, IsOk());                \
  if (absl::IsUnimplemented((result).proof.status())) \
  GTEST_SKIP() << (result).proof.status().message()

void ExpectIo(WorkerMode mode, const std::vector<ParamText>& params) {
  RunOptions options = BoundedBy(kPasses);
  options.mode = mode;
  options.workers = 3;
  const StressorResult result = RunStressor(kIoConvoy, params, options);
  SKIP_IF_HOST_CANNOT(result);
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("by the kernel's count")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished)) << worker.failure;
    EXPECT_THAT(worker.call_failures, IsEmpty());
    EXPECT_THAT(worker.Find(Metric::kWriteTime)->count(), Eq(kPasses));
    EXPECT_THAT(worker.Find(Metric::kReadTime)->count(), Eq(kPasses));
    EXPECT_THAT(worker.Find(Metric::kFlushTime)->count(), Eq(kPasses / 16));
  }
}

TEST(IoConvoyTest, ProcessesWriteReadAndFlush) {
  ExpectIo(WorkerMode::kFork, {});
}

TEST(IoConvoyTest, ThreadsWriteReadAndFlush) {
  ExpectIo(WorkerMode::kThread, {});
}

TEST(IoConvoyTest, UsesThePageCacheIfAsked) {
  ExpectIo(WorkerMode::kFork, {{"io_direct", "false"}});
}

TEST(IoConvoyTest, FlushesNotBeforeSixteenWrites) {
  const StressorResult result = RunStressor(kIoConvoy, {}, BoundedBy(15));
  SKIP_IF_HOST_CANNOT(result);
  EXPECT_THAT(result.workers[0].Find(Metric::kFlushTime)->count(), Eq(0));
}

TEST(IoConvoyTest, RefusesAFileTooSmallForItsWorkers) {
  RunOptions options = BoundedBy(1);
  options.workers = 200;
  const StressorResult result =
      RunStressor(kIoConvoy, {{"io_size", "64K"}}, options);
  if (absl::IsUnimplemented(result.setup)) {
    GTEST_SKIP() << result.setup.message();
  }
  EXPECT_THAT(result.setup, StatusIs(absl::StatusCode::kInvalidArgument,
                                     HasSubstr("io_size=64K is too small")));
}

TEST(IoConvoyTest, RefusesAFolderThatIsMissing) {
  EXPECT_THAT(
      RunStressor(kIoConvoy, {{"io_dir", "/nonexistent"}}, BoundedBy(1)).setup,
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent")));
}

TEST(IoConvoyTest, RefusesValuesOutOfRange) {
  EXPECT_THAT(kIoConvoy.Make({ParamText{"io_size", "0"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(kIoConvoy.Make({ParamText{"io_direct", "perhaps"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(IoConvoyTest, SpinningInsteadFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kIoConvoy, OnlySpin>(), {}, BoundedBy(kPasses));
  SKIP_IF_HOST_CANNOT(result);
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("0 bytes read and 0 written")));
}

}  // namespace
}  // namespace ktstr
