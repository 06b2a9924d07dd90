// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/params.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/byte_size.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""us;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;

struct Params {
  enum class Wake { kPipe, kFutex, kEventfd };
  uint32_t depth = 4;
  uint64_t spins = 1024;
  Wake wake = Wake::kFutex;
  absl::Duration work = absl::Microseconds(100);
  ByteSize region = {4 << 20};
  std::string command = "true";
};

constexpr const char* kWakes[] = {"pipe", "futex", "eventfd"};
constexpr FieldDef kFields[] = {
    Field<&Params::depth>("depth", "stages", 2, 4096),
    Field<&Params::spins>("spins", "rounds", 0, 1 << 24),
    EnumField<&Params::wake>("wake", "how to wake", kWakes),
    Field<&Params::work>("work", "CPU time", 1us, 10s),
    Field<&Params::region>("region", "memory", 4096, 1 << 30),
    TextField<&Params::command>("command", "what to run", "a command"),
};

absl::Status Set(Params& params, const std::vector<ParamText>& texts) {
  const Params defaults;
  return SetParams(kFields, texts, &defaults, &params);
}

TEST(ParamsTest, SetsMembersOfEveryType) {
  Params params;
  EXPECT_THAT(Set(params, {{"depth", "2"},
                           {"spins", "16777216"},
                           {"wake", "pipe"},
                           {"work", "2.5ms"},
                           {"region", "64K"},
                           {"command", "ls -l"}}),
              IsOk());
  EXPECT_THAT(params.region.bytes, Eq(64 << 10));
  EXPECT_THAT(params.command, Eq("ls -l"));
  EXPECT_THAT(params,
              AllOf(::testing::Field(&Params::depth, 2u),
                    ::testing::Field(&Params::spins, 16777216u),
                    ::testing::Field(&Params::wake, Params::Wake::kPipe),
                    ::testing::Field(&Params::work, absl::Microseconds(2500))));
}

struct BadInput {
  const char* name;
  const char* value;
  absl::StatusCode code;
  const char* message;
};

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kRange = absl::StatusCode::kOutOfRange;

constexpr BadInput kBadInputs[] = {
    {"dept", "8", kInvalid,
     "unknown parameter 'dept' (did you mean 'depth'?); it has depth, spins, "
     "wake, work, region, command"},
    {"colour", "8", kInvalid,
     "unknown parameter 'colour'; it has depth, spins, wake, work, region, "
     "command"},
    {"", "8", kInvalid,
     "unknown parameter ''; it has depth, spins, wake, work, region, "
     "command"},
    {"depth", "1", kRange,
     "depth=1 is out of range; it takes 2 .. 4096 (default 4)"},
    {"depth", "4097", kRange,
     "depth=4097 is out of range; it takes 2 .. 4096 (default 4)"},
    {"spins", "18446744073709551615", kRange,
     "spins=18446744073709551615 is out of range; it takes 0 .. 16777216 "
     "(default 1024)"},
    {"depth", "-1", kInvalid,
     "depth=-1 cannot be read; it takes 2 .. 4096 (default 4)"},
    {"depth", "4.5", kInvalid,
     "depth=4.5 cannot be read; it takes 2 .. 4096 (default 4)"},
    {"depth", "many", kInvalid,
     "depth=many cannot be read; it takes 2 .. 4096 (default 4)"},
    {"depth", "", kInvalid,
     "depth= cannot be read; it takes 2 .. 4096 (default 4)"},
    {"work", "5", kInvalid,
     "work=5 cannot be read: a duration needs a unit, as in 5ms; it takes "
     "1us .. 10s (default 100us)"},
    {"work", "soon", kInvalid,
     "work=soon cannot be read: a duration needs a unit, as in 5ms; it takes "
     "1us .. 10s (default 100us)"},
    {"work", "0", kRange,
     "work=0 is out of range; it takes 1us .. 10s (default 100us)"},
    {"work", "-1us", kRange,
     "work=-1us is out of range; it takes 1us .. 10s (default 100us)"},
    {"work", "inf", kRange,
     "work=inf is out of range; it takes 1us .. 10s (default 100us)"},
    {"wake", "futexes", kInvalid,
     "wake=futexes is not a choice (did you mean 'futex'?); it takes pipe, "
     "futex, eventfd (default futex)"},
    {"wake", "1", kInvalid,
     "wake=1 is not a choice; it takes pipe, futex, eventfd (default futex)"},
};

TEST(ParamsTest, SaysWhatIsWrongAndWhatWouldBeRight) {
  for (const BadInput& bad : kBadInputs) {
    SCOPED_TRACE(bad.message);
    Params params;
    EXPECT_THAT(Set(params, {{bad.name, bad.value}}),
                StatusIs(bad.code, Eq(bad.message)));
    EXPECT_THAT(params.depth, Eq(4u));
    EXPECT_THAT(params.work, Eq(absl::Microseconds(100)));
  }
}

TEST(ParamsTest, RefusesWordsOfAStressorWithoutParameters) {
  EXPECT_THAT(
      SetParams({}, std::vector<ParamText>{{"depth", "8"}}, nullptr, nullptr),
      StatusIs(kInvalid, Eq("unknown parameter 'depth': the stressor has no "
                            "parameters")));
}

TEST(ParamsTest, AcceptsTheBoundsThemselves) {
  Params params;
  EXPECT_THAT(Set(params, {{"depth", "4096"}, {"work", "10s"}}), IsOk());
  EXPECT_THAT(Set(params, {{"depth", "2"}, {"work", "1us"}}), IsOk());
}

TEST(ParamsTest, PrintsRangesInTheUnitOfTheField) {
  EXPECT_THAT(FieldRange(kFields[0]), Eq("2 .. 4096"));
  EXPECT_THAT(FieldRange(kFields[2]), Eq("pipe, futex, eventfd"));
  EXPECT_THAT(FieldRange(kFields[3]), Eq("1us .. 10s"));
  EXPECT_THAT(FieldRange(kFields[4]), Eq("4K .. 1G"));
  EXPECT_THAT(FieldRange(kFields[5]), Eq("a command"));
}

TEST(ParamsTest, PrintsWhatCanBeSetAgain) {
  const Params defaults;
  Params params;
  ASSERT_THAT(Set(params, {{"wake", "eventfd"}, {"work", "1500us"}}), IsOk());
  const auto is = [](const char* name, const char* value, bool is_default) {
    return AllOf(::testing::Field(&ParamValue::name, name),
                 ::testing::Field(&ParamValue::value, value),
                 ::testing::Field(&ParamValue::is_default, is_default));
  };
  const std::vector<ParamValue> printed =
      PrintParams(kFields, &params, &defaults);
  EXPECT_THAT(
      printed,
      ElementsAre(is("depth", "4", true), is("spins", "1024", true),
                  is("wake", "eventfd", false), is("work", "1.5ms", false),
                  is("region", "4M", true), is("command", "true", true)));
  Params again;
  for (const ParamValue& value : printed) {
    EXPECT_THAT(Set(again, {{value.name, value.value}}), IsOk());
  }
  EXPECT_THAT(again.work, Eq(params.work));
  EXPECT_THAT(again.wake, Eq(params.wake));
}

}  // namespace
}  // namespace ktstr
