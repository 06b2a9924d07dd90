// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_STATUS_MACROS_H_
#define KTSTR_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Evaluates `expr`, an absl::Status, and returns it from the enclosing
// function when it is an error.
#define KTSTR_RETURN_IF_ERROR(expr)               \
  do {                                            \
    if (absl::Status ktstr_status = (expr);       \
        ABSL_PREDICT_FALSE(!ktstr_status.ok())) { \
      return ktstr_status;                        \
    }                                             \
  } while (false)

// Evaluates `expr`, an absl::StatusOr, returns its status from the enclosing
// function when it is an error, and otherwise moves its value into `lhs`,
// which may declare a variable. More than one statement: needs braces under
// an `if`. A comma in `lhs` outside parentheses is not possible.
#define KTSTR_ASSIGN_OR_RETURN(lhs, expr)                                      \
  KTSTR_ASSIGN_OR_RETURN_IMPL(KTSTR_STATUS_CONCAT(ktstr_status_or_, __LINE__), \
                              lhs, expr)

#define KTSTR_ASSIGN_OR_RETURN_IMPL(result, lhs, expr) \
  auto result = (expr);                                \
  if (ABSL_PREDICT_FALSE(!result.ok())) {              \
    return std::move(result).status();                 \
  }                                                    \
  lhs = *std::move(result)

#define KTSTR_STATUS_CONCAT(a, b) KTSTR_STATUS_CONCAT_IMPL(a, b)
#define KTSTR_STATUS_CONCAT_IMPL(a, b) a##b

#endif  // KTSTR_BASE_STATUS_MACROS_H_
