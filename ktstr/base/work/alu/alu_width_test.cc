// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/work/alu/alu_width.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// A processor and a kernel with everything.
AluFeatures Everything() {
  return {.sse2 = true,
          .avx2 = true,
          .avx512f = true,
          .amx_tile = true,
          .amx_int8 = true,
          .xcr0 = 0x602e7,
          .on_request = 0x40000};
}

void ExpectMissing(AluWidth width, const AluFeatures& features,
                   const char* feature, const char* why) {
  EXPECT_THAT(CheckAluWidth(width, features),
              StatusIs(absl::StatusCode::kUnimplemented,
                       AllOf(HasSubstr(feature), HasSubstr(why))));
}

TEST(AluWidthTest, HasANameEach) {
  EXPECT_EQ(AluWidthName(AluWidth::kScalar), "scalar");
  EXPECT_EQ(AluWidthName(AluWidth::kAmx), "amx");
}

TEST(AluWidthTest, ScalarNeedsNothing) {
  EXPECT_THAT(CheckAluWidth(AluWidth::kScalar, {}), IsOk());
}

TEST(AluWidthTest, AMachineWithEverythingHasEveryWidth) {
  for (AluWidth width :
       {AluWidth::kScalar, AluWidth::kVec128, AluWidth::kVec256,
        AluWidth::kVec512, AluWidth::kAmx}) {
    EXPECT_THAT(CheckAluWidth(width, Everything()), IsOk());
  }
}

TEST(AluWidthTest, NamesWhatTheProcessorLacks) {
  const char* const why = "which the CPU has not got";
  ExpectMissing(AluWidth::kVec128, {}, "vec128 needs SSE2", why);
  ExpectMissing(AluWidth::kVec256, {}, "vec256 needs AVX2", why);
  ExpectMissing(AluWidth::kVec512, {}, "vec512 needs AVX512F", why);
  ExpectMissing(AluWidth::kAmx, {}, "amx needs AMX-TILE", why);
  AluFeatures features = Everything();
  features.amx_int8 = false;
  ExpectMissing(AluWidth::kAmx, features, "amx needs AMX-INT8", why);
}

TEST(AluWidthTest, NamesWhatTheKernelDoesNotSave) {
  const char* const why = "the kernel does not save";
  AluFeatures features = Everything();
  features.xcr0 = 0b011;  // Of xmm only.
  ExpectMissing(AluWidth::kVec256, features, "AVX2", why);
  features.xcr0 = 0b111;  // Of ymm, but not of zmm.
  EXPECT_THAT(CheckAluWidth(AluWidth::kVec256, features), IsOk());
  ExpectMissing(AluWidth::kVec512, features, "AVX512F", why);
  features.xcr0 = 0x2e7;  // All but tiles.
  EXPECT_THAT(CheckAluWidth(AluWidth::kVec512, features), IsOk());
  ExpectMissing(AluWidth::kAmx, features, "AMX-TILE", why);
}

TEST(AluWidthTest, TilesMustBeThereOnRequest) {
  AluFeatures features = Everything();
  features.on_request = 0;
  ExpectMissing(AluWidth::kAmx, features, "tile data", "does not give");
}

TEST(AluWidthTest, TheWidestOfThisMachineIsAllowed) {
  const AluWidth widest = AllowWidestAlu();
  EXPECT_THAT(AllowAluWidth(widest), IsOk());
  EXPECT_THAT(CheckAluWidth(widest, ReadAluFeatures()), IsOk());
#if defined(__x86_64__)
  EXPECT_NE(widest, AluWidth::kScalar);
#endif
}

}  // namespace
}  // namespace ktstr
