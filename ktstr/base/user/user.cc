// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/user/user.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/file.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/thread_settings.h"

namespace ktstr {
namespace {

// (uid_t)-1 means "leave it" to setresuid(2).
constexpr uint32_t kMaxId = std::numeric_limits<uint32_t>::max() - 1;

bool IsNumber(absl::string_view text) {
  // SimpleAtoi alone would take signs and white space.
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool ReadId(absl::string_view text, uint32_t& id) {
  return IsNumber(text) && absl::SimpleAtoi(text, &id) && id <= kMaxId;
}

// A line of passwd(5) or group(5).
struct Entry {
  std::string name;
  uint32_t id = 0;
  uint32_t group = 0;  // Of passwd only.
};

// A file of such lines.
class IdFile final {
 public:
  enum Kind { kPasswd, kGroup };

  static absl::StatusOr<IdFile> Read(Kind kind, const std::string& root) {
    const absl::string_view path =
        kind == kPasswd ? "/etc/passwd" : "/etc/group";
    KTSTR_ASSIGN_OR_RETURN(const std::string text,
                           ReadFile(absl::StrCat(root, path)));
    IdFile file(kind, path);
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      file.AddLine(line);
    }
    return file;
  }

  const Entry* FindId(uint32_t id) const {
    return Find([id](const Entry& entry) { return entry.id == id; });
  }

  absl::StatusOr<Entry> FindName(absl::string_view name) const {
    const Entry* entry =
        Find([name](const Entry& candidate) { return candidate.name == name; });
    if (entry != nullptr) return *entry;
    std::vector<absl::string_view> names;
    names.reserve(entries_.size());
    for (const Entry& known : entries_) names.push_back(known.name);
    return absl::InvalidArgumentError(
        absl::StrCat("no '", name, "' in ", path_, DidYouMean(name, names),
                     "; for those of elsewhere it takes UID:GID"));
  }

 private:
  IdFile(Kind kind, absl::string_view path) : kind_(kind), path_(path) {}

  // What is malformed, or refers to NIS ("+"), is nobody's.
  void AddLine(absl::string_view line) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ':');
    Entry entry;
    if (fields.size() < (kind_ == kPasswd ? 4 : 3)) return;
    if (fields[0].empty() || !ReadId(fields[2], entry.id)) return;
    if (kind_ == kPasswd && !ReadId(fields[3], entry.group)) return;
    entry.name = std::string(fields[0]);
    entries_.push_back(entry);
  }

  template <typename Condition>
  const Entry* Find(Condition condition) const {
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), condition);
    return found == entries_.end() ? nullptr : &*found;
  }

  Kind kind_;
  absl::string_view path_;
  std::vector<Entry> entries_;
};

absl::Status BadNumber(absl::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is no id; it takes 0 .. ", kMaxId));
}

absl::Status ParseUserPart(absl::string_view text, bool has_group,
                           const std::string& root, UserIds& ids) {
  const bool is_number = IsNumber(text);
  if (is_number && !ReadId(text, ids.uid)) return BadNumber(text);
  if (is_number && has_group) return absl::OkStatus();
  const absl::StatusOr<IdFile> passwd = IdFile::Read(IdFile::kPasswd, root);
  if (is_number) {
    const Entry* entry = passwd.ok() ? passwd->FindId(ids.uid) : nullptr;
    if (entry == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(
          "/etc/passwd has no group for UID ", text, "; it takes UID:GID"));
    }
    ids.gid = entry->group;
    return absl::OkStatus();
  }
  KTSTR_RETURN_IF_ERROR(passwd.status());
  KTSTR_ASSIGN_OR_RETURN(const Entry entry, passwd->FindName(text));
  ids = {.uid = entry.id, .gid = entry.group};
  return absl::OkStatus();
}

absl::Status ParseGroupPart(absl::string_view text, const std::string& root,
                            UserIds& ids) {
  if (IsNumber(text)) {
    return ReadId(text, ids.gid) ? absl::OkStatus() : BadNumber(text);
  }
  KTSTR_ASSIGN_OR_RETURN(const IdFile groups,
                         IdFile::Read(IdFile::kGroup, root));
  KTSTR_ASSIGN_OR_RETURN(const Entry entry, groups.FindName(text));
  ids.gid = entry.id;
  return absl::OkStatus();
}

