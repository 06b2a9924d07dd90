// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/scheduler_proto.h"

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/scheduler/scheduler_result.h"

namespace ktstr {
namespace {

TEST(SchedulerProtoTest, HoldsEverything) {
  SchedulerResult result;
  result.command = {"/bin/scx_simple", "-v"};
  result.state_before = "disabled (seq 0)";
  result.state_loaded = "enabled simple (seq 1)";
  result.state_after = "disabled (seq 1)";
  result.ops = "simple";
  result.failure = "ejected";
  result.exit = "exited with code 0";
  result.kernel_log = {"why", "where"};
  result.output = {"last line"};
  proto::Scheduler expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        command: [ "/bin/scx_simple", "-v" ]
        state_before: "disabled (seq 0)"
        state_loaded: "enabled simple (seq 1)"
        state_after: "disabled (seq 1)"
        ops: "simple"
        failure: "ejected"
        exit: "exited with code 0"
        kernel_log: [ "why", "where" ]
        output: "last line"
      )pb",
      &expected));
  EXPECT_EQ(ToProto(result).DebugString(), expected.DebugString());
}

TEST(SchedulerProtoTest, IsAlwaysUtf8) {
  SchedulerResult result;
  result.command = {"\xFF"};
  result.output = {"gr\xC3\xBC\xC3\x9F", "cut \xC3"};
  const proto::Scheduler message = ToProto(result);
  EXPECT_EQ(message.command(0), "?");
  EXPECT_EQ(message.output(0), "gr\xC3\xBC\xC3\x9F");
  EXPECT_EQ(message.output(1), "cut ?");
}

}  // namespace
}  // namespace ktstr
