// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/io/io_load.h"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/lone_workers.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;

constexpr uint64_t kReads = 100;

int64_t PageBytes() { return sysconf(_SC_PAGESIZE); }

// What the proof says if the worker finished that many passes.
absl::StatusOr<std::string> Verdict(const IoLoad& load, uint64_t passes) {
  std::vector<WorkerResult> workers(1);
  workers[0].iterations = passes;
  GroupResult group;
  group.workers = group.all_workers = workers;
  return load.Verify(group);
}

class IoLoadTest : public testing::Test {
 protected:
  absl::Status Prepare(IoLoad& load) { return load.Prepare(preparation_); }

  Preparation preparation_{/*groups=*/1, /*workers=*/1, *GetAffinity(0)};
  LoneWorkers workers_{
      {.metrics = {Metric::kWriteTime, Metric::kReadTime, Metric::kFlushTime}}};
};

#define SKIP_IF_HOST_CANNOT(status)                                    \
  if (const absl::Status why = (status); absl::IsUnimplemented(why)) { \
    GTEST_SKIP() << why.message();                                     \
  }

TEST_F(IoLoadTest, EveryReadIsHeldAgainstTheKernelsCount) {
  IoLoad load({}, {.reads = 1});
  SKIP_IF_HOST_CANNOT(Prepare(load));
  {
    Worker worker(workers_.setup());
    IoWorker io(load, worker);
    for (uint64_t i = 0; i < kReads; ++i) ASSERT_TRUE(io.ReadRandom());
  }
  SKIP_IF_HOST_CANNOT(Verdict(load, kReads).status());
  EXPECT_THAT(Verdict(load, kReads), IsOkAndHolds(HasSubstr("100 passes")));
  // One read more than there were.
  EXPECT_THAT(Verdict(load, kReads + 1).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(workers_.histogram(Metric::kReadTime).count(), Eq(kReads));
}

TEST_F(IoLoadTest, EveryChangedPageIsHeldAgainstTheKernelsCount) {
  for (const bool direct : {true, false}) {
    IoLoad load({.io_direct = direct}, {.writes = IoLoad::kWritesPerFlush});
    SKIP_IF_HOST_CANNOT(Prepare(load));
    {
      Worker worker(workers_.setup());
      IoWorker io(load, worker);
      for (uint64_t i = 0; i < 20 * IoLoad::kWritesPerFlush; ++i) {
        ASSERT_TRUE(io.WriteNext());
        if (i % IoLoad::kWritesPerFlush == 0) {
          ASSERT_TRUE(io.Flush());
        }
      }
    }
    SKIP_IF_HOST_CANNOT(Verdict(load, 20).status());
    EXPECT_THAT(Verdict(load, 20), IsOk());
    EXPECT_THAT(Verdict(load, 21).status(),
                StatusIs(absl::StatusCode::kFailedPrecondition));
  }
}

TEST_F(IoLoadTest, WritingTheSamePageAgainIsNotCounted) {
  // A stripe of one page, which is written back once for 16 writes.
  IoLoad load({.io_size = {PageBytes()}, .io_direct = false},
              {.writes = IoLoad::kWritesPerFlush});
  SKIP_IF_HOST_CANNOT(Prepare(load));
  {
    Worker worker(workers_.setup());
    IoWorker io(load, worker);
    for (uint64_t i = 0; i < 20 * IoLoad::kWritesPerFlush; ++i) {
      ASSERT_TRUE(io.WriteNext());
    }
    ASSERT_TRUE(io.Flush());
  }
  EXPECT_THAT(
      Verdict(load, 20).status().code(),
      testing::AnyOf(absl::StatusCode::kFailedPrecondition,
                     // The kernel wrote back meanwhile, which it seldom does.
                     absl::StatusCode::kUnimplemented));
}

TEST_F(IoLoadTest, CachedReadsAreForgottenFirst) {
  IoLoad load({.io_direct = false}, {.reads = 1});
  SKIP_IF_HOST_CANNOT(Prepare(load));
  {
    Worker worker(workers_.setup());
    IoWorker io(load, worker);
    for (uint64_t i = 0; i < kReads; ++i) ASSERT_TRUE(io.ReadRandom());
  }
  SKIP_IF_HOST_CANNOT(Verdict(load, kReads).status());
  EXPECT_THAT(Verdict(load, kReads), IsOk());
}

TEST_F(IoLoadTest, PartOfABlockIsAnErrorAndNoSample) {
  const TempDir dir;
  const std::string path =
      dir.Write("file", std::string(static_cast<size_t>(PageBytes()), 'x'));
  IoLoad load({.io_path = path, .io_size = {PageBytes()}, .io_direct = false},
              {.reads = 1});
  ASSERT_THAT(Prepare(load), IsOk());
  std::filesystem::resize_file(path, 10);
  Worker worker(workers_.setup());
  IoWorker io(load, worker);
  EXPECT_FALSE(io.ReadRandom());
  EXPECT_THAT(io.status(), StatusIs(absl::StatusCode::kDataLoss,
                                    HasSubstr("pread: 10 of ")));
  EXPECT_THAT(workers_.histogram(Metric::kReadTime).count(), Eq(0));
}

TEST_F(IoLoadTest, AFailedCallIsCountedAndNoSample) {
  const TempDir dir;
  const std::string path =
      dir.Write("file", std::string(static_cast<size_t>(PageBytes()), 'x'));
  // Prepared to read only, so that the descriptor cannot be written to.
  IoLoad load({.io_path = path, .io_size = {PageBytes()}, .io_direct = false},
              {.reads = 1});
  ASSERT_THAT(Prepare(load), IsOk());
  Worker worker(workers_.setup());
  IoWorker io(load, worker);
  EXPECT_FALSE(io.WriteNext());
  EXPECT_FALSE(worker.NextIteration());
  EXPECT_THAT(workers_.record().failure.view(), HasSubstr("pwrite: "));
  EXPECT_THAT(workers_.histogram(Metric::kWriteTime).count(), Eq(0));
}

TEST_F(IoLoadTest, RefusesMoreWorkersThanBlocks) {
  IoLoad load({.io_size = {2 * PageBytes()}, .io_direct = false},
              {.writes = 1});
  Preparation many(/*groups=*/3, /*workers=*/3, *GetAffinity(0));
  EXPECT_THAT(load.Prepare(many), StatusIs(absl::StatusCode::kInvalidArgument,
                                           HasSubstr("2 blocks of ")));
}

TEST_F(IoLoadTest, FilesInMemoryCannotBeJudged) {
  if (access("/dev/shm", W_OK) != 0) GTEST_SKIP() << "needs /dev/shm";
  IoLoad load({.io_dir = "/dev/shm", .io_direct = false}, {.reads = 1});
  ASSERT_THAT(Prepare(load), IsOk());
  EXPECT_THAT(
      Verdict(load, 1).status(),
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("it is in memory")));
}

TEST_F(IoLoadTest, SaysWhatToSetWhereDirectIoIsRefused) {
  const std::string path = "/sys/devices/system/cpu/online";
  if (access(path.c_str(), R_OK) != 0) GTEST_SKIP() << "needs " << path;
  IoLoad load({.io_path = path, .io_size = {4096}}, {.reads = 1});
  EXPECT_THAT(Prepare(load), StatusIs(absl::StatusCode::kUnimplemented,
                                      HasSubstr("io_direct=false")));
}

}  // namespace
}  // namespace ktstr
