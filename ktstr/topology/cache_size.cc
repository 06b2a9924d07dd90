// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/topology/cache_size.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/file.h"

namespace ktstr {
namespace {

// The kernel prints "%uK", whatever the size.
int64_t ParseSize(absl::string_view text) {
  int64_t kib = 0;
  if (!absl::ConsumeSuffix(&text, "K") || !absl::SimpleAtoi(text, &kib)) {
    return 0;
  }
  return std::max<int64_t>(kib, 0) * 1024;
}

// 0 if the folder tells of no such cache.
int64_t L2BytesOf(const std::string& caches) {
  for (int index = 0;; ++index) {
    const std::string cache = absl::StrCat(caches, "/index", index);
    const absl::StatusOr<std::string> level = ReadFileTrimmed(cache + "/level");
    if (!level.ok()) return 0;  // That was the last one.
    if (*level != "2") continue;
    const absl::StatusOr<std::string> size = ReadFileTrimmed(cache + "/size");
    return size.ok() ? ParseSize(*size) : 0;
  }
}

}  // namespace

int64_t ReadL2Bytes(const CpuSet& cpus, const std::string& root) {
  int64_t largest = 0;
  for (uint32_t cpu : cpus.cpus()) {
    largest = std::max(
        largest, L2BytesOf(absl::StrCat(root, "/sys/devices/system/cpu/cpu",
                                        cpu, "/cache")));
  }
  return largest;
}

}  // namespace ktstr
