// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_USER_TRY_AS_H_
#define KTSTR_BASE_USER_TRY_AS_H_

#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "ktstr/base/user/user.h"

namespace ktstr {

// Makes `attempt` in a child that does nothing else, as `user` (nullopt: as the
// caller), so that whatever it does to its own process is gone with it. Returns
// its status, of which payloads and what is beyond 500 bytes of the message are
// lost; kAborted if the child died over it, and what BecomeUser() says of a
// user that the caller may not become. For processes of a single thread; takes
// about 0.2 ms.
absl::Status TryAs(const std::optional<UserIds>& user,
                   absl::FunctionRef<absl::Status()> attempt);

}  // namespace ktstr

#endif  // KTSTR_BASE_USER_TRY_AS_H_
