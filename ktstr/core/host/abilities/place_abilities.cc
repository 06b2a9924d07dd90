// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/abilities/place_abilities.h"

#include <errno.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/file.h"
#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/cgroup/hierarchy.h"

namespace ktstr {
namespace {

std::string NodesText(const std::string& root) {
  const absl::StatusOr<MemoryNodes> nodes = GetMemoryNodes(root + "/sys");
  if (!nodes.ok()) return "";
  std::string text = absl::StrCat("nodes ", nodes->allowed.ToString());
  if (nodes->with_memory.empty()) return text;
  const NodeSet usable = nodes->allowed.Intersect(nodes->with_memory);
  if (usable == nodes->with_memory) {
    return absl::StrCat("nodes ", usable.ToString(), ", all that have memory");
  }
  return absl::StrCat("nodes ", usable.ToString(), " of ",
                      nodes->with_memory.ToString(),
                      " that have memory: the cpuset allows no more "
                      "(cpuset.mems)");
}

void AddMemory(const Findings& found, std::vector<Ability>& abilities) {
  const Attempts& attempts = found.attempts;
  abilities.push_back(MakeAbility("memory policies",
                                  attempts[Attempt::kMemoryPolicy],
                                  NodesText(found.root)));
  abilities.push_back(MakeAbility("weighted interleave",
                                  attempts[Attempt::kWeighted],
                                  "weights: /sys/kernel/mm/mempolicy"));
  abilities.push_back(MakeAbility("page locality", attempts[Attempt::kPages],
                                  "move_pages tells the node of a page"));
}

absl::StatusOr<CgroupPlace> PlaceFor(const Findings& found,
                                     absl::string_view controller) {
  if (!found.cgroups.ok()) return found.cgroups.status();
  return found.cgroups->PlaceFor(controller);
}

std::string PlaceText(const CgroupPlace& place, absl::string_view controller) {
  std::string text =
      absl::StrCat(place.v2 ? "v2" : "v1", ", below ", place.folder);
  if (place.enable) {
    absl::StrAppend(&text, ", which gets +", controller,
                    " in cgroup.subtree_control for the run");
  }
  return text;
}

Ability Controller(absl::string_view controller,
                   const absl::StatusOr<CgroupPlace>& place) {
  return MakeAbility(absl::StrCat("cgroup ", controller), place.status(),
                     place.ok() ? PlaceText(*place, controller) : "");
}

Ability Birth(const Findings& found, bool has_cgroups) {
  Ability birth =
      MakeAbility("born in a cgroup", found.attempts[Attempt::kBirth],
                  "clone3(CLONE_INTO_CGROUP), cgroups of v2");
  if (!birth.can) {
    birth.text.append(has_cgroups
                          ? "; workers are moved"
                          : "; takes a cgroup with a cgroup.procs to write to");
  }
  return birth;
}

// Threads of one process in several cgroups.
Ability Threaded(const absl::StatusOr<CgroupPlace>& place) {
  return MakeAbility(
      "threads in cgroups", place.status(),
      place.ok() && !place->v2
          ? "v1: any of them"
          : "v2: threaded ones, which cannot have the controller memory");
}

void AddCgroups(const Findings& found, std::vector<Ability>& abilities) {
  // With a share of CPU, or else any.
  absl::StatusOr<CgroupPlace> cgroup = PlaceFor(found, "cpu");
  abilities.push_back(Controller("cpu", cgroup));
  for (const absl::string_view controller : {"cpuset", "memory"}) {
    abilities.push_back(Controller(controller, PlaceFor(found, controller)));
  }
  if (!cgroup.ok()) cgroup = PlaceFor(found, "");
  abilities.push_back(Birth(found, cgroup.ok()));
  abilities.push_back(Threaded(cgroup));
}

Ability Pressure(const Findings& found) {
  constexpr char kName[] = "pressure (PSI)";
  const std::string path = found.root + "/proc/pressure/cpu";
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (text.ok()) return {kName, true, path};
  const int error = ErrnoOf(text.status());
  const std::string config = ValueOf(found.host.kernel_config, "CONFIG_PSI");
  if (error == EOPNOTSUPP || (error == ENOENT && config == "y")) {
    return {kName, false, "built in and off: boot with psi=1"};
  }
  if (error != ENOENT) return MakeAbility(kName, text.status(), "");
  return {kName, false,
          config == "n" ? "no CONFIG_PSI"
                        : absl::StrCat("no ", path,
                                       ": no CONFIG_PSI, or off: boot with "
                                       "psi=1")};
}

}  // namespace

void AddPlaceAbilities(const Findings& found, std::vector<Ability>& abilities) {
  AddMemory(found, abilities);
  AddCgroups(found, abilities);
  abilities.push_back(Pressure(found));
  abilities.push_back(MakeAbility("another user",
                                  found.attempts[Attempt::kUser],
                                  "CAP_SETUID and CAP_SETGID are there"));
}

}  // namespace ktstr
