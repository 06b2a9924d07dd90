// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/user/try_as.h"

#include <unistd.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/user/user.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr UserIds kNobody = {65534, 65534};

TEST(TryAsTest, TellsWhatCameOfIt) {
  EXPECT_THAT(TryAs(std::nullopt, [] { return absl::OkStatus(); }), IsOk());
  EXPECT_THAT(TryAs(std::nullopt,
                    [] { return absl::UnimplementedError("no such thing"); }),
              StatusIs(absl::StatusCode::kUnimplemented, "no such thing"));
}

TEST(TryAsTest, LeavesNothingOfItBehind) {
  int seen = 0;
  EXPECT_THAT(TryAs(std::nullopt,
                    [&seen] {
                      seen = 1;
                      return absl::OkStatus();
                    }),
              IsOk());
  EXPECT_EQ(seen, 0);
}

TEST(TryAsTest, TriesAsTheUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another";
  EXPECT_THAT(
      TryAs(kNobody,
            [] { return absl::InternalError(absl::StrCat(geteuid())); }),
      StatusIs(absl::StatusCode::kInternal, "65534"));
}

TEST(TryAsTest, UsersThatOneMayNotBecomeAreTold) {
  const bool is_root = geteuid() == 0;
  const absl::Status status =
      TryAs(is_root ? std::optional<UserIds>(kNobody) : std::nullopt, [] {
        return TryAs(UserIds{12345, 12345}, [] { return absl::OkStatus(); });
      });
  EXPECT_THAT(std::string(status.message()), HasSubstr("set"));
  EXPECT_FALSE(status.ok());
}

TEST(TryAsTest, LongMessagesAreCutOff) {
  const absl::Status status = TryAs(std::nullopt, [] {
    return absl::InternalError(std::string(10'000, 'x'));
  });
  EXPECT_THAT(std::string(status.message()), SizeIs(500));
}

TEST(TryAsTest, ADeathOverItIsTold) {
  EXPECT_THAT(
      TryAs(std::nullopt, []() -> absl::Status { _exit(3); }),
      StatusIs(absl::StatusCode::kAborted, HasSubstr("exited with code 3")));
}

}  // namespace
}  // namespace ktstr
