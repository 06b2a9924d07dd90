// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/work/matrix.h"

#include <cstddef>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/work/random.h"

namespace ktstr {
namespace {

using ::testing::Eq;

bool Always() { return true; }

// Counts the elements that are right.
size_t RightOnes(const MatrixProduct& product) {
  size_t right = 0;
  for (size_t row = 0; row < product.side(); ++row) {
    for (size_t column = 0; column < product.side(); ++column) {
      if (product.IsRight(row, column)) ++right;
    }
  }
  return right;
}

MatrixProduct Filled(size_t side) {
  MatrixProduct product = MatrixProduct::Create(side).value();
  Random random(1);
  EXPECT_TRUE(product.Fill(random, Always));
  return product;
}

TEST(MatrixProductTest, SideIsTheLargestThatFits) {
  EXPECT_THAT(MatrixProduct::SideFor(23), Eq(0));
  EXPECT_THAT(MatrixProduct::SideFor(24), Eq(1));
  EXPECT_THAT(MatrixProduct::SideFor(4 * 24 - 1), Eq(1));
  EXPECT_THAT(MatrixProduct::SideFor(4 * 24), Eq(2));
  EXPECT_THAT(MatrixProduct::SideFor(256 << 10), Eq(104));
}

TEST(MatrixProductTest, IsWrongUntilItIsComputed) {
  // 100 does not divide what is done between two looks.
  for (size_t side : {1, 2, 7, 100}) {
    MatrixProduct product = Filled(side);
    EXPECT_THAT(RightOnes(product), Eq(0));
    EXPECT_TRUE(product.Multiply(Always));
    EXPECT_THAT(RightOnes(product), Eq(side * side));
  }
}

TEST(MatrixProductTest, ComesOutTheSameAgain) {
  MatrixProduct product = Filled(20);
  EXPECT_TRUE(product.Multiply(Always));
  EXPECT_TRUE(product.Multiply(Always));
  EXPECT_THAT(RightOnes(product), Eq(400));
}

TEST(MatrixProductTest, EndsWhenToldTo) {
  // Rows that are longer than what is done between two looks.
  MatrixProduct product = Filled(200);
  int looks = 0;
  EXPECT_FALSE(product.Multiply([&looks] { return ++looks < 20; }));
  EXPECT_THAT(looks, Eq(20));
  EXPECT_THAT(RightOnes(product), Eq(4 * 200));
}

TEST(MatrixProductTest, FillingEndsWhenToldTo) {
  MatrixProduct product = MatrixProduct::Create(200).value();
  Random random(1);
  int looks = 0;
  EXPECT_FALSE(product.Fill(random, [&looks] { return ++looks < 3; }));
  EXPECT_THAT(looks, Eq(3));
}

}  // namespace
}  // namespace ktstr
