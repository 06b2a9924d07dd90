// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_TESTING_STATUS_MATCHERS_H_
#define KTSTR_TESTING_STATUS_MATCHERS_H_

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"

// Matchers for absl::Status and absl::StatusOr<T>.

namespace ktstr {
namespace internal_status_matchers {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}

template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// Converts to a matcher of any StatusOr whose value `inner` matches.
template <typename Inner>
class HoldsMatcher {
 public:
  explicit HoldsMatcher(Inner inner) : inner_(std::move(inner)) {}

  template <typename Result>
  operator testing::Matcher<Result>() const {  // NOLINT
    return testing::Matcher<Result>(new Impl<Result>(inner_));
  }

 private:
  template <typename Result>
  class Impl : public testing::MatcherInterface<Result> {
   public:
    using Value = typename std::remove_cvref_t<Result>::value_type;
    explicit Impl(const Inner& inner)
        : matcher_(testing::SafeMatcherCast<const Value&>(inner)) {}

    void DescribeTo(std::ostream* os) const override {
      *os << "is OK and holds a value that ";
      matcher_.DescribeTo(os);
    }
    void DescribeNegationTo(std::ostream* os) const override {
      *os << "is an error or holds a value that ";
      matcher_.DescribeNegationTo(os);
    }
    bool MatchAndExplain(
        Result result, testing::MatchResultListener* listener) const override {
      if (!result.ok()) {
        *listener << "whose status is " << result.status().ToString();
        return false;
      }
      return matcher_.MatchAndExplain(*result, listener);
    }

   private:
    const testing::Matcher<const Value&> matcher_;
  };

  const Inner inner_;
};

}  // namespace internal_status_matchers

// EXPECT_THAT(SetAffinity(0, cpus), IsOk());
MATCHER(IsOk, negation ? "is an error" : "is OK") {
  const absl::Status& status = internal_status_matchers::StatusOf(arg);
  *result_listener << "whose status is " << status.ToString();
  return status.ok();
}

// EXPECT_THAT(CpuSet::Parse("3-1"),
//             StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("3-1")));
// The second matcher is for the message, a std::string.
MATCHER_P2(StatusIs, code, message, "") {
  const absl::Status& status = internal_status_matchers::StatusOf(arg);
  *result_listener << "whose status is " << status.ToString();
  return status.code() == code &&
         testing::ExplainMatchResult(message, std::string(status.message()),
                                     result_listener);
}

inline auto StatusIs(absl::StatusCode code) {
  return StatusIs(code, testing::_);
}

// EXPECT_THAT(ReadFile(path), IsOkAndHolds("42")); the argument is a value or a
// matcher.
template <typename Inner>
internal_status_matchers::HoldsMatcher<std::decay_t<Inner>> IsOkAndHolds(
    Inner&& inner) {
  return internal_status_matchers::HoldsMatcher<std::decay_t<Inner>>(
      std::forward<Inner>(inner));
}

}  // namespace ktstr

#endif  // KTSTR_TESTING_STATUS_MATCHERS_H_
