// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/work/matrix.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/random.h"

// This file is a translation unit of its own so that no compiler sees both a
// product and that nobody reads all of it.

namespace ktstr {

size_t MatrixProduct::SideFor(size_t bytes) {
  const size_t cells = bytes / 3 / sizeof(double);
  auto side = static_cast<size_t>(std::sqrt(static_cast<double>(cells)));
  // Rounding is off by one at most.
  while (side * side > cells) --side;
  while ((side + 1) * (side + 1) <= cells) ++side;
  return side;
}

absl::StatusOr<MatrixProduct> MatrixProduct::Create(size_t side) {
  KTSTR_ASSIGN_OR_RETURN(
      Mapping memory, Mapping::CreateShared(3 * side * side * sizeof(double)));
  return MatrixProduct(std::move(memory), side);
}

void MatrixProduct::FillSome(Random& random, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    // 53 random bits: all that a double holds.
    cells()[i] = 0.5 + static_cast<double>(random.Next() >> 11) * 0x1p-53;
  }
}

void MatrixProduct::AddToRow(size_t row, size_t begin, size_t end) {
  const absl::Span<double> product = Row(2, row);
  if (begin == 0) std::fill(product.begin(), product.end(), 0.0);
  for (size_t k = begin; k < end; ++k) {
    const double factor = Row(0, row)[k];
    const absl::Span<const double> other = Row(1, k);
    for (size_t i = 0; i < side_; ++i) product[i] += factor * other[i];
  }
}

bool MatrixProduct::IsRight(size_t row, size_t column) const {
  double expected = 0;
  for (size_t k = 0; k < side_; ++k) {
    expected += Row(0, row)[k] * Row(1, k)[column];
  }
  // All terms are positive, so that each rounding is relative to the sum.
  const double tolerance = 2 * static_cast<double>(side_) * expected *
                           std::numeric_limits<double>::epsilon();
  return std::abs(Row(2, row)[column] - expected) <= tolerance;
}

}  // namespace ktstr
