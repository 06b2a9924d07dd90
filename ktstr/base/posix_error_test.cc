// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/posix_error.h"

#include <errno.h>
#include <unistd.h>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

TEST(PosixErrorTest, NamesCallAndError) {
  EXPECT_THAT(PosixError(ENOENT, "open(/nowhere)"),
              StatusIs(absl::StatusCode::kNotFound,
                       "open(/nowhere): No such file or directory"));
}

TEST(PosixErrorTest, TakesErrnoFromTheCallBefore) {
  ASSERT_EQ(close(-1), -1);
  EXPECT_EQ(ErrnoOf(PosixError("close")), EBADF);
}

TEST(PosixErrorTest, KeepsErrnosThatShareACode) {
  const absl::Status perm = PosixError(EPERM, "a");
  const absl::Status access = PosixError(EACCES, "a");
  EXPECT_EQ(perm.code(), access.code());
  EXPECT_EQ(ErrnoOf(perm), EPERM);
  EXPECT_EQ(ErrnoOf(access), EACCES);
}

TEST(PosixErrorTest, NamesTheLimitBehindTheError) {
  EXPECT_THAT(PosixError(EMFILE, "pipe2"),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       testing::MatchesRegex("pipe2: Too many open files "
                                             "\\(RLIMIT_NOFILE, here "
                                             "[0-9]+\\)")));
  EXPECT_EQ(ErrnoOf(PosixError(EMFILE, "pipe2")), EMFILE);
}

TEST(PosixErrorTest, GivesTheReasonBehindTheDescription) {
  const absl::Status status = PosixError(EPERM, "nice(-1)", "needs more");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied,
                               "nice(-1): Operation not permitted; "
                               "needs more"));
  EXPECT_EQ(ErrnoOf(status), EPERM);
  EXPECT_THAT(PosixError(EPERM, "nice(-1)", ""),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       "nice(-1): Operation not permitted"));
}

TEST(NotInKernelTest, IsUnimplementedWhateverTheErrno) {
  for (const int error : {EINVAL, ENODEV, EOPNOTSUPP}) {
    const absl::Status status = NotInKernel(error, "prctl", "no CONFIG_X");
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnimplemented,
                                 testing::EndsWith("; no CONFIG_X")));
    EXPECT_EQ(ErrnoOf(status), error);
  }
}

TEST(ErrnoOfTest, IsZeroWithoutErrno) {
  EXPECT_EQ(ErrnoOf(absl::OkStatus()), 0);
  EXPECT_EQ(ErrnoOf(absl::NotFoundError("not from a call")), 0);
}

TEST(ErrnoNameTest, NamesKnownAndUnknownNumbers) {
  EXPECT_EQ(ErrnoName(EPERM), "EPERM");
  EXPECT_EQ(ErrnoName(4095), "errno 4095");
}

}  // namespace
}  // namespace ktstr
