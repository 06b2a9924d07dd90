// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/work/alu/alu_width.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/posix_error.h"

namespace ktstr {
namespace {

constexpr absl::string_view kNames[] = {"scalar", "vec128", "vec256", "vec512",
                                        "amx"};

// Bits of XCR0 (Intel SDM volume 1, 13.1).
constexpr uint64_t kYmmState = 0b110;       // With that of xmm.
constexpr uint64_t kZmmState = 0b11100110;  // With opmasks and ymm.
constexpr uint64_t kTileState = 0b11 << 17;
constexpr int kTileData = 18;  // The part that is given on request.

absl::Status Missing(AluWidth width, absl::string_view what,
                     absl::string_view why) {
  return absl::UnimplementedError(
      absl::StrCat(AluWidthName(width), " needs ", what, why));
}

absl::Status Check(AluWidth width, absl::string_view feature, bool present,
                   const AluFeatures& features, uint64_t states) {
  if (!present) {
    return Missing(width, feature, ", which the CPU has not got");
  }
  if ((features.xcr0 & states) != states) {
    return Missing(width, feature,
                   ", whose registers the kernel does not save");
  }
  return absl::OkStatus();
}

#if defined(__x86_64__)

// The lower bits of an extended control register; the kernel has turned the
// instruction on.
uint64_t ReadXcr0() {
  uint32_t low, high;
  __asm__ __volatile__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t{high} << 32 | low;
}

// arch_prctl(2), since Linux 5.16; older headers lack the numbers.
constexpr int kArchGetXcompSupp = 0x1021;
constexpr int kArchReqXcompPerm = 0x1023;

uint64_t StatesOnRequest() {
  uint64_t states = 0;
  // An older kernel refuses, and has none.
  if (syscall(SYS_arch_prctl, kArchGetXcompSupp, &states) != 0) return 0;
  return states;
}

absl::Status RequestTileData() {
  if (syscall(SYS_arch_prctl, kArchReqXcompPerm, kTileData) == 0) {
    return absl::OkStatus();
  }
  return NotInKernel(errno, "arch_prctl(ARCH_REQ_XCOMP_PERM)",
                     "the kernel does not give its registers");
}

#endif  // defined(__x86_64__)

}  // namespace

absl::string_view AluWidthName(AluWidth width) {
  return kNames[static_cast<size_t>(width)];
}

#if defined(__x86_64__)

AluFeatures ReadAluFeatures() {
  constexpr uint32_t kOsXsave = 1 << 27;  // Leaf 1, ECX.
  constexpr uint32_t kAmxTile = 1 << 24;  // Leaf 7, EDX.
  constexpr uint32_t kAmxInt8 = 1 << 25;
  AluFeatures features;
  uint32_t a, b, c, d;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0) return features;
  features.sse2 = (d & bit_SSE2) != 0;
  if ((c & kOsXsave) != 0) features.xcr0 = ReadXcr0();
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return features;
  features.avx2 = (b & bit_AVX2) != 0;
  features.avx512f = (b & bit_AVX512F) != 0;
  features.amx_tile = (d & kAmxTile) != 0;
  features.amx_int8 = (d & kAmxInt8) != 0;
  features.on_request = StatesOnRequest();
  return features;
}

absl::Status AllowAluWidth(AluWidth width) {
  absl::Status able = CheckAluWidth(width, ReadAluFeatures());
  if (!able.ok() || width != AluWidth::kAmx) return able;
  return RequestTileData();
}

#else

AluFeatures ReadAluFeatures() { return {}; }

absl::Status AllowAluWidth(AluWidth width) { return CheckAluWidth(width, {}); }

#endif  // defined(__x86_64__)

absl::Status CheckAluWidth(AluWidth width, const AluFeatures& features) {
  switch (width) {
    case AluWidth::kScalar:
      return absl::OkStatus();
    case AluWidth::kVec128:
      return Check(width, "SSE2", features.sse2, features, 0);
    case AluWidth::kVec256:
      return Check(width, "AVX2", features.avx2, features, kYmmState);
    case AluWidth::kVec512:
      return Check(width, "AVX512F", features.avx512f, features, kZmmState);
    case AluWidth::kAmx:
      break;
  }
  absl::Status tiles =
      Check(width, "AMX-TILE", features.amx_tile, features, kTileState);
  if (!tiles.ok()) return tiles;
  absl::Status numbers =
      Check(width, "AMX-INT8", features.amx_int8, features, kTileState);
  if (!numbers.ok()) return numbers;
  if ((features.on_request & uint64_t{1} << kTileData) == 0) {
    return Missing(width, "tile data",
                   ", which the kernel does not give on request");
  }
  return absl::OkStatus();
}

AluWidth AllowWidestAlu() {
  for (AluWidth width : {AluWidth::kAmx, AluWidth::kVec512, AluWidth::kVec256,
                         AluWidth::kVec128}) {
    if (AllowAluWidth(width).ok()) return width;
  }
  return AluWidth::kScalar;
}

}  // namespace ktstr
