// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What the compiler made of the loops: this program, disassembled.

#include "ktstr/base/work/alu/alu_kernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "ktstr/base/work/alu/alu_width.h"

#if defined(__x86_64__)

namespace ktstr {
namespace {

// The instructions of a function, "imul %rdi,%r8" each; empty without objdump.
std::vector<std::string> InstructionsOf(absl::string_view function) {
  const std::string command = absl::StrCat(
      "objdump -d -C --no-addresses --no-show-raw-insn '--disassemble=ktstr::",
      function, "(ktstr::AluState&, unsigned long)' /proc/", getpid(), "/exe");
  FILE* const output = popen(command.c_str(), "r");
  std::vector<std::string> instructions;
  char line[512];
  while (fgets(line, sizeof(line), output) != nullptr) {
    if (line[0] == '\t') instructions.push_back(line + 1);
  }
  EXPECT_EQ(pclose(output), 0) << command;
  return instructions;
}

// A register as wide as `width` and no other, by its name.
absl::string_view RegisterOf(AluWidth width) {
  switch (width) {
    case AluWidth::kScalar:
      return "%r";
    case AluWidth::kVec128:
      return "%xmm";
    case AluWidth::kVec256:
      return "%ymm";
    case AluWidth::kVec512:
      return "%zmm";
    case AluWidth::kAmx:
      break;
  }
  return "%tmm";
}

struct Expected {
  AluWidth width;
  const char* function;
  const char* multiplication;  // Its name.
};

class AluKernelsTest : public testing::TestWithParam<Expected> {};

INSTANTIATE_TEST_SUITE_P(
    Widths, AluKernelsTest,
    testing::Values(Expected{AluWidth::kScalar, "RunAluScalar", "imul"},
                    Expected{AluWidth::kVec128, "RunAluVec128", "pmuludq"},
                    Expected{AluWidth::kVec256, "RunAluVec256", "vpmuludq"},
                    Expected{AluWidth::kVec512, "RunAluVec512", "vpmuludq"},
                    Expected{AluWidth::kAmx, "RunAluAmx", "tdpbssd"}),
    [](const testing::TestParamInfo<Expected>& row) {
      return std::string(AluWidthName(row.param.width));
    });

TEST_P(AluKernelsTest, MultipliesInItsRegistersOnly) {
  // Keeps it in this program.
  ASSERT_NE(AluKernelOf(GetParam().width), nullptr);
  if (system("objdump --version >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "needs objdump";
  }
  size_t multiplications = 0;
  for (const std::string& line : InstructionsOf(GetParam().function)) {
    const std::vector<std::string> words =
        absl::StrSplit(line, absl::ByAnyChar(" \n"), absl::SkipEmpty());
    ASSERT_FALSE(words.empty());
    const absl::string_view name = words[0];
    if (!absl::StrContains(name, "mul") && !absl::StartsWith(name, "tdp")) {
      continue;
    }
    ++multiplications;
    EXPECT_EQ(name, GetParam().multiplication) << line;
    ASSERT_EQ(words.size(), 2) << line;
    for (absl::string_view operand : absl::StrSplit(words[1], ',')) {
      EXPECT_TRUE(absl::StartsWith(operand, RegisterOf(GetParam().width)))
          << line;
    }
  }
  // A compiler may unroll the loop.
  EXPECT_GE(multiplications, kAluChains);
  EXPECT_EQ(multiplications % kAluChains, 0);
}

}  // namespace
}  // namespace ktstr

#endif  // defined(__x86_64__)
