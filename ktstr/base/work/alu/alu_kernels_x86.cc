// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/work/alu/alu_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

// Written out for each width, since a function takes over the instructions of
// its caller only where it is inlined, which the compiler decides.

namespace ktstr {

__attribute__((target("sse2"))) void RunAluVec128(AluState& state,
                                                  uint64_t steps) {
  auto* const lanes = reinterpret_cast<__m128i*>(state.lanes);
  constexpr ptrdiff_t kRow = kMaxAluLanes / 2;
  const __m128i multiplier = _mm_set1_epi64x(kAluMultiplier);
  __m128i a = _mm_load_si128(lanes);
  __m128i b = _mm_load_si128(lanes + kRow);
  __m128i c = _mm_load_si128(lanes + 2 * kRow);
  __m128i d = _mm_load_si128(lanes + 3 * kRow);
  for (; steps > 0; --steps) {
    a = _mm_add_epi64(_mm_mul_epu32(a, multiplier), _mm_srli_epi64(a, 32));
    b = _mm_add_epi64(_mm_mul_epu32(b, multiplier), _mm_srli_epi64(b, 32));
    c = _mm_add_epi64(_mm_mul_epu32(c, multiplier), _mm_srli_epi64(c, 32));
    d = _mm_add_epi64(_mm_mul_epu32(d, multiplier), _mm_srli_epi64(d, 32));
  }
  _mm_store_si128(lanes, a);
  _mm_store_si128(lanes + kRow, b);
  _mm_store_si128(lanes + 2 * kRow, c);
  _mm_store_si128(lanes + 3 * kRow, d);
}

__attribute__((target("avx2"))) void RunAluVec256(AluState& state,
                                                  uint64_t steps) {
  auto* const lanes = reinterpret_cast<__m256i*>(state.lanes);
  constexpr ptrdiff_t kRow = kMaxAluLanes / 4;
  const __m256i multiplier = _mm256_set1_epi64x(kAluMultiplier);
  __m256i a = _mm256_load_si256(lanes);
  __m256i b = _mm256_load_si256(lanes + kRow);
  __m256i c = _mm256_load_si256(lanes + 2 * kRow);
  __m256i d = _mm256_load_si256(lanes + 3 * kRow);
  for (; steps > 0; --steps) {
    a = _mm256_add_epi64(_mm256_mul_epu32(a, multiplier),
                         _mm256_srli_epi64(a, 32));
    b = _mm256_add_epi64(_mm256_mul_epu32(b, multiplier),
                         _mm256_srli_epi64(b, 32));
    c = _mm256_add_epi64(_mm256_mul_epu32(c, multiplier),
                         _mm256_srli_epi64(c, 32));
    d = _mm256_add_epi64(_mm256_mul_epu32(d, multiplier),
                         _mm256_srli_epi64(d, 32));
  }
  _mm256_store_si256(lanes, a);
  _mm256_store_si256(lanes + kRow, b);
  _mm256_store_si256(lanes + 2 * kRow, c);
  _mm256_store_si256(lanes + 3 * kRow, d);
}

__attribute__((target("avx512f"))) void RunAluVec512(AluState& state,
                                                     uint64_t steps) {
  auto* const lanes = reinterpret_cast<__m512i*>(state.lanes);
  // The forms without a mask make g++ 12 warn of its own header.
  constexpr __mmask8 kAll = 0xff;
  const __m512i multiplier = _mm512_set1_epi64(kAluMultiplier);
  __m512i a = _mm512_load_si512(lanes);
  __m512i b = _mm512_load_si512(lanes + 1);
  __m512i c = _mm512_load_si512(lanes + 2);
  __m512i d = _mm512_load_si512(lanes + 3);
  for (; steps > 0; --steps) {
    a = _mm512_add_epi64(_mm512_maskz_mul_epu32(kAll, a, multiplier),
                         _mm512_maskz_srli_epi64(kAll, a, 32));
    b = _mm512_add_epi64(_mm512_maskz_mul_epu32(kAll, b, multiplier),
                         _mm512_maskz_srli_epi64(kAll, b, 32));
    c = _mm512_add_epi64(_mm512_maskz_mul_epu32(kAll, c, multiplier),
                         _mm512_maskz_srli_epi64(kAll, c, 32));
    d = _mm512_add_epi64(_mm512_maskz_mul_epu32(kAll, d, multiplier),
                         _mm512_maskz_srli_epi64(kAll, d, 32));
  }
  _mm512_store_si512(lanes, a);
  _mm512_store_si512(lanes + 1, b);
  _mm512_store_si512(lanes + 2, c);
  _mm512_store_si512(lanes + 3, d);
}

namespace {

// Palette 1: eight tiles of whole size (Intel SDM volume 1, 18.2).
struct alignas(64) TileConfig {
  uint8_t palette = 1;
  uint8_t start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfig) == 64);

}  // namespace

// Tiles 0 to 3 are the sums, 4 and 5 the left factors, 6 and 7 the right ones.
__attribute__((target("amx-tile,amx-int8"))) void RunAluAmx(AluState& state,
                                                            uint64_t steps) {
  const TileConfig config;
  // g++ 12 takes only its first 8 bytes for read.
  __asm__ __volatile__("" : : "r"(&config) : "memory");
  _tile_loadconfig(&config);
  _tile_loadd(0, state.sums[0], kTileRowBytes);
  _tile_loadd(1, state.sums[1], kTileRowBytes);
  _tile_loadd(2, state.sums[2], kTileRowBytes);
  _tile_loadd(3, state.sums[3], kTileRowBytes);
  _tile_loadd(4, state.left[0], kTileRowBytes);
  _tile_loadd(5, state.left[1], kTileRowBytes);
  _tile_loadd(6, state.right[0], kTileRowBytes);
  _tile_loadd(7, state.right[1], kTileRowBytes);
  for (; steps > 0; --steps) {
    _tile_dpbssd(0, 4, 6);
    _tile_dpbssd(1, 4, 7);
    _tile_dpbssd(2, 5, 6);
    _tile_dpbssd(3, 5, 7);
  }
  _tile_stored(0, state.sums[0], kTileRowBytes);
  _tile_stored(1, state.sums[1], kTileRowBytes);
  _tile_stored(2, state.sums[2], kTileRowBytes);
  _tile_stored(3, state.sums[3], kTileRowBytes);
  // Else every switch to another task would save them.
  _tile_release();
}

}  // namespace ktstr

#endif  // defined(__x86_64__)
