// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/output_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

absl::Status CannotWrite(absl::string_view path, const absl::Status& why) {
  return absl::Status(why.code(),
                      absl::StrCat("cannot write ", path, ": ", why.message()));
}

bool IsSameFile(const struct stat& file, int fd) {
  struct stat open_file;
  return fstat(fd, &open_file) == 0 && open_file.st_dev == file.st_dev &&
         open_file.st_ino == file.st_ino;
}

// Nothing at `path`: absent.
absl::StatusOr<absl::optional<struct stat>> Stat(const std::string& path) {
  struct stat file;
  if (stat(path.c_str(), &file) == 0) return absl::make_optional(file);
  if (errno == ENOENT) return absl::optional<struct stat>();
  return PosixError("stat");
}

// A name in the same folder, so that rename(2) works. Ours by the pid.
std::string PathBeside(const std::string& path) {
  const size_t name = path.rfind('/') + 1;  // npos + 1 is 0.
  return absl::StrCat(path.substr(0, name), ".", path.substr(name), ".",
                      getpid());
}

absl::StatusOr<Fd> CreateBeside(const std::string& beside) {
  return OpenFile(beside, O_WRONLY | O_CREAT | O_EXCL, 0666);
}

absl::Status TryRegular(const std::string& path) {
  if (access(path.c_str(), F_OK) == 0 && access(path.c_str(), W_OK) != 0) {
    return PosixError("access(W_OK)");
  }
  const std::string beside = PathBeside(path);
  KTSTR_RETURN_IF_ERROR(CreateBeside(beside).status());
  if (unlink(beside.c_str()) != 0) {
    return PosixError(absl::StrCat("unlink(", beside, ")"));
  }
  return absl::OkStatus();
}

using WriteTo = absl::FunctionRef<absl::Status(int fd)>;

absl::Status WriteAndClose(Fd fd, WriteTo write) {
  KTSTR_RETURN_IF_ERROR(write(fd.get()));
  // Network file systems tell of a full disk only here. The descriptor is
  // gone even when close(2) fails.
  if (close(fd.release()) != 0) return PosixError("close");
  return absl::OkStatus();
}

// Replaces the file at `path`, keeping the mode of one that is there.
absl::Status Replace(const std::string& path, WriteTo write) {
  const std::string beside = PathBeside(path);
  KTSTR_ASSIGN_OR_RETURN(Fd fd, CreateBeside(beside));
  absl::Cleanup remove = [&beside] { unlink(beside.c_str()); };
  struct stat old;
  if (stat(path.c_str(), &old) == 0 &&
      fchmod(fd.get(), old.st_mode & 07777) != 0) {
    return PosixError("fchmod");
  }
  KTSTR_RETURN_IF_ERROR(WriteAndClose(std::move(fd), write));
  if (rename(beside.c_str(), path.c_str()) != 0) return PosixError("rename");
  std::move(remove).Cancel();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OutputFile> OutputFile::Open(const std::string& path) {
  const auto file = Stat(path);
  if (!file.ok()) return CannotWrite(path, file.status());
  if (file->has_value() && S_ISBLK((*file)->st_mode)) {
    return CannotWrite(path, PosixError(EPERM, "it is a block device"));
  }
  // /dev/stdout may be a regular file, which must not be replaced.
  if (file->has_value() &&
      (!S_ISREG((*file)->st_mode) || IsSameFile(**file, STDOUT_FILENO) ||
       IsSameFile(**file, STDERR_FILENO))) {
    absl::StatusOr<Fd> direct = OpenFile(path, O_WRONLY | O_APPEND);
    if (!direct.ok()) return CannotWrite(path, direct.status());
    return OutputFile(path, path, *std::move(direct));
  }
  std::string resolved = path;
  char buffer[PATH_MAX];
  if (file->has_value() && realpath(path.c_str(), buffer) != nullptr) {
    resolved = buffer;
  }
  const absl::Status tried = TryRegular(resolved);
  if (!tried.ok()) return CannotWrite(path, tried);
  return OutputFile(path, resolved, Fd());
}

absl::Status OutputFile::Write(WriteTo write) {
  const absl::Status status = direct_.valid()
                                  ? WriteAndClose(std::move(direct_), write)
                                  : Replace(target_, write);
  return status.ok() ? status : CannotWrite(path_, status);
}

}  // namespace ktstr
