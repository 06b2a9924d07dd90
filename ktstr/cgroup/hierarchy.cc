// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cgroup/hierarchy.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "ktstr/base/file.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

constexpr char kDelegation[] =
    "start it with systemd-run --user --scope -p Delegate=yes, or set "
    "Delegate=yes in the unit";

// A cgroup of v1 with one of them is worth being in.
constexpr absl::string_view kCountingControllers[] = {"cpu", "cpuset", "memory",
                                                      "cpuacct"};

// A line of /proc/self/cgroup: "4:cpu,cpuacct:/user.slice", "0::/" for v2.
struct Membership {
  std::vector<std::string> controllers;
  std::string cgroup;
};

bool Holds(const std::vector<std::string>& list, absl::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::vector<std::string> Words(absl::string_view text) {
  return absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
}

// The words of a file; none if it cannot be read.
std::vector<std::string> WordsOf(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  return text.ok() ? Words(*text) : std::vector<std::string>();
}

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

// For the effective user. Also false on a file system mounted read-only.
bool Writable(const std::string& path) {
  return faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

std::string ParentOf(absl::string_view path) {
  return std::string(path.substr(0, path.rfind('/')));
}

// Whether `path` is `folder` or lies in it.
bool IsBelow(absl::string_view path, absl::string_view folder) {
  return absl::ConsumePrefix(&path, folder) &&
         (path.empty() || path.front() == '/');
}

std::vector<Membership> ParseMemberships(absl::string_view text) {
  std::vector<Membership> memberships;
  for (const absl::string_view line :
       absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> fields =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() != 3) continue;
    memberships.push_back(
        {absl::StrSplit(fields[1], ',', absl::SkipEmpty()), fields[2]});
  }
  return memberships;
}

// mountinfo writes blanks, tabs, newlines and backslashes as \ooo, proc(5).
std::string Unescape(absl::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 +
                                 (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// The folder of `cgroup`, "" if `mount` does not show it.
std::string FolderOf(const CgroupMount& mount, absl::string_view cgroup) {
  const std::string shown = mount.shown == "/" ? "" : mount.shown;
  if (absl::StrContains(cgroup, "/..") || !IsBelow(cgroup, shown)) return "";
  cgroup.remove_prefix(shown.size());
  return absl::StrCat(mount.folder, absl::StripSuffix(cgroup, "/"));
}

// The opposite: the cgroup whose folder `path` is; "" if it is the root.
std::string NameOf(const CgroupMount& mount, absl::string_view path) {
  return absl::StrCat(mount.shown == "/" ? "" : mount.shown,
                      absl::StripSuffix(path.substr(mount.folder.size()), "/"));
}

bool HasAnyOf(const CgroupMount& mount,
              absl::Span<const absl::string_view> controllers) {
  return std::any_of(controllers.begin(), controllers.end(),
                     [&mount](absl::string_view controller) {
                       return Holds(mount.controllers, controller);
                     });
}

// Fills in what /proc/self/cgroup says of the mount; false if that knows
// nothing of it.
bool FindOwn(const std::vector<Membership>& memberships,
             const std::vector<std::string>& options, CgroupMount& mount) {
  for (const Membership& membership : memberships) {
    const bool matches =
        mount.v2 ? membership.controllers.empty()
                 : !membership.controllers.empty() &&
                       std::all_of(membership.controllers.begin(),
                                   membership.controllers.end(),
                                   [&](const std::string& controller) {
                                     return Holds(options, controller);
                                   });
    if (!matches) continue;
    mount.own = membership.cgroup;
    mount.own_folder = FolderOf(mount, mount.own);
    if (!mount.v2) mount.controllers = membership.controllers;
    return true;
  }
  return false;
}

void ReadOwnFiles(CgroupMount& mount) {
  if (!mount.v2 || mount.own_folder.empty()) return;
  mount.controllers =
      WordsOf(absl::StrCat(mount.own_folder, "/cgroup.controllers"));
  mount.handed_down =
      WordsOf(absl::StrCat(mount.own_folder, "/cgroup.subtree_control"));
  // Every cgroup but the root has a type.
  mount.is_root = !Exists(absl::StrCat(mount.own_folder, "/cgroup.type"));
}

// "31 23 0:28 SHOWN FOLDER rw,nosuid shared:1 - cgroup2 SOURCE rw,nsdelegate".
// False for what is no cgroup file system.
bool ParseMount(absl::string_view line, const std::string& root,
                const std::vector<Membership>& memberships,
                CgroupMount& mount) {
  const std::pair<absl::string_view, absl::string_view> halves =
      absl::StrSplit(line, absl::MaxSplits(" - ", 1));
  const std::vector<std::string> fields = Words(halves.first);
  const std::vector<std::string> kind = Words(halves.second);
  if (fields.size() < 6 || kind.size() < 3) return false;
  mount.v2 = kind[0] == "cgroup2";
  if (!mount.v2 && kind[0] != "cgroup") return false;
  mount.shown = Unescape(fields[3]);
  mount.folder = absl::StrCat(root, Unescape(fields[4]));
  mount.read_only = Holds(absl::StrSplit(fields[5], ','), "ro");
  const std::vector<std::string> options = absl::StrSplit(kind[2], ',');
  mount.nsdelegate = Holds(options, "nsdelegate");
  if (!FindOwn(memberships, options, mount)) return false;
  ReadOwnFiles(mount);
  return true;
}

absl::Status NotOurs(const std::string& folder) {
  return absl::PermissionDeniedError(absl::StrCat("may not write ", folder,
                                                  " as user ", geteuid(), "; ",
                                                  kDelegation, ", or be root"));
}

// What holds for both versions: that new cgroups can be made in `folder`.
absl::Status CheckFolder(const CgroupMount& mount, const std::string& folder) {
  if (mount.read_only) {
    return absl::PermissionDeniedError(absl::StrCat(
        mount.folder,
        " is mounted read-only (/proc/self/mountinfo), as in a container that "
        "was not given its cgroups"));
  }
  if (folder.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "/proc/self/cgroup says ", mount.own, ", and the mount ", mount.folder,
        " shows ", mount.shown, " only: it is of another cgroup namespace"));
  }
  if (!Exists(folder)) {
    return absl::NotFoundError(absl::StrCat("there is no cgroup ", folder));
  }
  return Writable(folder) ? absl::OkStatus() : NotOurs(folder);
}

// Who puts a process from one cgroup into another writes the cgroup.procs of
// what is above both.
absl::Status CheckMigration(const CgroupMount& mount,
                            const std::string& folder) {
  if (mount.own_folder.empty()) return absl::OkStatus();  // Try and see.
  std::string above = folder;
  while (!IsBelow(mount.own_folder, above)) above = ParentOf(above);
  const std::string file = absl::StrCat(above, "/cgroup.procs");
  return Writable(file) ? absl::OkStatus() : NotOurs(file);
}

// Why the own cgroup of v2 has no controllers to hand down.
absl::Status NoController(const std::string& folder, const CgroupMount& mount,
                          absl::string_view controller) {
  const std::string top = absl::StrCat(mount.folder, "/cgroup.controllers");
  if (Holds(WordsOf(top), controller)) {
    std::string above = folder;
    // The first from which it is not handed down.
    for (std::string up = ParentOf(folder); IsBelow(up, mount.folder);
         up = ParentOf(up)) {
      above = up;
      if (Holds(WordsOf(up + "/cgroup.controllers"), controller)) break;
    }
    return absl::FailedPreconditionError(
        absl::StrCat(above, "/cgroup.subtree_control lacks ", controller, "; ",
                     kDelegation, ", or write +", controller, " to that file"));
  }
  return absl::UnimplementedError(absl::StrCat(
      "no controller ", controller, " in ", top,
      " and no v1 hierarchy with it (/proc/cgroups shows those of the "
      "kernel)"));
}

absl::StatusOr<CgroupPlace> V2Place(const CgroupMount& mount,
                                    const std::string& folder,
                                    absl::string_view controller) {
  CgroupPlace place = {/*v2=*/true, folder, /*enable=*/false};
  KTSTR_RETURN_IF_ERROR(CheckFolder(mount, folder));
  KTSTR_RETURN_IF_ERROR(CheckMigration(mount, folder));
  if (controller.empty()) return place;
  if (!Holds(WordsOf(folder + "/cgroup.controllers"), controller)) {
    return NoController(folder, mount, controller);
  }
  const std::string control = folder + "/cgroup.subtree_control";
  if (Holds(WordsOf(control), controller)) return place;
  place.enable = true;
  if (!Writable(control)) return NotOurs(control);
  // The root alone has no type, and may have both processes and controllers.
  const size_t inside = WordsOf(folder + "/cgroup.procs").size();
  if (inside > 0 && Exists(folder + "/cgroup.type")) {
    return absl::FailedPreconditionError(absl::StrCat(
        "+", controller, " cannot be written to ", control, ": ", inside,
        inside == 1 ? " process is" : " processes are",
        " in that cgroup itself (cgroup.procs); name one without by --cgroup"));
  }
  return place;
}

// Whether processes can be put into a cgroup that exists.
absl::Status CheckEntry(const CgroupMount& mount, const std::string& folder) {
  KTSTR_RETURN_IF_ERROR(CheckFolder(mount, folder));
  const std::string members = absl::StrCat(folder, "/cgroup.procs");
  if (!Writable(members)) return NotOurs(members);
  if (!mount.v2) return absl::OkStatus();
  KTSTR_RETURN_IF_ERROR(CheckMigration(mount, folder));
  const std::vector<std::string> type = WordsOf(folder + "/cgroup.type");
  // The root has no type; the root of threaded ones takes processes.
  if (type.empty() || (type.size() == 2 && type[1] == "threaded")) {
    return absl::OkStatus();
  }
  if (type != std::vector<std::string>{"domain"}) {
    return absl::FailedPreconditionError(
        absl::StrCat(folder, "/cgroup.type says ", absl::StrJoin(type, " "),
                     ": no processes can be put into it"));
  }
  const std::string control = folder + "/cgroup.subtree_control";
  if (WordsOf(control).empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      control,
      " hands controllers to children, so that no processes can be "
      "put into that cgroup itself; name one of its children, or have new ones "
      "made in it by --cgroup_new"));
}

