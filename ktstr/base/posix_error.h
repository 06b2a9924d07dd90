// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_POSIX_ERROR_H_
#define KTSTR_BASE_POSIX_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// The Status for a failed system call, from errno: to be made in the statement
// after the call, before anything else can change errno. `call` names the call
// and the arguments that matter: "open(/dev/kmsg)". The message is
// "<call>: <description of the error>", with the limit behind it for EMFILE and
// ENFILE; the code is Abseil's for that errno, and the errno itself goes along
// for ErrnoOf().
absl::Status PosixError(absl::string_view call);

// The same for calls that return their error. `error` is a positive errno.
absl::Status PosixError(int error, absl::string_view call);

// With what the caller knows of the reason behind the description, such as the
// capability or the file to change: "<call>: <description>; <reason>". An
// empty reason adds nothing.
absl::Status PosixError(int error, absl::string_view call,
                        absl::string_view reason);

// The same for an errno that means that the kernel has not got it: the code is
// kUnimplemented whatever the errno.
absl::Status NotInKernel(int error, absl::string_view call,
                         absl::string_view reason);

// The errno that `status` was made from, 0 if it was not made from one.
int ErrnoOf(const absl::Status& status);

// "EPERM" for EPERM; "errno 4095" for a number without a name.
std::string ErrnoName(int error);

}  // namespace ktstr

#endif  // KTSTR_BASE_POSIX_ERROR_H_
