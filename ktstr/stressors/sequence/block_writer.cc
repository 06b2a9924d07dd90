// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/sequence/block_writer.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/work/random.h"

namespace ktstr {
namespace {

constexpr uint64_t kBlocks = 256;

}  // namespace

absl::StatusOr<Fd> OpenUnnamedFile() {
  constexpr int kFlags = O_TMPFILE | O_RDWR;
  constexpr mode_t kMode = 0600;
  absl::StatusOr<Fd> file = OpenFile("/var/tmp", kFlags, kMode);
  if (!file.ok()) file = OpenFile("/tmp", kFlags, kMode);
  // A lack of descriptors is nothing that the host cannot do.
  if (file.ok() || absl::IsResourceExhausted(file.status())) return file;
  return absl::UnimplementedError(
      absl::StrCat("needs a file without a name (O_TMPFILE) in /var/tmp or ",
                   "/tmp: ", file.status().message()));
}

BlockWriter::BlockWriter(int fd, uint64_t seed)
    : fd_(fd), block_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
  Random random(seed);
  for (char& byte : block_) byte = static_cast<char>(random.Next());
}

ssize_t BlockWriter::Write() {
  const uint64_t offset = next_ % kBlocks * block_.size();
  ++next_;
  return pwrite(fd_, block_.data(), block_.size(), static_cast<off_t>(offset));
}

int BlockWriter::Flush() const { return fdatasync(fd_); }

}  // namespace ktstr
