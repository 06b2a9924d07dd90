// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/memory/resident_bytes.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/posix_error.h"

namespace ktstr {

absl::StatusOr<size_t> ResidentBytes(const void* begin, size_t bytes) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<uintptr_t>(begin);
  std::array<unsigned char, 1024> present;
  size_t resident = 0;
  for (size_t done = 0; done < bytes; done += present.size() * page) {
    const size_t length = std::min(bytes - done, present.size() * page);
    if (mincore(reinterpret_cast<void*>(first + done), length,
                present.data()) != 0) {
      const int error = errno;
      return PosixError(error, absl::StrCat("mincore(", length, " bytes)"));
    }
    const size_t pages = (length + page - 1) / page;
    for (size_t i = 0; i < pages; ++i) {
      // The other bits are reserved.
      if ((present[i] & 1) != 0) resident += page;
    }
  }
  return resident;
}

}  // namespace ktstr
