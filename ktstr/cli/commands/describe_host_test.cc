// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/commands/describe_host.h"

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/host/host_context.h"
#include "ktstr/report/paragraph.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;
using ::testing::ResultOf;

HostContext SomeHost() {
  HostContext host;
  host.kernel_release = "6.12.1";
  host.kernel_version = "#7 SMP PREEMPT_DYNAMIC";
  host.machine = "x86_64";
  host.cpu_model = "Some CPU";
  host.unreadable = {"topology: no /sys"};
  host.abilities = {
      {"affinity", true, "CPUs 0-1, all that are online"},
      {"fifo, rr", false,
       "sched_setattr(0, fifo:1): Operation not permitted; needs CAP_SYS_NICE "
       "or RLIMIT_RTPRIO >= 1, here 0"}};
  return host;
}

TEST(DescribeHostTest, ShowsARowForEachAbility) {
  EXPECT_EQ(DescribeHost(SomeHost(), /*color=*/false),
            R"(  kernel              Linux 6.12.1 x86_64, #7 SMP PREEMPT_DYNAMIC
  CPU model           Some CPU
  not readable        topology: no /sys

what runs can and cannot do here:
  affinity            yes  CPUs 0-1, all that are online
  fifo, rr            no   sched_setattr(0, fifo:1): Operation not permitted;
                           needs CAP_SYS_NICE or RLIMIT_RTPRIO >= 1, here 0
)");
}

TEST(DescribeHostTest, ColoursAreForWhoWantsThem) {
  EXPECT_THAT(DescribeHost(SomeHost(), /*color=*/false),
              Not(HasSubstr("\x1b")));
  EXPECT_THAT(DescribeHost(SomeHost(), /*color=*/true),
              AllOf(HasSubstr("\x1b[32myes  \x1b[0mCPUs 0-1"),
                    HasSubstr("\x1b[33mno   \x1b[0msched_setattr")));
}

TEST(DescribeHostTest, DescribesThisHostIn80Columns) {
  const std::string text = DescribeHost(/*color=*/false);
  EXPECT_THAT(text, AllOf(HasSubstr("\n  affinity "), HasSubstr("\n  KVM ")));
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  EXPECT_THAT(lines, Each(ResultOf(ColumnsOf, Le(size_t{80}))));
}

}  // namespace
}  // namespace ktstr
