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
// and group (a static binary has no other way). Without a group it is that of
// passwd(5); a UID that passwd does not have needs one. kInvalidArgument, in
// one line, for what is not there.
absl::StatusOr<UserIds> ParseUser(absl::string_view text,
                                  const std::string& root = "");

// Makes the calling thread, and it alone, run as `user`: real, effective, saved
// and file-system ids, and no supplementary group but its own. It keeps no
// capability. Parent-death signal and dumpability, which the kernel resets when
// ids change, are set again: `parent` is as for DieWithParent(). EPERM names
// CAP_SETUID and CAP_SETGID, or the user namespace that has no such id.
absl::Status BecomeUser(const UserIds& user, pid_t parent);

// The ids of the calling thread.
UserIds CurrentUser();

}  // namespace ktstr

#endif  // KTSTR_BASE_USER_USER_H_
