// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/io/io_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/proc/own_usage.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/random.h"

namespace ktstr {
namespace {

constexpr const char* kFolders[] = {"/var/tmp", "/tmp"};
constexpr size_t kFillBytes = size_t{1} << 20;  // By one write(2), about.
constexpr uint64_t kStampSeed = 0x6b74737472'000001;

uint64_t StampOf(uint64_t block) { return kStampSeed + block; }

absl::Status RefusesDirect(const std::string& name, int error) {
  return NotInKernel(error, absl::StrCat("direct I/O on ", name), "");
}

struct Alignment {
  bool direct_refused = false;
  size_t bytes = 1;  // Of offsets and sizes.
};

// What the kernel says of direct I/O on the file, or, before Linux 6.1, what is
// true of nearly all files.
Alignment AlignmentOf(int fd, const struct stat& target) {
  struct statx known = {};
  if (statx(fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &known) == 0 &&
      (known.stx_mask & STATX_DIOALIGN) != 0) {
    return {known.stx_dio_offset_align == 0,
            std::max<size_t>(known.stx_dio_offset_align, 1)};
  }
  int sector = 0;
  if (S_ISBLK(target.st_mode) && ioctl(fd, BLKSSZGET, &sector) == 0) {
    return {false, static_cast<size_t>(std::max(sector, 1))};
  }
  return {false,
          static_cast<size_t>(std::max<blksize_t>(target.st_blksize, 1))};
}

absl::StatusOr<struct stat> StatOf(int fd, const std::string& name) {
  struct stat target;
  if (fstat(fd, &target) == 0) return target;
  return PosixError(absl::StrCat("fstat(", name, ")"));
}

// As OpenNamelessFile, for file systems and kernels without O_TMPFILE.
absl::StatusOr<Fd> OpenAndUnlink(const std::string& folder) {
  std::string path = absl::StrCat(folder, "/ktstr.XXXXXX");
  Fd fd(mkostemp(path.data(), O_CLOEXEC));
  if (!fd.valid()) return PosixError(absl::StrCat("mkostemp(", path, ")"));
  if (unlink(path.c_str()) == 0) return fd;
  return PosixError(absl::StrCat("unlink(", path, ")"));
}

// A named file of which all that is wanted is there to be read.
absl::Status CheckExtent(int fd, const std::string& path, uint64_t bytes) {
  const off_t size = lseek(fd, 0, SEEK_END);
  if (size < 0) return PosixError(absl::StrCat("lseek(", path, ")"));
  if (static_cast<uint64_t>(size) < bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " has ", size, " bytes, fewer than ", bytes));
  }
  // Where it is not known, the end is the first hole. Of a device, unknown.
  const off_t hole = lseek(fd, 0, SEEK_HOLE);
  if (hole < 0 || static_cast<uint64_t>(hole) >= bytes) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(path, " has a hole at ", hole, ": fill it first"));
}

}  // namespace

absl::StatusOr<Fd> OpenNamelessFile(const std::string& folder, int how) {
  absl::StatusOr<Fd> fd = OpenFile(folder, how | O_RDWR, 0600);
  const int error = fd.ok() ? 0 : ErrnoOf(fd.status());
  // The file system, or the kernel, does not know it.
  if (error == EOPNOTSUPP || error == EISDIR) return OpenAndUnlink(folder);
  return fd;
}

absl::Status CheckIoTarget(const struct stat& target, const std::string& path,
                           bool allow_block_device) {
  if (S_ISREG(target.st_mode)) return absl::OkStatus();
  if (!S_ISBLK(target.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is neither a file nor a block device"));
  }
  if (allow_block_device) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path, " is a block device, and none is allowed"));
}

absl::StatusOr<IoFile> IoFile::Open(const Options& options) {
  if (!options.path.empty()) return OpenNamed(options);
  if (!options.folder.empty()) return OpenIn(options.folder, options);
  absl::Status refusal;
  for (const char* folder : kFolders) {
    absl::StatusOr<IoFile> file = OpenIn(folder, options);
    if (file.ok() || absl::IsInvalidArgument(file.status())) return file;
    refusal.Update(file.status());
  }
  return absl::UnimplementedError(refusal.message());
}

absl::StatusOr<IoFile> IoFile::OpenIn(const std::string& folder,
                                      const Options& options) {
  IoFile file;
  KTSTR_ASSIGN_OR_RETURN(file.fd_, OpenNamelessFile(folder));
  file.stamped_ = true;
  KTSTR_RETURN_IF_ERROR(
      file.Measure(absl::StrCat("a file in ", folder), options));
  return file;
}

