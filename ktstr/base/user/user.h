// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Users and groups, and becoming one for good.
#ifndef KTSTR_BASE_USER_USER_H_
#define KTSTR_BASE_USER_USER_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// Whom to become: no supplementary groups but `gid`.
struct UserIds {
  uid_t uid = 0;
  gid_t gid = 0;

  // "65534:65534".
  std::string ToText() const;

  friend bool operator==(const UserIds&, const UserIds&) = default;
};

// Reads "NAME", "UID", "NAME:GROUP", "UID:GID" with the files `root`/etc/passwd
// and group (a static binary has no other way). Digits are always a number,
// 0 .. 4294967294. Without a group it is that of passwd(5); a UID that passwd
// does not have needs one. kInvalidArgument, in one line that says what it
// takes or names the nearest, for what is not there.
absl::StatusOr<UserIds> ParseUser(absl::string_view text,
                                  const std::string& root = "");

// Makes the calling thread, and it alone, run as `user`: real, effective, saved
// and file-system ids, and no supplementary group but its own. Whoever does not
// become 0 keeps no capability. Parent-death signal and dumpability (so that
// /proc/self stays the thread's own), which the kernel resets when ids change,
// are set again: `parent` is as for DieWithParent(), and kAborted means that it
// has died meanwhile. EPERM names CAP_SETUID, CAP_SETGID or what forbids
// setgroups(2); EINVAL the user namespace that has no such id. Nothing is
// needed to stay who one is. After an error the groups may have changed.
//
// Other threads of the process keep their ids; dumpability is of all, and for
// some us, until it is set again, another thread that has changed its ids
// cannot open what is its own in /proc.
absl::Status BecomeUser(const UserIds& user, pid_t parent);

// The effective ids of the calling thread.
UserIds CurrentUser();

}  // namespace ktstr

#endif  // KTSTR_BASE_USER_USER_H_
