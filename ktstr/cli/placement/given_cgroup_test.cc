// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/placement/given_cgroup.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class GivenCgroupTest : public ::testing::Test {
 protected:
  GivenCgroupTest() {
    root_.Write("proc/self/cgroup", "2:cpu:/\n");
    root_.Write("proc/self/mountinfo",
                "1 2 0:1 / /cg/cpu rw - cgroup c rw,cpu\n");
    root_.Write("cg/cpu/there/cgroup.procs", "");
  }

  const TempDir root_;
};

TEST_F(GivenCgroupTest, PassesWhatIsThere) {
  for (const char* given : {"", "/there", "/cg/cpu/there"}) {
    EXPECT_THAT(CheckGivenCgroup(given, root_.path()), IsOk()) << given;
  }
}

TEST_F(GivenCgroupTest, RefusesWhatIsNot) {
  for (const std::string given : {"/not_there", "/cg/cpu/not_there", "/cg"}) {
    EXPECT_THAT(CheckGivenCgroup(given, root_.path()),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(StartsWith("--cgroup=" + given + ": "),
                               HasSubstr("there is no cgroup"))));
  }
}

// The run tells then.
TEST_F(GivenCgroupTest, PassesWhatNobodyKnows) {
  EXPECT_THAT(CheckGivenCgroup("/x", root_.path() + "/no_proc"), IsOk());
}

}  // namespace
}  // namespace ktstr
