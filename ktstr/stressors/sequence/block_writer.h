// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_SEQUENCE_BLOCK_WRITER_H_
#define KTSTR_STRESSORS_SEQUENCE_BLOCK_WRITER_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "ktstr/base/fd.h"

namespace ktstr {

// A file that has no name and goes with its last descriptor, in /var/tmp, which
// is on a disk if there is one, or else in /tmp. Unimplemented where neither
// lets it be made.
absl::StatusOr<Fd> OpenUnnamedFile();

// Writes block after block of a file, round and round its first 256. A block is
// a page of memory, random and not all zero. Of one thread.
class BlockWriter final {
 public:
  // The descriptor stays the caller's; -1 if it is never written to.
  BlockWriter(int fd, uint64_t seed);

  // pwrite(2) of the next block, and fdatasync(2): what these return.
  ssize_t Write();
  int Flush() const;

  int64_t block_bytes() const { return static_cast<int64_t>(block_.size()); }

 private:
  const int fd_;
  std::vector<char> block_;
  uint64_t next_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_SEQUENCE_BLOCK_WRITER_H_
