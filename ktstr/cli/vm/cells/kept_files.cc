// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/cells/kept_files.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/vm/qemu/qemu_command.h"

namespace ktstr {
namespace {

constexpr mode_t kScriptMode = 0755;

absl::Status CopyTo(const std::string& path, const Fd& from) {
  KTSTR_ASSIGN_OR_RETURN(const Fd to, OpenAnew(path));
  struct stat found;
  if (fstat(from.get(), &found) != 0) return PosixError("fstat");
  off_t offset = 0;  // QEMU shares the descriptor's own.
  while (offset < found.st_size) {
    const ssize_t sent = sendfile(to.get(), from.get(), &offset,
                                  static_cast<size_t>(found.st_size - offset));
    if (sent <= 0) return PosixError(absl::StrCat("cannot write ", path));
  }
  return absl::OkStatus();
}

}  // namespace

std::string FileName(absl::string_view name) {
  std::string file(name);
  for (char& c : file) {
    const bool plain = absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                       c == '.' || c == '-' || c == '+';
    if (!plain) c = '_';
  }
  return file;
}

absl::Status MakeFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return PosixError(error.value(), absl::StrCat("cannot make ", folder));
  }
  return absl::OkStatus();
}

absl::StatusOr<Fd> OpenAnew(const std::string& path, mode_t mode) {
  struct stat found;
  if (stat(path.c_str(), &found) == 0 && S_ISBLK(found.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is a block device, to which nothing is written"));
  }
  return OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

absl::Status KeepMachine(const std::string& folder, QemuOptions qemu,
                         const Fd& initrd) {
  KTSTR_RETURN_IF_ERROR(MakeFolder(folder));
  const std::string archive = absl::StrCat(folder, "/initramfs.cpio");
  KTSTR_RETURN_IF_ERROR(CopyTo(archive, initrd));
  qemu.initrd = archive;
  // The second line is where the guest's report goes when nobody reads it.
  qemu.extra_args.insert(qemu.extra_args.begin(), {"-serial", "null"});
  std::vector<std::string> words = QemuCommand(qemu);
  // The first one is the console, which without a socket goes nowhere.
  const auto console = std::find(words.begin(), words.end(), "null");
  if (console != words.end()) *console = "mon:stdio";

  const std::string script = absl::StrCat(folder, "/qemu.sh");
  std::error_code error;
  std::filesystem::remove(script, error);  // Its mode may be another.
  KTSTR_ASSIGN_OR_RETURN(const Fd file, OpenAnew(script, kScriptMode));
  return WriteAll(
      file.get(),
      absl::StrCat("#!/bin/sh\n# Paths are as they were given there.\ncd ",
                   ShellQuoted({std::filesystem::current_path(error).string()}),
                   " || exit\nexec ", ShellQuoted(words), "\n"));
}

}  // namespace ktstr
