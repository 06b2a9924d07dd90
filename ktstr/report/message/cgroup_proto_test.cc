// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/cgroup_proto.h"

#include <errno.h>

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "ktstr/core/run_result.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {
namespace {

proto::Cgroup FromText(const std::string& text) {
  proto::Cgroup cgroup;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &cgroup));
  return cgroup;
}

CgroupResult Full() {
  CgroupResult cgroup;
  cgroup.name = "b";
  cgroup.folder = "/sys/fs/cgroup/ktstr.1.2/b";
  cgroup.workers = 4;
  cgroup.weight = 0.3;
  cgroup.has_cpu = true;
  cgroup.settings = {{.name = "weight",
                      .asked = "300",
                      .got = "100",
                      .error = EACCES,
                      .applied = false,
                      .why = "not delegated"}};
  cgroup.stats = {.usage_known = true,
                  .usage_ns = 1,
                  .user_ns = 2,
                  .system_ns = 3,
                  .bandwidth_known = true,
                  .periods = 4,
                  .throttled_periods = 5,
                  .throttled_ns = 6,
                  .pressure_known = true,
                  .some_stalled_ns = 7,
                  .full_stalled_ns = 8};
  cgroup.trouble = "rmdir: Device or resource busy";
  return cgroup;
}

TEST(CgroupProtoTest, CarriesEverythingInItsPlace) {
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(
      ToProto(Full()), FromText(R"pb(
        name: "b"
        folder: "/sys/fs/cgroup/ktstr.1.2/b"
        workers: 4
        weight: 0.3
        has_cpu: true
        settings {
          name: "weight"
          asked: "300"
          got: "100"
          error: 13
          error_name: "EACCES"
          why: "not delegated"
        }
        usage_ns: 1
        user_ns: 2
        system_ns: 3
        periods: 4
        throttled_periods: 5
        throttled_ns: 6
        some_stalled_ns: 7
        full_stalled_ns: 8
        trouble: "rmdir: Device or resource busy"
      )pb")))
      << ToProto(Full()).DebugString();
}

TEST(CgroupProtoTest, LeavesOutWhatTheKernelDidNotTell) {
  CgroupResult cgroup = Full();
  cgroup.stats.usage_known = false;
  EXPECT_FALSE(ToProto(cgroup).has_usage_ns());
  EXPECT_FALSE(ToProto(cgroup).has_system_ns());
  EXPECT_TRUE(ToProto(cgroup).has_periods());
  cgroup.stats.bandwidth_known = false;
  EXPECT_FALSE(ToProto(cgroup).has_periods());
  EXPECT_FALSE(ToProto(cgroup).has_throttled_ns());
  EXPECT_TRUE(ToProto(cgroup).has_some_stalled_ns());
  cgroup.stats.pressure_known = false;
  EXPECT_FALSE(ToProto(cgroup).has_some_stalled_ns());
  EXPECT_FALSE(ToProto(cgroup).has_full_stalled_ns());
}

TEST(CgroupProtoTest, TellsZeroFromUnknown) {
  CgroupResult idle;
  idle.stats.usage_known = true;
  EXPECT_TRUE(ToProto(idle).has_usage_ns());
  EXPECT_EQ(ToProto(idle).usage_ns(), 0);
}

}  // namespace
}  // namespace ktstr
