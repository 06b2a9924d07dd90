// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/kick.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

bool IsOpen(int fd) { return fcntl(fd, F_GETFD) >= 0; }

// Numbers are reused, so only tests that open nothing meanwhile may ask.
Fd OpenNull() {
  absl::StatusOr<Fd> fd = OpenFile("/dev/null", O_RDWR);
  EXPECT_THAT(fd, IsOk());
  return *std::move(fd);
}

TEST(FdTest, ClosesWhatItOwns) {
  int number;
  {
    const Fd fd = OpenNull();
    number = fd.get();
    EXPECT_TRUE(IsOpen(number));
  }
  EXPECT_FALSE(IsOpen(number));
}

TEST(FdTest, OwnsNothingByDefault) {
  const Fd fd;
  EXPECT_FALSE(fd.valid());
  EXPECT_EQ(fd.get(), -1);
}

TEST(FdTest, MovesWithoutClosing) {
  Fd first = OpenNull();
  const int number = first.get();
  Fd second = std::move(first);
  EXPECT_FALSE(first.valid());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(second.get(), number);
  EXPECT_TRUE(IsOpen(number));
}

TEST(FdTest, AssignmentClosesTheOldOne) {
  Fd first = OpenNull();
  Fd second = OpenNull();
  const int old = first.get();
  const int kept = second.get();
  first = std::move(second);
  EXPECT_FALSE(IsOpen(old));
  EXPECT_EQ(first.get(), kept);
  EXPECT_TRUE(IsOpen(kept));
}

TEST(FdTest, ReleaseHandsOver) {
  Fd fd = OpenNull();
  const Fd other(fd.release());
  EXPECT_FALSE(fd.valid());
  EXPECT_TRUE(IsOpen(other.get()));
}

TEST(FdTest, ResetCloses) {
  Fd fd = OpenNull();
  const int number = fd.get();
  fd.reset();
  EXPECT_FALSE(fd.valid());
  EXPECT_FALSE(IsOpen(number));
}

TEST(MakePipeTest, JoinsTheEnds) {
  const absl::StatusOr<Pipe> pipe = MakePipe();
  ASSERT_THAT(pipe, IsOk());
  ASSERT_THAT(WriteAll(pipe->write_end.get(), "x"), IsOk());
  char got = 0;
  EXPECT_EQ(read(pipe->read_end.get(), &got, 1), 1);
  EXPECT_EQ(got, 'x');
}

TEST(MakePipeTest, PassesFlagsOn) {
  const absl::StatusOr<Pipe> pipe = MakePipe(O_CLOEXEC | O_NONBLOCK);
  ASSERT_THAT(pipe, IsOk());
  EXPECT_EQ(fcntl(pipe->read_end.get(), F_GETFD), FD_CLOEXEC);
  EXPECT_NE(fcntl(pipe->read_end.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_THAT(MakePipe(-1), Not(IsOk()));
}

TEST(MakeEventFdTest, BeginsAtTheInitialValue) {
  const absl::StatusOr<Fd> event = MakeEventFd(/*initial=*/7);
  ASSERT_THAT(event, IsOk());
  uint64_t value = 0;
  EXPECT_EQ(read(event->get(), &value, sizeof(value)),
            static_cast<ssize_t>(sizeof(value)));
  EXPECT_EQ(value, 7u);
}

TEST(OpenFileTest, ErrorNamesPathAndErrno) {
  const absl::StatusOr<Fd> fd = OpenFile("/nowhere/file", O_RDONLY);
  EXPECT_THAT(fd, StatusIs(absl::StatusCode::kNotFound,
                           HasSubstr("open(/nowhere/file)")));
  EXPECT_EQ(ErrnoOf(fd.status()), ENOENT);
}

TEST(OpenFileTest, ClosesOnExec) {
  EXPECT_EQ(fcntl(OpenNull().get(), F_GETFD), FD_CLOEXEC);
}

TEST(WriteAllTest, ReportsErrors) {
  EXPECT_EQ(ErrnoOf(WriteAll(-1, "x")), EBADF);
}

TEST(MemoryFileTest, SealedOneIsReadFromItsBeginAndNotChanged) {
  const absl::StatusOr<Fd> file = MakeMemoryFile("ktstr-test");
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(fcntl(file->get(), F_GETFD), FD_CLOEXEC);
  ASSERT_THAT(WriteAll(file->get(), "content"), IsOk());
  ASSERT_THAT(SealMemoryFile(file->get()), IsOk());
  EXPECT_EQ(ErrnoOf(WriteAll(file->get(), "other")), EPERM);
  std::array<char, 16> buffer = {};
  EXPECT_EQ(read(file->get(), buffer.data(), buffer.size()), 7);
  EXPECT_STREQ(buffer.data(), "content");
}

TEST(MemoryFileTest, ReadOnlyOneIsNotSealed) {
  const absl::StatusOr<Fd> file = OpenFile("/proc/self/exe", O_RDONLY);
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(ErrnoOf(SealMemoryFile(file->get())), EPERM);
}

// Far more than a pipe holds, to a reader who interrupts the writer whenever it
// has made some room.
TEST(WriteAllTest, GoesOnAfterShortWritesAndSignals) {
  ASSERT_THAT(InstallKickHandler(), IsOk());
  const absl::StatusOr<Pipe> pipe = MakePipe();
  ASSERT_THAT(pipe, IsOk());
  const std::string sent(4 << 20, 'x');
  const pid_t writer = gettid();
  size_t received = 0;
  std::thread reader([&] {
    static std::array<char, 32768> buffer;
    while (received < sent.size()) {
      const ssize_t got =
          read(pipe->read_end.get(), buffer.data(), buffer.size());
      if (got <= 0) return;
      received += static_cast<size_t>(got);
      Kick(getpid(), writer).IgnoreError();
    }
  });
  const absl::Status written = WriteAll(pipe->write_end.get(), sent);
  reader.join();
  EXPECT_THAT(written, IsOk());
  EXPECT_EQ(received, sent.size());
}

}  // namespace
}  // namespace ktstr
