// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/guest/report_channel.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Of no port of any machine that runs this test.
constexpr char kNoPort[] = "ktstr.test";

TEST(FindVirtioPortTest, FindsThePortByItsName) {
  const TempDir root;
  root.Write("sys/class/virtio-ports/vport0p1/name", "org.qemu.agent.0\n");
  root.Write("sys/class/virtio-ports/vport1p2/name", "ktstr.0\n");
  EXPECT_THAT(FindVirtioPort("ktstr.0", root.path()),
              IsOkAndHolds(absl::StrCat(root.path(), "/dev/vport1p2")));
}

TEST(FindVirtioPortTest, TakesNoOtherPort) {
  const TempDir root;
  root.Write("sys/class/virtio-ports/vport0p0/dev", "247:0\n");  // No name.
  root.Write("sys/class/virtio-ports/vport0p1/name", "ktstr.01\n");
  root.Write("sys/class/virtio-ports/vport0p2/name", "\n");
  EXPECT_THAT(FindVirtioPort("ktstr.0", root.path()),
              StatusIs(absl::StatusCode::kNotFound,
                       absl::StrCat("no virtio port 'ktstr.0' in ", root.path(),
                                    "/sys/class/virtio-ports")));
}

TEST(FindVirtioPortTest, FindsNoneWithoutTheDriver) {
  const TempDir root;
  EXPECT_THAT(FindVirtioPort("ktstr.0", root.path()),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(OpenReportChannelTest, NamesAllThatWasTried) {
  EXPECT_THAT(
      OpenReportChannel(kNoPort, "ktstr_no_tty", absl::ZeroDuration()).status(),
      StatusIs(absl::StatusCode::kNotFound,
               AllOf(HasSubstr("no virtio port 'ktstr.test'"),
                     HasSubstr("open(/dev/ktstr_no_tty)"))));
}

TEST(OpenReportChannelTest, RefusesADeviceThatIsNoLine) {
  EXPECT_THAT(OpenReportChannel(kNoPort, "null", absl::ZeroDuration()).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("tcgetattr")));
}

// Reads as many bytes as `expected` has.
void ExpectToRead(int fd, absl::string_view expected) {
  std::string bytes(expected.size(), '\0');
  size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t more = read(fd, &bytes[got], bytes.size() - got);
    ASSERT_GT(more, 0);
    got += static_cast<size_t>(more);
  }
  EXPECT_EQ(bytes, expected);
}

// A terminal as it comes would echo, end lines, and take 3 for an interrupt.
TEST(OpenReportChannelTest, SerialLineCarriesBytes) {
  const Fd host(posix_openpt(O_RDWR | O_NOCTTY));
  if (!host.valid() || unlockpt(host.get()) != 0) {
    GTEST_SKIP() << "no pseudoterminals here";
  }
  absl::string_view tty = ptsname(host.get());
  ASSERT_TRUE(absl::ConsumePrefix(&tty, "/dev/"));
  const absl::StatusOr<ReportChannel> channel =
      OpenReportChannel(kNoPort, tty, absl::ZeroDuration());
  ASSERT_THAT(channel, IsOk());
  EXPECT_EQ(channel->name, "serial");
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  ASSERT_THAT(WriteAll(host.get(), bytes), IsOk());
  ExpectToRead(channel->fd.get(), bytes);
  ASSERT_THAT(WriteAll(channel->fd.get(), bytes), IsOk());
  // An echo of what came first would be read first.
  ExpectToRead(host.get(), bytes);
}

}  // namespace
}  // namespace ktstr
