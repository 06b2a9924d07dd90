// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/guest/report_channel.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

constexpr char kDriver[] = "/sys/bus/virtio/drivers/virtio_console";
constexpr int kLookEveryMs = 5;

// Looks again and again: the port is told to the driver after the device, by
// messages that a work queue handles.
absl::StatusOr<std::string> AwaitVirtioPort(absl::string_view port,
                                            absl::Duration patience) {
  const int64_t until_ns =
      MonotonicNanos() + absl::ToInt64Nanoseconds(patience);
  for (;;) {
    absl::StatusOr<std::string> path = FindVirtioPort(port);
    if (path.ok() || access(kDriver, F_OK) != 0 ||
        MonotonicNanos() >= until_ns) {
      return path;
    }
    poll(nullptr, 0, kLookEveryMs);
  }
}

// The line is to carry bytes, and none of them comes back as an echo.
absl::Status MakeRaw(int fd) {
  struct termios line;
  if (tcgetattr(fd, &line) != 0) return PosixError("tcgetattr");
  cfmakeraw(&line);
  line.c_cflag |= CLOCAL | CREAD;
  cfsetspeed(&line, B115200);
  if (tcsetattr(fd, TCSANOW, &line) != 0) return PosixError("tcsetattr");
  return absl::OkStatus();
}

absl::StatusOr<Fd> OpenSerialLine(absl::string_view tty) {
  KTSTR_ASSIGN_OR_RETURN(
      Fd fd, OpenFile(absl::StrCat("/dev/", tty), O_RDWR | O_NOCTTY));
  KTSTR_RETURN_IF_ERROR(MakeRaw(fd.get()));
  return fd;
}

}  // namespace

absl::StatusOr<std::string> FindVirtioPort(absl::string_view port,
                                           const std::string& root) {
  const std::string folder = absl::StrCat(root, "/sys/class/virtio-ports");
  const std::unique_ptr<DIR, int (*)(DIR*)> ports(opendir(folder.c_str()),
                                                  closedir);
  while (ports != nullptr) {
    const dirent* entry = readdir(ports.get());
    if (entry == nullptr) break;
    if (entry->d_name[0] == '.') continue;
    const absl::StatusOr<std::string> name =
        ReadFileTrimmed(absl::StrCat(folder, "/", entry->d_name, "/name"));
    if (name.ok() && *name == port) {
      return absl::StrCat(root, "/dev/", entry->d_name);
    }
  }
  return absl::NotFoundError(
      absl::StrCat("no virtio port '", port, "' in ", folder));
}

absl::StatusOr<ReportChannel> OpenReportChannel(absl::string_view port,
                                                absl::string_view tty,
                                                absl::Duration patience) {
  absl::StatusOr<std::string> path = AwaitVirtioPort(port, patience);
  absl::Status virtio = path.status();
  if (path.ok()) {
    absl::StatusOr<Fd> fd = OpenFile(*path, O_RDWR);
    if (fd.ok()) return ReportChannel{*std::move(fd), "virtio"};
    virtio = fd.status();
  }
  absl::StatusOr<Fd> fd = OpenSerialLine(tty);
  if (fd.ok()) return ReportChannel{*std::move(fd), "serial"};
  return absl::NotFoundError(absl::StrCat(
      "no way to the host: ", virtio.message(), "; ", fd.status().message()));
}

}  // namespace ktstr
