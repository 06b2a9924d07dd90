// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/plan/selection.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/cli/plan/fake_stressors.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

// As "alias=name".
absl::StatusOr<std::vector<std::string>> Select(const SelectionText& text) {
  const auto selections = SelectStressors(text, FakeStressors());
  if (!selections.ok()) return selections.status();
  std::vector<std::string> names;
  for (const Selection& selection : *selections) {
    names.push_back(absl::StrCat(selection.alias, "=", selection.def->name));
  }
  return names;
}

TEST(SelectionTest, KeepsTheOrderOfTheList) {
  EXPECT_THAT(Select({"wake, spin", "", ""}),
              IsOkAndHolds(ElementsAre("wake=wake", "spin=spin")));
}

TEST(SelectionTest, GivesOneStressorTwoNames) {
  EXPECT_THAT(Select({"fast=wake,slow=wake", "", ""}),
              IsOkAndHolds(ElementsAre("fast=wake", "slow=wake")));
}

TEST(SelectionTest, TakesAllAndMore) {
  EXPECT_THAT(
      Select({"all,again=spin", "", ""}),
      IsOkAndHolds(ElementsAre("spin=spin", "wake=wake", "again=spin")));
}

TEST(SelectionTest, FiltersWholeNames) {
  EXPECT_THAT(Select({"", "sp.*", ""}), IsOkAndHolds(ElementsAre("spin=spin")));
  EXPECT_THAT(Select({"all", "", "sp.*"}),
              IsOkAndHolds(ElementsAre("wake=wake")));
  EXPECT_THAT(Select({"", "pin|wake", ""}),
              IsOkAndHolds(ElementsAre("wake=wake")));
}

TEST(SelectionTest, FiltersByTheNameInTheRun) {
  EXPECT_THAT(Select({"fast=wake,spin", "f.*", ""}),
              IsOkAndHolds(ElementsAre("fast=wake")));
}

TEST(SelectionTest, RefusesWhatCannotBe) {
  const auto refuses = [](const SelectionText& text, const char* message) {
    EXPECT_THAT(Select(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                       StartsWith(message)));
  };
  refuses({"wakke", "", ""},
          "there is no stressor 'wakke' (did you mean 'wake'?)");
  refuses({"xyzzy", "", ""},
          "there is no stressor 'xyzzy'; 'ktstr list' shows them all");
  refuses({"a=wakke", "", ""}, "there is no stressor 'wakke' (did you mean");
  refuses({"wake,,spin", "", ""}, "--stressor has an empty name in its list");
  refuses({"=wake", "", ""}, "'' in --stressor cannot be a name");
  refuses({"a.b=wake", "", ""}, "'a.b' in --stressor cannot be a name");
  refuses({"wake,wake", "", ""},
          "--stressor has 'wake' twice; give each a name of its own: "
          "first=wake,second=wake");
  refuses({"all,wake", "", ""}, "--stressor has 'wake' twice");
  refuses({"", "wake(", ""}, "--filter=wake(: missing ): wake(");
  refuses({"", "", "*"}, "--exclude=*: no argument for repetition operator");
  refuses({"all", "nothing", ""},
          "--filter and --exclude leave no stressor to run");
}

}  // namespace
}  // namespace ktstr
