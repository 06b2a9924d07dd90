// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/no_errors.h"

#include "gtest/gtest.h"
#include "ktstr/checks/stressor_text.h"

namespace ktstr {
namespace {

TEST(NoErrorsTest, PassesWithoutFailedCalls) {
  EXPECT_THAT(
      CheckNoErrors(StressorFromText("workers {}")),
      IsLine("no_errors", proto::PASS, "no system call failed unexpectedly"));
}

TEST(NoErrorsTest, NamesTheCallThatFailedMost) {
  EXPECT_THAT(
      CheckNoErrors(StressorFromText(R"pb(
        workers {
          call_failures { call: "read(pipe)" count: 2 error_name: "EIO" }
          call_failures { call: "futex(WAKE)" count: 2 error_name: "EPERM" }
        }
        workers {
          call_failures { call: "futex(WAKE)" count: 1 error_name: "EPERM" }
        }
      )pb")),
      IsLine("no_errors", proto::FAIL,
             "futex(WAKE): EPERM, 3 times in 2 workers; and 1 more kind"));
}

}  // namespace
}  // namespace ktstr