absl::StatusOr<UserIds> ParseParts(absl::string_view text,
                                   const std::string& root) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  const bool has_group = parts.size() == 2;
  if (parts.size() > 2 || parts[0].empty() || (has_group && parts[1].empty())) {
    return absl::InvalidArgumentError(
        "it takes NAME, UID, NAME:GROUP or UID:GID");
  }
  UserIds ids;
  KTSTR_RETURN_IF_ERROR(ParseUserPart(parts[0], has_group, root, ids));
  if (has_group) KTSTR_RETURN_IF_ERROR(ParseGroupPart(parts[1], root, ids));
  return ids;
}

absl::Status IdRefusal(int error, absl::string_view call, bool is_group,
                       absl::string_view needs) {
  switch (error) {
    case EPERM:
      return PosixError(error, call, absl::StrCat("needs ", needs));
    case EINVAL:
      return PosixError(error, call,
                        is_group ? "the user namespace has no such group "
                                   "(/proc/self/gid_map)"
                                 : "the user namespace has no such user "
                                   "(/proc/self/uid_map)");
    default:
      return PosixError(error, call);
  }
}

// glibc's functions of the same names change all threads of the process; the
// system calls only the caller. 32-bit kernels have others for 32-bit ids.
#if defined(__i386__) || defined(__arm__)
#error "SYS_setresuid takes 16-bit ids here"
#endif

absl::Status SetGroups(gid_t gid) {
  if (syscall(SYS_setgroups, 1, &gid) == 0) return absl::OkStatus();
  const int error = errno;
  gid_t groups[2];
  // EINVAL: there are more than two.
  const int count = getgroups(2, groups);
  if (count == 0 || (count == 1 && groups[0] == gid)) return absl::OkStatus();
  return IdRefusal(error, absl::StrCat("setgroups(", gid, ")"),
                   /*is_group=*/true,
                   "CAP_SETGID, and 'allow' in /proc/self/setgroups");
}

absl::Status SetGroup(gid_t gid) {
  if (syscall(SYS_setresgid, gid, gid, gid) == 0) return absl::OkStatus();
  const int error = errno;
  return IdRefusal(error, absl::StrCat("setresgid(", gid, ")"),
                   /*is_group=*/true, "CAP_SETGID");
}

absl::Status SetUser(uid_t uid) {
  if (syscall(SYS_setresuid, uid, uid, uid) == 0) return absl::OkStatus();
  const int error = errno;
  return IdRefusal(error, absl::StrCat("setresuid(", uid, ")"),
                   /*is_group=*/false, "CAP_SETUID");
}

// The kernel takes capabilities away only from who was 0, and not with
// SECBIT_NO_SETUID_FIXUP.
absl::Status DropCapabilities() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, /*pid=*/0};
  const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  if (syscall(SYS_capset, &header, none) != 0) return PosixError("capset(0)");
  return absl::OkStatus();
}

}  // namespace

std::string UserIds::ToText() const { return absl::StrCat(uid, ":", gid); }

absl::StatusOr<UserIds> ParseUser(absl::string_view text,
                                  const std::string& root) {
  absl::StatusOr<UserIds> ids = ParseParts(text, root);
  if (ids.ok()) return ids;
  return absl::InvalidArgumentError(
      absl::StrCat("user '", text, "': ", ids.status().message()));
}

absl::Status BecomeUser(const UserIds& user, pid_t parent) {
  KTSTR_RETURN_IF_ERROR(SetGroups(user.gid));
  KTSTR_RETURN_IF_ERROR(SetGroup(user.gid));
  KTSTR_RETURN_IF_ERROR(SetUser(user.uid));
  if (user.uid != 0) KTSTR_RETURN_IF_ERROR(DropCapabilities());
  if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) {
    return PosixError("prctl(PR_SET_DUMPABLE, 1)");
  }
  return DieWithParent(parent);
}

UserIds CurrentUser() { return {.uid = geteuid(), .gid = getegid()}; }

}  // namespace ktstr
