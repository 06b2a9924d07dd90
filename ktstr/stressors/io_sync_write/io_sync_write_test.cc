// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/io_sync_write/io_sync_write.h"

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
  const StressorResult result = RunStressor(kIoSyncWrite, params, options);
  SKIP_IF_HOST_CANNOT(result);
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("by the kernel's count")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished)) << worker.failure;
    EXPECT_THAT(worker.call_failures, IsEmpty());
    EXPECT_THAT(worker.Find(Metric::kWriteTime)->count(), Eq(16 * kPasses));
    EXPECT_THAT(worker.Find(Metric::kFlushTime)->count(), Eq(kPasses));
  }
}

TEST(IoSyncWriteTest, ProcessesWriteToTheDisk) {
  ExpectIo(WorkerMode::kFork, {});
}

TEST(IoSyncWriteTest, ThreadsWriteToTheDisk) {
  ExpectIo(WorkerMode::kThread, {});
}

TEST(IoSyncWriteTest, WritesPastThePageCacheIfAsked) {
  ExpectIo(WorkerMode::kFork, {{"io_direct", "true"}});
}

// A stripe of one block is changed 16 times and written once.
TEST(IoSyncWriteTest, SmallStripesAreEnough) {
  RunOptions options = BoundedBy(20);
  options.workers = 16;
  const StressorResult result =
      RunStressor(kIoSyncWrite, {{"io_size", "1M"}}, options);
  SKIP_IF_HOST_CANNOT(result);
  EXPECT_THAT(result.proof, IsOk());
}

TEST(IoSyncWriteTest, RefusesAFileTooSmallForItsWorkers) {
  RunOptions options = BoundedBy(1);
  options.workers = 200;
  const StressorResult result =
      RunStressor(kIoSyncWrite, {{"io_size", "64K"}}, options);
  if (absl::IsUnimplemented(result.setup)) {
    GTEST_SKIP() << result.setup.message();
  }
  EXPECT_THAT(result.setup, StatusIs(absl::StatusCode::kInvalidArgument,
                                     HasSubstr("io_size=64K is too small")));
}

TEST(IoSyncWriteTest, RefusesAFolderThatIsMissing) {
  EXPECT_THAT(
      RunStressor(kIoSyncWrite, {{"io_dir", "/nonexistent"}}, BoundedBy(1))
          .setup,
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent")));
}

TEST(IoSyncWriteTest, RefusesValuesOutOfRange) {
  EXPECT_THAT(kIoSyncWrite.Make({ParamText{"io_size", "0"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(kIoSyncWrite.Make({ParamText{"io_direct", "perhaps"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(IoSyncWriteTest, SpinningInsteadFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kIoSyncWrite, OnlySpin>(), {}, BoundedBy(kPasses));
  SKIP_IF_HOST_CANNOT(result);
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("0 bytes read and 0 written")));
}

}  // namespace
}  // namespace ktstr
