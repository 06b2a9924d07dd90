// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/cgroup_churn/move_books.h"

#include <unistd.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace ktstr {

absl::StatusOr<std::string> JudgeMoves(const MoveBooks& books,
                                       uint64_t passes) {
  if (books.moves < passes || books.strays > 0) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%d passes with %d moves, after %d of which it was elsewhere", passes,
        books.moves, books.strays));
  }
  if (books.moves == 0) {
    return absl::UnimplementedError("no moves are too few to tell");
  }
  if (!books.back) {
    return absl::FailedPreconditionError(
        absl::StrCat("it did not go back to ", books.home.view()));
  }
  for (uint64_t i = 0; i < books.groups; ++i) {
    const std::string path = absl::StrCat(books.prefix.view(), i);
    if (access(path.c_str(), F_OK) != 0) continue;
    return absl::FailedPreconditionError(absl::StrCat(path, " is still there"));
  }
  return absl::StrFormat("%d moves between %d cgroups %s cpu below %s",
                         books.moves, books.groups,
                         books.has_cpu ? "with" : "without", books.home.view());
}

}  // namespace ktstr