// Without `given`.
absl::StatusOr<CgroupPlace> V2PlaceNearOwn(const CgroupMount& mount,
                                           absl::string_view controller) {
  const std::string& own = mount.own_folder;
  if (mount.is_root || own.empty()) return V2Place(mount, own, controller);
  absl::Status why;
  if (own == mount.folder) {
    why = absl::FailedPreconditionError(absl::StrCat(
        "this process is in ", own,
        ", the root of a cgroup namespace: no controllers for its children "
        "while it has processes (cgroup.procs); name one without by --cgroup"));
  } else {
    absl::StatusOr<CgroupPlace> beside =
        V2Place(mount, ParentOf(own), controller);
    if (beside.ok()) return beside;
    why = beside.status();
  }
  if (!controller.empty()) return why;
  return V2Place(mount, own, controller);
}

}  // namespace

absl::StatusOr<CgroupHierarchy> CgroupHierarchy::Read(const std::string& root) {
  KTSTR_ASSIGN_OR_RETURN(const std::string own,
                         ReadFile(root + "/proc/self/cgroup"));
  KTSTR_ASSIGN_OR_RETURN(const std::string mounts,
                         ReadFile(root + "/proc/self/mountinfo"));
  const std::vector<Membership> memberships = ParseMemberships(own);
  CgroupHierarchy hierarchy;
  hierarchy.root_ = root;
  for (const absl::string_view line :
       absl::StrSplit(mounts, '\n', absl::SkipEmpty())) {
    CgroupMount mount;
    if (!ParseMount(line, root, memberships, mount)) continue;
    // One that shows the own cgroup is better than one of the same hierarchy
    // that came before and does not.
    const auto same = std::find_if(
        hierarchy.mounts_.begin(), hierarchy.mounts_.end(),
        [&](const CgroupMount& other) {
          return other.v2 == mount.v2 &&
                 (mount.v2 || other.controllers == mount.controllers);
        });
    if (same == hierarchy.mounts_.end()) {
      hierarchy.mounts_.push_back(std::move(mount));
    } else if (same->own_folder.empty()) {
      *same = std::move(mount);
    }
  }
  return hierarchy;
}

