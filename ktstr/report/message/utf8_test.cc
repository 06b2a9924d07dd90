// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/utf8.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {
namespace {

TEST(ToUtf8Test, KeepsCharactersOfAllSizes) {
  const std::string text = "a\xC3\xBC\xE2\x82\xAC\xF0\x9F\x90\xA7\xED\x9F\xBF";
  EXPECT_EQ(ToUtf8(text), text);
}

TEST(ToUtf8Test, ReplacesWhatIsNoCharacter) {
  EXPECT_EQ(ToUtf8("a\xFF"
                   "b"),
            "a?b");
  EXPECT_EQ(ToUtf8("\x80"), "?");
  EXPECT_EQ(ToUtf8("\xC3"), "?");       // Cut off.
  EXPECT_EQ(ToUtf8("\xC0\xAF"), "??");  // Longer than needed.
  EXPECT_EQ(ToUtf8("\xE0\x80\xAF"), "???");
  EXPECT_EQ(ToUtf8("\xED\xA0\x80"), "???");       // A surrogate.
  EXPECT_EQ(ToUtf8("\xF4\x90\x80\x80"), "????");  // Too large.
}

TEST(MakeStringsUtf8Test, ReachesEveryField) {
  proto::Report report;
  report.set_version("\xFF");
  report.add_command_line("ok");
  report.add_command_line("\xFE");
  report.mutable_host()->set_cgroup("/a\xFD");
  report.add_stressors()->add_workers()->set_failure("\xFC!");
  MakeStringsUtf8(report);
  EXPECT_EQ(report.version(), "?");
  EXPECT_THAT(report.command_line(), testing::ElementsAre("ok", "?"));
  EXPECT_EQ(report.host().cgroup(), "/a?");
  EXPECT_EQ(report.stressors(0).workers(0).failure(), "?!");
  EXPECT_FALSE(report.has_options());
}

TEST(MakeStringsUtf8Test, MakesAReportThatCanBeReadAgain) {
  proto::Report report;
  report.add_command_line("\xED\xA0\x80\xC0\xAF\xF4\x90\x80\x80");
  MakeStringsUtf8(report);
  EXPECT_TRUE(proto::Report().ParseFromString(report.SerializeAsString()));
}

}  // namespace
}  // namespace ktstr
