// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/proc/kernel_log.h"

#include <errno.h>
#include <fcntl.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

void Append(const std::string& path, absl::string_view record) {
  const absl::StatusOr<Fd> file = OpenFile(path, O_WRONLY | O_APPEND);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT(WriteAll(file->get(), record), IsOk());
}

// A file gives one record for each read as long as no more than one is there.
TEST(KernelLogTest, BeginsAtTheEnd) {
  const TempDir dir;
  const std::string path = dir.Write("kmsg", "6,1,2,-;from before\n");
  absl::StatusOr<KernelLog> log = KernelLog::OpenAtEnd(path);
  ASSERT_THAT(log, IsOk());
  EXPECT_THAT(log->ReadNew(), IsOkAndHolds(IsEmpty()));
  Append(path, "4,2,3,-;WARNING: at kernel/sched; twice\n");
  EXPECT_THAT(log->ReadNew(),
              IsOkAndHolds(ElementsAre("WARNING: at kernel/sched; twice")));
  EXPECT_THAT(log->ReadNew(), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(log->overruns(), 0);
}

TEST(KernelLogTest, LeavesPropertiesOut) {
  const TempDir dir;
  const std::string path = dir.Write("kmsg", "");
  absl::StatusOr<KernelLog> log = KernelLog::OpenAtEnd(path);
  ASSERT_THAT(log, IsOk());
  Append(path, "6,1,2,c;the text\n SUBSYSTEM=cpu\n DEVICE=+cpu:0\n");
  EXPECT_THAT(log->ReadNew(), IsOkAndHolds(ElementsAre("the text")));
}

TEST(KernelLogTest, LeavesOutWhatProgramsWrote) {
  const TempDir dir;
  const std::string path = dir.Write("kmsg", "");
  absl::StatusOr<KernelLog> log = KernelLog::OpenAtEnd(path);
  ASSERT_THAT(log, IsOk());
  Append(path, "12,1,2,-;daemon: WARNING: not the kernel's\n");
  EXPECT_THAT(log->ReadNew(), IsOkAndHolds(IsEmpty()));
  Append(path, "7,2,3,-;the kernel's\n");
  EXPECT_THAT(log->ReadNew(), IsOkAndHolds(ElementsAre("the kernel's")));
}

TEST(KernelLogTest, SaysWhenThereIsNone) {
  EXPECT_THAT(KernelLog::OpenAtEnd("/nowhere/kmsg"),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(KernelLogTest, ReadsTheKernelsOwn) {
  absl::StatusOr<KernelLog> log = KernelLog::OpenAtEnd();
  const int error = ErrnoOf(log.status());
  if (error == EPERM || error == EACCES || error == ENOENT) {
    GTEST_SKIP() << log.status();
  }
  ASSERT_THAT(log, IsOk());
  EXPECT_THAT(log->ReadNew(), IsOk());
}

}  // namespace
}  // namespace ktstr