absl::StatusOr<IoFile> IoFile::OpenNamed(const Options& options) {
  // A descriptor that opens no device tells what it is, and what is opened
  // then is the very same, whatever the path leads to meanwhile.
  KTSTR_ASSIGN_OR_RETURN(const Fd place, OpenFile(options.path, O_PATH));
  KTSTR_ASSIGN_OR_RETURN(const struct stat target,
                         StatOf(place.get(), options.path));
  KTSTR_RETURN_IF_ERROR(
      CheckIoTarget(target, options.path, options.allow_block_device));
  // Of a block device, O_EXCL refuses one that is mounted or in use otherwise.
  const int exclusive = S_ISBLK(target.st_mode) ? O_EXCL : 0;
  IoFile file;
  absl::StatusOr<Fd> fd =
      OpenFile(absl::StrCat("/proc/self/fd/", place.get()),
               options.writes ? O_RDWR | exclusive : O_RDONLY);
  if (!fd.ok()) {
    return PosixError(ErrnoOf(fd.status()),
                      absl::StrCat("open(", options.path, ")"));
  }
  file.fd_ = *std::move(fd);
  KTSTR_RETURN_IF_ERROR(
      CheckExtent(file.fd_.get(), options.path, options.bytes));
  KTSTR_RETURN_IF_ERROR(file.Measure(options.path, options));
  return file;
}

absl::Status IoFile::Measure(const std::string& name, const Options& options) {
  KTSTR_ASSIGN_OR_RETURN(const struct stat target, StatOf(fd_.get(), name));
  const Alignment alignment = AlignmentOf(fd_.get(), target);
  direct_ = options.direct;
  if (direct_ && alignment.direct_refused) return RefusesDirect(name, EINVAL);
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  block_bytes_ = direct_ ? std::lcm(page, alignment.bytes) : page;
  blocks_ = options.bytes / block_bytes_;
  if (blocks_ == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.bytes, " bytes are less than one block of ",
                     block_bytes_, " on ", name));
  }
  if (stamped_) KTSTR_RETURN_IF_ERROR(Fill());
  if (direct_) KTSTR_RETURN_IF_ERROR(GoDirect(name));
  if (Flush() != 0) return PosixError(absl::StrCat("fdatasync(", name, ")"));
  // Advice only, for pages that would be in the way of real I/O.
  posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_DONTNEED);
  posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_RANDOM);
  return Probe(name, options.writes);
}

absl::Status IoFile::Fill() const {
  const uint64_t chunk = std::max<uint64_t>(kFillBytes / block_bytes_, 1);
  std::string bytes(chunk * block_bytes_, '\0');
  Random random(kStampSeed);
  for (size_t at = 0; at < bytes.size(); at += sizeof(uint64_t)) {
    const uint64_t word = random.Next();
    std::memcpy(&bytes[at], &word, sizeof(word));
  }
  for (uint64_t begin = 0; begin < blocks_; begin += chunk) {
    const uint64_t count = std::min(chunk, blocks_ - begin);
    for (uint64_t i = 0; i < count; ++i) {
      Stamp(begin + i, &bytes[i * block_bytes_]);
    }
    KTSTR_RETURN_IF_ERROR(WriteAll(
        fd_.get(), absl::string_view(bytes).substr(0, count * block_bytes_)));
  }
  return absl::OkStatus();
}

absl::Status IoFile::GoDirect(const std::string& name) const {
  const int flags = fcntl(fd_.get(), F_GETFL);
  if (flags >= 0 && fcntl(fd_.get(), F_SETFL, flags | O_DIRECT) == 0) {
    return absl::OkStatus();
  }
  return RefusesDirect(name, errno);
}

absl::Status IoFile::Probe(const std::string& name, bool writes) {
  KTSTR_ASSIGN_OR_RETURN(const Mapping buffer,
                         Mapping::CreatePrivate(block_bytes_));
  const auto size = static_cast<long>(block_bytes_);
  const OwnUsage before = ReadOwnUsage();
  if (Read(0, buffer.data()) != size) {
    if (direct_ && errno == EINVAL) return RefusesDirect(name, EINVAL);
    return PosixError(absl::StrCat("pread(", name, ")"));
  }
  const OwnUsage between = ReadOwnUsage();
  counts_reads_ = between.bytes_read != before.bytes_read;
  if (!writes) return absl::OkStatus();
  // Changes nothing: it is what was just read.
  if (Write(0, buffer.data()) != size || Flush() != 0) {
    return PosixError(absl::StrCat("pwrite(", name, ")"));
  }
  counts_writes_ = ReadOwnUsage().bytes_written != between.bytes_written;
  return absl::OkStatus();
}

long IoFile::Read(uint64_t block, void* buffer) const {
  return pread(fd_.get(), buffer, block_bytes_, OffsetOf(block));
}

long IoFile::Write(uint64_t block, const void* buffer) const {
  return pwrite(fd_.get(), buffer, block_bytes_, OffsetOf(block));
}

long IoFile::Flush() const { return fdatasync(fd_.get()); }

void IoFile::Forget(uint64_t block) const {
  // Advice: what comes of it is seen in the kernel's count of bytes read.
  posix_fadvise(fd_.get(), OffsetOf(block), static_cast<off_t>(block_bytes_),
                POSIX_FADV_DONTNEED);
}

void IoFile::Stamp(uint64_t block, void* buffer) {
  const uint64_t stamp = StampOf(block);
  std::memcpy(buffer, &stamp, sizeof(stamp));
}

bool IoFile::HasStamp(uint64_t block, const void* buffer) {
  const uint64_t stamp = StampOf(block);
  return std::memcmp(buffer, &stamp, sizeof(stamp)) == 0;
}

}  // namespace ktstr
