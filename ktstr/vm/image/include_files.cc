// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/include_files.h"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/vm/image/elf_file.h"
#include "ktstr/vm/image/guest_tree.h"
#include "ktstr/vm/image/host_file.h"
#include "ktstr/vm/image/script.h"

namespace ktstr {
namespace {

absl::Status Refused(const std::string& path, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("cannot take '", path, "' along: it ", why));
}

// Takes one file or folder into the tree.
class Includer final {
 public:
  Includer(GuestTree& tree, std::vector<IncludedProgram>& programs)
      : tree_(tree), programs_(programs) {}

  absl::Status AddNamed(const std::string& host, const std::string& guest) {
    KTSTR_ASSIGN_OR_RETURN(const struct stat status, StatHost(host));
    if (!S_ISDIR(status.st_mode)) {
      return AddFile(host, guest, status.st_mode, /*named=*/true);
    }
    KTSTR_ASSIGN_OR_RETURN(top_, RealHostPath(host));
    return AddFolder(host, guest, status.st_mode);
  }

 private:
  absl::Status AddFolder(const std::string& host, const std::string& guest,
                         mode_t mode) {
    KTSTR_RETURN_IF_ERROR(tree_.AddFolder(guest, mode & 07777));
    KTSTR_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                           ListHostFolder(host));
    for (const std::string& name : names) {
      KTSTR_RETURN_IF_ERROR(
          AddInFolder(absl::StrCat(host, "/", name),
                      CleanPath(absl::StrCat(guest, "/", name))));
    }
    return absl::OkStatus();
  }

  absl::Status AddInFolder(const std::string& host, const std::string& guest) {
    KTSTR_ASSIGN_OR_RETURN(const struct stat status, StatHostLink(host));
    if (S_ISDIR(status.st_mode)) return AddFolder(host, guest, status.st_mode);
    if (S_ISLNK(status.st_mode)) return AddLink(host, guest);
    return AddFile(host, guest, status.st_mode, /*named=*/false);
  }

  absl::Status AddLink(const std::string& host, const std::string& guest) {
    KTSTR_ASSIGN_OR_RETURN(const std::string target, ReadHostLink(host));
    const absl::StatusOr<std::string> real = RealHostPath(host);
    const bool inside = !real.ok() || absl::StartsWith(absl::StrCat(*real, "/"),
                                                       absl::StrCat(top_, "/"));
    if (inside && !absl::StartsWith(target, "/")) {
      return tree_.AddLink(guest, target);
    }
    KTSTR_ASSIGN_OR_RETURN(const struct stat status, StatHost(host));
    if (S_ISDIR(status.st_mode)) {
      return Refused(host, absl::StrCat("is a link to the folder '", target,
                                        "', which has to be named itself"));
    }
    return AddFile(host, guest, status.st_mode, /*named=*/false);
  }

  absl::Status AddFile(const std::string& host, const std::string& guest,
                       mode_t mode, bool named) {
    if (!S_ISREG(mode)) return Refused(host, DescribeType(mode));
    KTSTR_RETURN_IF_ERROR(tree_.AddHostFile(guest, host));
    if ((mode & 0111) == 0) return absl::OkStatus();
    KTSTR_ASSIGN_OR_RETURN(const std::string head, ReadHostFileHead(host, 4));
    if (IsElf(head) || IsScript(head)) {
      programs_.push_back({host, guest, named});
    }
    return absl::OkStatus();
  }

  GuestTree& tree_;
  std::vector<IncludedProgram>& programs_;
  std::string top_;  // The real path of the folder that was named.
};

}  // namespace

absl::Status IncludeFiles(absl::string_view text, GuestTree& tree,
                          std::vector<IncludedProgram>& programs) {
  const size_t colon = text.rfind(':');
  const std::string host(text.substr(0, colon));
  std::string guest;
  if (host.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' names no file of the host"));
  }
  KTSTR_ASSIGN_OR_RETURN(const std::string here, AbsoluteHostPath(host));
  if (colon == absl::string_view::npos) {
    guest = here;
  } else if (text.substr(colon + 1, 1) == "/") {
    guest = std::string(text.substr(colon + 1));
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text,
                     "': what follows the colon, the path in the "
                     "guest, has to begin with /"));
  }
  KTSTR_ASSIGN_OR_RETURN(const struct stat status, StatHost(host));
  if (guest.back() == '/' && !S_ISDIR(status.st_mode)) {
    absl::StrAppend(&guest, here.substr(here.rfind('/')));
  }
  return Includer(tree, programs).AddNamed(host, CleanPath(guest));
}

}  // namespace ktstr
