// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/mapping.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <limits>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/check.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

// ENOMEM stands for a lack of memory, too.
std::string AddressLimit() {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return "";
  }
  return absl::StrCat(" with RLIMIT_AS of ", limit.rlim_cur);
}

}  // namespace

absl::StatusOr<Mapping> Mapping::Create(size_t bytes, int flags,
                                        const char* kind) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  if (bytes > std::numeric_limits<size_t>::max() - page) {
    return PosixError(ENOMEM, absl::StrCat("mmap(", bytes, " bytes)"));
  }
  const size_t size = (bytes + page - 1) / page * page;
  void* data = mmap(/*addr=*/nullptr, size, PROT_READ | PROT_WRITE,
                    flags | MAP_ANONYMOUS, /*fd=*/-1, /*offset=*/0);
  if (data == MAP_FAILED) {
    const int error = errno;
    return PosixError(error, absl::StrCat("mmap(", size, " bytes, ", kind, ")",
                                          AddressLimit()));
  }
  return Mapping(data, size);
}

absl::StatusOr<Mapping> Mapping::CreateShared(size_t bytes) {
  return Create(bytes, MAP_SHARED, "shared");
}

absl::StatusOr<Mapping> Mapping::CreatePrivate(size_t bytes) {
  KTSTR_ASSIGN_OR_RETURN(Mapping mapping,
                         Create(bytes, MAP_PRIVATE | MAP_NORESERVE, "private"));
  // EINVAL: a kernel without huge pages, where there is nothing to forbid.
  if (madvise(mapping.data_, mapping.size_, MADV_NOHUGEPAGE) != 0 &&
      errno != EINVAL) {
    return PosixError("madvise(MADV_NOHUGEPAGE)");
  }
  return mapping;
}

absl::Status Mapping::DropPages() const {
  if (madvise(data_, size_, MADV_DONTNEED) == 0) return absl::OkStatus();
  return PosixError("madvise(MADV_DONTNEED)");
}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  if (this != &other) {
    Unmap();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

void Mapping::Unmap() {
  // Can only fail for arguments that mmap did not give us.
  if (data_ != nullptr) KTSTR_CHECK(munmap(data_, size_) == 0);
}

}  // namespace ktstr