const CgroupMount* CgroupHierarchy::v2() const {
  for (const CgroupMount& mount : mounts_) {
    if (mount.v2) return &mount;
  }
  return nullptr;
}

const CgroupMount* CgroupHierarchy::V1Of(absl::string_view controller) const {
  for (const CgroupMount& mount : mounts_) {
    if (!mount.v2 && Holds(mount.controllers, controller)) return &mount;
  }
  return nullptr;
}

const CgroupMount* CgroupHierarchy::MountOf(absl::string_view path) const {
  const CgroupMount* found = nullptr;
  // The longest, since the mounts may lie in each other.
  for (const CgroupMount& mount : mounts_) {
    if ((found == nullptr || mount.folder.size() > found->folder.size()) &&
        IsBelow(path, mount.folder)) {
      found = &mount;
    }
  }
  return found;
}

std::string CgroupHierarchy::GivenFolder(const CgroupMount& mount,
                                         absl::string_view given) const {
  std::string name(absl::StripSuffix(given, "/"));
  // The folder of one hierarchy is good for all.
  const std::string path = absl::StrCat(root_, name);
  if (const CgroupMount* shown = MountOf(path); shown != nullptr) {
    name = NameOf(*shown, path);
  }
  return FolderOf(mount,
                  name.empty() || name.front() == '/' ? name : "/" + name);
}

