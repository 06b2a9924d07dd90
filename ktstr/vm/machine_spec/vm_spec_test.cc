// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/machine_spec/vm_spec.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kRange = absl::StatusCode::kOutOfRange;

struct GoodSpec {
  const char* text;
  VmSpec spec;
};

constexpr GoodSpec kGoodSpecs[] = {
    {"1n1l1c1t", {1, 1, 1, 1}},     {"2n1l2c2t", {2, 1, 2, 2}},
    {"2N3L5C2T", {2, 3, 5, 2}},     {"4c", {1, 1, 4, 1}},
    {"2n", {2, 1, 1, 1}},           {"2n2t", {2, 1, 1, 2}},
    {"02n01l2c2t", {2, 1, 2, 2}},   {"64n1l1c1t", {64, 1, 1, 1}},
    {"1n1l255c1t", {1, 1, 255, 1}}, {"1n255l", {1, 255, 1, 1}},
};

TEST(VmSpecTest, ReadsPartsInTheirOrder) {
  for (const GoodSpec& good : kGoodSpecs) {
    SCOPED_TRACE(good.text);
    EXPECT_THAT(ParseVmSpec(good.text), IsOkAndHolds(good.spec));
  }
}

TEST(VmSpecTest, PrintsWhatItReads) {
  for (const GoodSpec& good : kGoodSpecs) {
    EXPECT_THAT(ParseVmSpec(good.spec.ToString()), IsOkAndHolds(good.spec));
  }
  EXPECT_THAT((VmSpec{2, 1, 2, 2}).ToString(), Eq("2n1l2c2t"));
}

TEST(VmSpecTest, CountsCpusAndLlcs) {
  const VmSpec spec = {2, 3, 4, 5};
  EXPECT_THAT(spec.cpus(), Eq(120u));
  EXPECT_THAT(spec.total_llcs(), Eq(6u));
}

struct BadSpec {
  const char* text;
  absl::StatusCode code;
  const char* message;
};

constexpr BadSpec kBadSpecs[] = {
    {"", kInvalid, "cannot read the machine ''"},
    {" ", kInvalid, "cannot read the machine ' '"},
    {"8", kInvalid, "'8'"},
    {"n", kInvalid, "'n'"},
    {"2n1l2c2", kInvalid, "'2n1l2c2'"},
    {"2n1l2c2t ", kInvalid, "'2n1l2c2t '"},
    {" 2n1l2c2t", kInvalid, "' 2n1l2c2t'"},
    {"2n1l2c2tt", kInvalid, "'2n1l2c2tt'"},
    {"2n1l2c2t1x", kInvalid, "'2n1l2c2t1x'"},
    {"1l2n2c2t", kInvalid, "'1l2n2c2t'"},
    {"2n2n", kInvalid, "'2n2n'"},
    {"2n,1l", kInvalid, "'2n,1l'"},
    {"-1n1l1c1t", kInvalid, "'-1n1l1c1t'"},
    {"+2n", kInvalid, "'+2n'"},
    {"2.5n", kInvalid, "'2.5n'"},
    {"0x2n", kInvalid, "'0x2n'"},
    {"\xff", kInvalid, "cannot read"},
    {"chiplets", kInvalid, "'chiplets' (did you mean 'chiplet'?): a machine"},
    {"CI", kInvalid, "'CI'"},
    {"0n1l1c1t", kRange, "'0n1l1c1t' cannot be built: it has no nodes"},
    {"1n0l1c1t", kRange, "it has no LLCs"},
    {"1n1l0c1t", kRange, "it has no cores"},
    {"1n1l1c0t", kRange, "it has no threads"},
    {"65n", kRange, "more than 64 nodes"},
    {"99999999999999999999n", kRange, "more than 64 nodes"},
    {"256c", kRange, "more than 255 CPUs"},
    {"4294967296c", kRange, "more than 255 CPUs"},
    {"64n255l255c255t", kRange, "more than 255 CPUs"},
    {"51n5t", kRange, "its 255 CPUs need APIC ids up to 404"},
    {"3n17l5c1t", kRange, "need APIC ids up to 644"},
};

TEST(VmSpecTest, SaysWhatIsWrong) {
  for (const BadSpec& bad : kBadSpecs) {
    SCOPED_TRACE(bad.text);
    EXPECT_THAT(ParseVmSpec(bad.text),
                StatusIs(bad.code, HasSubstr(bad.message)));
  }
}

TEST(VmSpecTest, TellsTheFormAndAnExample) {
  EXPECT_THAT(
      ParseVmSpec("ServeR"),
      StatusIs(kInvalid,
               Eq("cannot read the machine 'ServeR' (did you mean 'server'?): "
                  "a machine is NnNlNcNt (nodes, LLCs of a node, cores of an "
                  "LLC, threads of a core; what is left out is 1) as in "
                  "2n1l2c2t, or a name from `ktstr list vm`")));
}

TEST(VmSpecTest, FindsPresetsByName) {
  EXPECT_THAT(VmPresets().size(), Ge(8u));
  for (const VmPreset& preset : VmPresets()) {
    SCOPED_TRACE(std::string(preset.name));
    EXPECT_THAT(ParseVmSpec(preset.name), IsOkAndHolds(preset.spec));
    EXPECT_THAT(ParseVmSpec(preset.spec.ToString()), IsOkAndHolds(preset.spec));
    EXPECT_THAT(std::string(preset.help), Not(IsEmpty()));
  }
}

TEST(VmSpecTest, HasPresetsForTheOrdinaryMachines) {
  EXPECT_THAT(ParseVmSpec("single"), IsOkAndHolds(VmSpec{}));
  EXPECT_THAT(ParseVmSpec("ci"), IsOkAndHolds(VmSpec{2, 1, 2, 2}));
  EXPECT_THAT(ParseVmSpec("big"), IsOkAndHolds(VmSpec{1, 1, 64, 1}));
}

TEST(VmSpecTest, SortsPresetsAndNamesNoneTwice) {
  for (size_t i = 1; i < VmPresets().size(); ++i) {
    EXPECT_LT(VmPresets()[i - 1].name, VmPresets()[i].name);
  }
}

TEST(VmSpecTest, ListsOnePresetALine) {
  const std::string text = ListVm();
  EXPECT_THAT(text, HasSubstr("\nci         2n1l2c2t     8 CPUs the smallest"));
  EXPECT_THAT(text, HasSubstr("\nsingle     1n1l1c1t     1 CPU  one CPU"));
  const std::vector<std::string> lines =
      absl::StrSplit(text, '\n', absl::SkipEmpty());
  EXPECT_THAT(lines, SizeIs(VmPresets().size()));
  for (const std::string& line : lines) EXPECT_THAT(line.size(), Le(80u));
}

}  // namespace
}  // namespace ktstr
