// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/words.h"

#include <signal.h>

#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {
namespace {

TEST(PluralTest, HasOneFormForOne) {
  EXPECT_EQ(Plural(0, "worker"), "0 workers");
  EXPECT_EQ(Plural(1, "worker"), "1 worker");
  EXPECT_EQ(Plural(3, "worker"), "3 workers");
}

TEST(SignalNameTest, NumbersWhatHasNoName) {
  EXPECT_EQ(SignalName(SIGKILL), "SIGKILL");
  EXPECT_EQ(SignalName(999), "signal 999");
}

TEST(VerdictWordTest, HasNoWordForNone) {
  EXPECT_EQ(VerdictWord(proto::SKIP), "SKIP");
  EXPECT_EQ(VerdictWord(proto::VERDICT_UNSPECIFIED), "----");
}

TEST(ParamWordsTest, CanBeSetAgain) {
  proto::Stressor stressor;
  EXPECT_EQ(ParamWords(stressor.params()), "");
  for (const char* name : {"depth", "wake"}) {
    proto::Param& param = *stressor.add_params();
    param.set_name(name);
    param.set_value("8");
  }
  EXPECT_EQ(ParamWords(stressor.params()), "depth=8 wake=8");
}

}  // namespace
}  // namespace ktstr
