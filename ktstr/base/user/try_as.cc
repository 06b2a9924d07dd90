// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/user/try_as.h"

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/child.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/user/user.h"

namespace ktstr {
namespace {

// What the child has to tell, in memory that both have.
struct Answer {
  static constexpr size_t kTextBytes = 500;
  bool given;
  absl::StatusCode code;
  size_t bytes;
  char text[kTextBytes];
};

void Give(const absl::Status& status, Answer& answer) {
  const absl::string_view text = status.message().substr(0, Answer::kTextBytes);
  answer.code = status.code();
  answer.bytes = text.size();
  std::copy(text.begin(), text.end(), answer.text);
  answer.given = true;
}

}  // namespace

absl::Status TryAs(const std::optional<UserIds>& user,
                   absl::FunctionRef<absl::Status()> attempt) {
  KTSTR_ASSIGN_OR_RETURN(const Mapping memory,
                         Mapping::CreateShared(sizeof(Answer)));
  Answer& answer = *static_cast<Answer*>(memory.data());
  const pid_t parent = getpid();
  KTSTR_ASSIGN_OR_RETURN(Child child, Child::Spawn([&] {
                           absl::Status status;
                           if (user.has_value()) {
                             status = BecomeUser(*user, parent);
                           }
                           if (status.ok()) status = attempt();
                           Give(status, answer);
                           return 0;
                         }));
  KTSTR_ASSIGN_OR_RETURN(const ChildEnd end, child.Reap());
  if (!answer.given) {
    return absl::AbortedError(
        absl::StrCat("the process that tried it ", DescribeEnd(end)));
  }
  return absl::Status(answer.code,
                      absl::string_view(answer.text, answer.bytes));
}

}  // namespace ktstr
