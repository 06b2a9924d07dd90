// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/core_cookie.h"

#include <errno.h>
#include <unistd.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;

// 0, or the number of the step that went wrong. Cookies cannot be given back,
// hence in a child.
int ShareWithParent(pid_t parent, uint64_t of_parent) {
  if (GetCoreCookie(0).value_or(1) != of_parent) return 1;  // Inherited.
  if (!CreateCoreCookie(0).ok()) return 2;
  const uint64_t own = GetCoreCookie(0).value_or(0);
  if (own == 0 || own == of_parent) return 3;
  if (!ShareCoreCookieTo(parent).ok()) return 4;
  if (GetCoreCookie(parent).value_or(0) != own) return 5;
  if (!CreateCoreCookie(parent).ok()) return 6;
  if (!ShareCoreCookieFrom(parent).ok()) return 7;
  return GetCoreCookie(0).value_or(0) == GetCoreCookie(parent).value_or(1) ? 0
                                                                           : 8;
}

TEST(CoreCookieTest, IsMadeSharedAndInherited) {
  const absl::StatusOr<uint64_t> cookie = GetCoreCookie(0);
  if (absl::IsUnimplemented(cookie.status())) {
    // Then nothing works, and all say so.
    EXPECT_THAT(CreateCoreCookie(0),
                StatusIs(absl::StatusCode::kUnimplemented));
    EXPECT_THAT(ShareCoreCookieTo(getpid()),
                StatusIs(absl::StatusCode::kUnimplemented));
    EXPECT_THAT(ShareCoreCookieFrom(getpid()),
                StatusIs(absl::StatusCode::kUnimplemented));
    GTEST_SKIP() << cookie.status().message();
  }
  ASSERT_THAT(cookie, IsOk());
  absl::StatusOr<Child> child = Child::Spawn([] {
    if (!CreateCoreCookie(0).ok()) return 20;
    const uint64_t own = GetCoreCookie(0).value_or(0);
    const pid_t self = getpid();
    absl::StatusOr<Child> grandchild =
        Child::Spawn([self, own] { return ShareWithParent(self, own); });
    return grandchild.ok() ? grandchild->Reap()->value : 21;
  });
  ASSERT_THAT(child, IsOk());
  EXPECT_EQ(child->Reap()->value, 0);
}

TEST(CoreCookieTest, SaysWhatIsMissing) {
  EXPECT_THAT(CoreCookieRefusal(EINVAL, "call"),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("no CONFIG_SCHED_CORE")));
  EXPECT_THAT(CoreCookieRefusal(ENODEV, "call"),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("no SMT")));
  EXPECT_THAT(CoreCookieRefusal(EPERM, "call"),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("CAP_SYS_PTRACE")));
  EXPECT_EQ(ErrnoOf(CoreCookieRefusal(ESRCH, "call")), ESRCH);
}

}  // namespace
}  // namespace ktstr
