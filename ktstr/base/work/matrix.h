// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_WORK_MATRIX_H_
#define KTSTR_BASE_WORK_MATRIX_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/work/random.h"

namespace ktstr {

// Two square matrices of doubles and their product, which is computed as
// written, over and over: work whose footprint is known and whose result can be
// checked. Belongs to one thread.
class MatrixProduct final {
 public:
  // The largest side with which three matrices fit into `bytes`; 0 below 24.
  static size_t SideFor(size_t bytes);

  // Matrices of `side` x `side`, at least 1, which take memory as they are
  // filled.
  static absl::StatusOr<MatrixProduct> Create(size_t side);

  size_t side() const { return side_; }

  // Fills the factors with numbers from 0.5 to 1.5. Asks `go_on()` every so
  // often, at most 20 us apart on hardware. Returns false if it said no.
  template <typename GoOn>
  bool Fill(Random& random, GoOn go_on) {
    for (size_t begin = 0; begin < 2 * Cells(); begin += kCellsPerLook) {
      FillSome(random, begin, std::min(begin + kCellsPerLook, 2 * Cells()));
      if (!go_on()) return false;
    }
    return true;
  }

  // Computes the product. Asks `go_on()` as Fill does; if that says no, returns
  // false with a part of the product computed.
  template <typename GoOn>
  bool Multiply(GoOn go_on) {
    const size_t step = std::max<size_t>(kCellsPerLook / side_, 1);
    for (size_t row = 0; row < side_; ++row) {
      for (size_t begin = 0; begin < side_; begin += step) {
        AddToRow(row, begin, std::min(begin + step, side_));
        if (!go_on()) return false;
      }
    }
    return true;
  }

  // Tells whether one element of the product is what the factors give, but for
  // rounding.
  bool IsRight(size_t row, size_t column) const;

 private:
  static constexpr size_t kCellsPerLook = 8192;

  MatrixProduct(Mapping memory, size_t side)
      : memory_(std::move(memory)), side_(side) {}

  size_t Cells() const { return side_ * side_; }
  double* cells() const { return static_cast<double*>(memory_.data()); }
  // Row `row` of matrix 0 or 1 (the factors) or 2 (the product).
  absl::Span<double> Row(size_t matrix, size_t row) const {
    return {cells() + (matrix * side_ + row) * side_, side_};
  }

  void FillSome(Random& random, size_t begin, size_t end);
  // Adds the products of columns `begin` to `end` of the row with the rows of
  // the other factor. Column 0 begins anew.
  void AddToRow(size_t row, size_t begin, size_t end);

  Mapping memory_;
  size_t side_;
};

}  // namespace ktstr

#endif  // KTSTR_BASE_WORK_MATRIX_H_
