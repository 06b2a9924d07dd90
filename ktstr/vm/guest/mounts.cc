// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/guest/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"

namespace ktstr {
namespace {

struct Mount {
  const char* type;
  const char* where;
  const char* options;
  bool needed;
};

// Folders come before what is mounted in them.
constexpr Mount kMounts[] = {
    {"proc", "/proc", "", true},
    {"sysfs", "/sys", "", true},
    {"devtmpfs", "/dev", "mode=0755", true},
    {"tmpfs", "/dev/shm", "mode=1777", true},
    {"devpts", "/dev/pts", "mode=0620,ptmxmode=0666", false},
    {"mqueue", "/dev/mqueue", "", false},
    {"cgroup2", "/sys/fs/cgroup", "", false},
    {"debugfs", "/sys/kernel/debug", "", false},
    {"tracefs", "/sys/kernel/tracing", "", false},
    {"bpf", "/sys/fs/bpf", "mode=0700", false},
};

struct Link {
  const char* target;
  const char* path;
};

// As udev makes them; shell scripts count on them.
constexpr Link kLinks[] = {{"/proc/self/fd", "/dev/fd"},
                           {"/proc/self/fd/0", "/dev/stdin"},
                           {"/proc/self/fd/1", "/dev/stdout"},
                           {"/proc/self/fd/2", "/dev/stderr"}};

constexpr char kCgroup[] = "/sys/fs/cgroup";

// One by one: a controller that cannot be handed down must not keep the others
// from it.
void HandDownControllers() {
  const absl::StatusOr<std::string> controllers =
      ReadFile(absl::StrCat(kCgroup, "/cgroup.controllers"));
  if (!controllers.ok()) return;  // No cgroup v2.
  const absl::StatusOr<Fd> control =
      OpenFile(absl::StrCat(kCgroup, "/cgroup.subtree_control"), O_WRONLY);
  if (!control.ok()) return;
  for (const absl::string_view name : absl::StrSplit(
           *controllers, absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
    // What is refused here is told by the run that asks for it.
    WriteAll(control->get(), absl::StrCat("+", name)).IgnoreError();
  }
}

}  // namespace

std::vector<std::string> MountGuest() {
  std::vector<std::string> troubles;
  for (const Mount& mount : kMounts) {
    // sysfs has its mount points already, or will never have them.
    mkdir(mount.where, 0755);
    const int mounted =
        ::mount(mount.type, mount.where, mount.type, 0, mount.options);
    // EBUSY: the kernel mounts devtmpfs by itself (CONFIG_DEVTMPFS_MOUNT).
    if (mounted == 0 || errno == EBUSY || !mount.needed) continue;
    const int error = errno;
    troubles.push_back(absl::StrCat("cannot mount ", mount.type, " on ",
                                    mount.where, ": ", ErrnoName(error)));
  }
  for (const Link& link : kLinks) {
    if (symlink(link.target, link.path) == 0 || errno == EEXIST) continue;
    const int error = errno;
    troubles.push_back(
        absl::StrCat("cannot make ", link.path, ": ", ErrnoName(error)));
  }
  HandDownControllers();
  return troubles;
}

}  // namespace ktstr
