// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// A stressor's report as tests write it down.
#ifndef KTSTR_CHECKS_STRESSOR_TEXT_H_
#define KTSTR_CHECKS_STRESSOR_TEXT_H_

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

inline proto::Stressor StressorFromText(const std::string& text) {
  proto::Stressor stressor;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &stressor));
  return stressor;
}

// EXPECT_THAT(CheckHost(stressor), IsLine("host", proto::FAIL, HasSubstr("")));
MATCHER_P3(IsLine, name, verdict, detail, "") {
  *result_listener << arg.ShortDebugString();
  return arg.name() == name && arg.verdict() == verdict &&
         testing::ExplainMatchResult(detail, arg.detail(), result_listener);
}

}  // namespace ktstr

#endif  // KTSTR_CHECKS_STRESSOR_TEXT_H_
