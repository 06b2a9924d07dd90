// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/script.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ScriptTest, NamesItsInterpreter) {
  for (const absl::string_view text :
       {"#!/bin/sh", "#!/bin/sh\nexit", "#! \t/bin/sh -e\n", "#!/bin/sh\r\n"}) {
    EXPECT_TRUE(IsScript(text));
    EXPECT_THAT(ScriptInterpreters(text, ""),
                IsOkAndHolds(ElementsAre("/bin/sh")));
  }
  EXPECT_FALSE(IsScript("# !/bin/sh"));
  EXPECT_FALSE(IsScript("#"));
}

TEST(ScriptTest, EnvLooksForItsProgram) {
  const TempDir root;
  root.Write("usr/bin/tool", "");
  for (const absl::string_view text :
       {"#!/usr/bin/env tool", "#!/usr/bin/env -S A=b tool -x"}) {
    EXPECT_THAT(ScriptInterpreters(text, root.path()),
                IsOkAndHolds(ElementsAre("/usr/bin/env", "/usr/bin/tool")));
  }
  EXPECT_THAT(ScriptInterpreters("#!/usr/bin/env none", root.path()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("'none'")));
}

TEST(ScriptTest, RefusesLinesWithoutAbsolutePath) {
  for (const absl::string_view text : {"#!", "#!\n/bin/sh", "#!  ", "#!sh"}) {
    EXPECT_THAT(ScriptInterpreters(text, ""),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(ScriptTest, ReadsNoMoreThanTheKernel) {
  const std::string text = "#!/usr/bin/env " + std::string(300, ' ') + "tool\n";
  EXPECT_THAT(ScriptInterpreters(text, ""),
              IsOkAndHolds(ElementsAre("/usr/bin/env")));
}

}  // namespace
}  // namespace ktstr
