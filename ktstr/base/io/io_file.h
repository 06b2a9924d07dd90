// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_IO_IO_FILE_H_
#define KTSTR_BASE_IO_IO_FILE_H_

#include <fcntl.h>
#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/fd.h"

namespace ktstr {

// Opens a new file in `folder` that has no name, so that nothing is left of it
// when the last descriptor is closed. `how` is O_TMPFILE; tests pass 0, which
// the kernel answers as where it does not know O_TMPFILE.
absl::StatusOr<Fd> OpenNamelessFile(const std::string& folder,
                                    int how = O_TMPFILE);

// Whether `path`, of which stat(2) says `target`, may be opened for I/O: a
// regular file, or, only if that is allowed, a block device. Else
// InvalidArgument, or FailedPrecondition for a block device.
absl::Status CheckIoTarget(const struct stat& target, const std::string& path,
                           bool allow_block_device);

// A file in blocks: a temporary one, filled and on disk before it is first
// used, or the first bytes of a named one. Every block of a temporary one
// begins with a stamp of its own. The descriptor has no offset that anybody
// uses, so that forked processes and threads may share it.
class IoFile final {
 public:
  struct Options {
    std::string path = {};    // Empty: a temporary file.
    std::string folder = {};  // Of that; empty: /var/tmp, else /tmp.
    uint64_t bytes = 0;       // Rounded down to whole blocks; one at least.
    bool direct = true;       // O_DIRECT: past the page cache.
    bool writes = true;       // Else a named file is opened for reading only.
    bool allow_block_device = false;
  };

  // Unimplemented where the file system refuses direct I/O, and where there is
  // no place for a temporary file though no folder was named. InvalidArgument
  // for a named file that is too small, or has holes, whose reading is no I/O.
  // A block device is opened only if it may be, and for writing only if nobody
  // else uses it. Other errors carry errno.
  static absl::StatusOr<IoFile> Open(const Options& options);

  IoFile() = default;

  // A multiple of the page size and of what direct I/O has to be aligned to.
  size_t block_bytes() const { return block_bytes_; }
  uint64_t blocks() const { return blocks_; }
  bool direct() const { return direct_; }
  bool stamped() const { return stamped_; }
  // Whether the kernel counted a first read and write for their caller
  // (OwnUsage): not where files live in memory.
  bool counts_reads() const { return counts_reads_; }
  bool counts_writes() const { return counts_writes_; }

  // pread(2), pwrite(2) of one block and fdatasync(2); -1 with errno. Buffers
  // are aligned to pages.
  long Read(uint64_t block, void* buffer) const;
  long Write(uint64_t block, const void* buffer) const;
  long Flush() const;
  // Drops the block from the page cache, unless it waits to be written.
  void Forget(uint64_t block) const;

  // What a block begins with; never 0.
  static void Stamp(uint64_t block, void* buffer);
  static bool HasStamp(uint64_t block, const void* buffer);

 private:
  static absl::StatusOr<IoFile> OpenIn(const std::string& folder,
                                       const Options& options);
  static absl::StatusOr<IoFile> OpenNamed(const Options& options);
  // What is common to both: blocks, direct I/O, and a first read and write.
  absl::Status Measure(const std::string& name, const Options& options);
  absl::Status Fill() const;
  absl::Status GoDirect(const std::string& name) const;
  absl::Status Probe(const std::string& name, bool writes);
  int64_t OffsetOf(uint64_t block) const {
    return static_cast<int64_t>(block * block_bytes_);
  }

  Fd fd_;
  size_t block_bytes_ = 0;
  uint64_t blocks_ = 0;
  bool direct_ = false;
  bool stamped_ = false;
  bool counts_reads_ = false;
  bool counts_writes_ = false;
};

}  // namespace ktstr

#endif  // KTSTR_BASE_IO_IO_FILE_H_