std::string CgroupHierarchy::LineOf(absl::string_view folder) const {
  const CgroupMount* mount = MountOf(folder);
  if (mount == nullptr) return "";
  const std::string name = NameOf(*mount, folder);
  return absl::StrCat(mount->v2 ? "" : absl::StrJoin(mount->controllers, ","),
                      ":", name.empty() ? "/" : name);
}

absl::StatusOr<std::string> CgroupHierarchy::FolderOfThread(
    const CgroupMount& mount) const {
  KTSTR_ASSIGN_OR_RETURN(const std::string text,
                         ReadFile(root_ + "/proc/thread-self/cgroup"));
  for (const Membership& membership : ParseMemberships(text)) {
    const bool matches = mount.v2 ? membership.controllers.empty()
                                  : membership.controllers == mount.controllers;
    if (!matches) continue;
    std::string folder = FolderOf(mount, membership.cgroup);
    KTSTR_RETURN_IF_ERROR(CheckFolder(mount, folder));
    return folder;
  }
  return absl::NotFoundError(
      absl::StrCat("/proc/thread-self/cgroup has nothing of ", mount.folder));
}

absl::StatusOr<std::vector<CgroupPlace>> CgroupHierarchy::Existing(
    absl::string_view given) const {
  std::vector<CgroupPlace> places;
  for (const CgroupMount& mount : mounts_) {
    if (!mount.v2 && !HasAnyOf(mount, kCountingControllers)) continue;
    CgroupPlace place = {mount.v2, GivenFolder(mount, given), /*enable=*/false};
    if (place.folder.empty() || !Exists(place.folder)) continue;
    KTSTR_RETURN_IF_ERROR(CheckEntry(mount, place.folder));
    places.push_back(std::move(place));
  }
  if (!places.empty()) return places;
  return absl::NotFoundError(
      absl::StrCat("there is no cgroup '", given,
                   "' in the hierarchies that are mounted here "
                   "(/proc/self/mountinfo)"));
}

absl::StatusOr<CgroupPlace> CgroupHierarchy::PlaceFor(
    absl::string_view controller, absl::string_view given) const {
  if (const CgroupMount* v1 = V1Of(controller); v1 != nullptr) {
    CgroupPlace place;
    place.folder = given.empty() ? v1->own_folder : GivenFolder(*v1, given);
    KTSTR_RETURN_IF_ERROR(CheckFolder(*v1, place.folder));
    return place;
  }
  const CgroupMount* unified = v2();
  if (unified == nullptr) {
    return absl::UnimplementedError(absl::StrCat(
        controller.empty() ? "cgroup v2" : controller,
        ": no such cgroup hierarchy is mounted (", root_,
        "/proc/self/mountinfo); mount -t cgroup2 none /sys/fs/cgroup"));
  }
  if (given.empty()) return V2PlaceNearOwn(*unified, controller);
  return V2Place(*unified, GivenFolder(*unified, given), controller);
}

std::vector<std::string> CgroupHierarchy::PossibleFolders(
    absl::string_view given) const {
  std::vector<std::string> folders;
  const auto add = [&folders](std::string folder) {
    if (!folder.empty() && Exists(folder)) folders.push_back(std::move(folder));
  };
  for (const CgroupMount& mount : mounts_) {
    add(mount.own_folder);
    if (mount.v2 && mount.own_folder.size() > mount.folder.size()) {
      add(ParentOf(mount.own_folder));
    }
    if (!given.empty()) add(GivenFolder(mount, given));
  }
  return folders;
}

std::vector<std::string> CgroupHierarchy::Describe() const {
  std::vector<std::string> lines;
  for (const absl::string_view controller : {"cpu", "cpuset", "memory"}) {
    const absl::StatusOr<CgroupPlace> place = PlaceFor(controller);
    lines.push_back(
        place.ok()
            ? absl::StrCat(controller, place->v2 ? ": v2" : ": v1", ", below ",
                           place->folder)
            : absl::StrCat(controller, ": none: ", place.status().message()));
  }
  return lines;
}

}  // namespace ktstr
