// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/guest/init.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/file.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/vm/channel/channel.pb.h"
#include "ktstr/vm/channel/names.h"
#include "ktstr/vm/channel/sender.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;

// Exit codes of the children.
constexpr int kRefused = 0;
constexpr int kRan = 1;
constexpr int kNotAllowed = 2;

int MustNotRun(const proto::GuestConfig&, Sender&) { _exit(kRan); }

std::string Mounts() {
  const absl::StatusOr<std::string> mounts = ReadFile("/proc/self/mountinfo");
  EXPECT_THAT(mounts, IsOk());
  return mounts.value_or("");
}

TEST(BeGuestInitTest, DoesNothingInAnOrdinaryProcess) {
  ASSERT_NE(getpid(), 1);
  const std::string before = Mounts();
  EXPECT_THAT(BeGuestInit("1.2.3", MustNotRun),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("only the first process")));
  EXPECT_EQ(Mounts(), before);
}

// As the first process of a container.
int BeFirstInNamespace() {
  if (unshare(CLONE_NEWPID | CLONE_NEWNS) != 0) return kNotAllowed;
  // What would be mounted after all is nobody else's.
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return kNotAllowed;
  }
  absl::StatusOr<Child> first = Child::Spawn([] {
    if (getpid() != 1) return kNotAllowed;
    return absl::IsFailedPrecondition(BeGuestInit("1.2.3", MustNotRun))
               ? kRefused
               : kRan;
  });
  const absl::StatusOr<ChildEnd> end =
      first.ok() ? first->Reap() : first.status();
  return end.ok() && end->kind == ChildEnd::kExited ? end->value : kRan;
}

TEST(BeGuestInitTest, DoesNothingAsTheFirstProcessOfAContainer) {
  ASSERT_NE(access(kGuestConfigFile, F_OK), 0);
  absl::StatusOr<Child> child = Child::Spawn(BeFirstInNamespace);
  ASSERT_THAT(child, IsOk());
  const absl::StatusOr<ChildEnd> end = child->Reap();
  ASSERT_THAT(end, IsOk());
  if (end->value == kNotAllowed) GTEST_SKIP() << "no namespaces here";
  EXPECT_EQ(DescribeEnd(*end), "exited with code 0");
}

}  // namespace
}  // namespace ktstr
