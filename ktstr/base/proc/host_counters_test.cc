// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/proc/host_counters.h"

#include <unistd.h>

#include <cstdint>
#include <map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/rseq.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;

TEST(CpuTimesTest, AddUpTheColumns) {
  const TempDir proc;
  proc.Write("stat",
             "cpu  9 9 9 9 9 9 9 9 9 9\n"
             "cpu0 1 2 4 1000 500 8 16 7 64 128\n"
             "cpu11 0 0 0 0 0 0 0 0 0 0\n"
             "intr 1 2 3\nctxt 5\n");
  const absl::StatusOr<std::map<uint32_t, CpuTimes>> times =
      ReadCpuTimes(proc.path());
  ASSERT_THAT(times, IsOk());
  ASSERT_EQ(times->size(), 2u);
  const int64_t tick_ns = 1'000'000'000 / sysconf(_SC_CLK_TCK);
  const CpuTimes& first = times->at(0);
  EXPECT_EQ(first.busy_ns, (1 + 2 + 4 + 8 + 16) * tick_ns);
  EXPECT_EQ(first.idle_ns, (1000 + 500) * tick_ns);
  EXPECT_EQ(first.steal_ns, 7 * tick_ns);
  EXPECT_EQ(times->at(11).busy_ns, 0);
}

TEST(CpuTimesTest, RefuseMalformedFiles) {
  const TempDir proc;
  for (const char* stat :
       {"", "intr 1\n", "cpu0 1 2 3\n", "cpu0\n", "cpux 1 2 3 4 5 6 7 8 9 10\n",
        "cpu0 1 2 3 x 5 6 7 8 9 10\n"}) {
    proc.Write("stat", stat);
    EXPECT_THAT(ReadCpuTimes(proc.path()),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("stat")))
        << stat;
  }
}

TEST(CpuTimesTest, SayWhenThereIsNoProc) {
  EXPECT_THAT(ReadCpuTimes("/nowhere"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(CpuTimesTest, KnowTheCpuWeAreOn) {
  EXPECT_THAT(ReadCpuTimes(), IsOkAndHolds(Contains(Key(CurrentCpu()))));
}

}  // namespace
}  // namespace ktstr
