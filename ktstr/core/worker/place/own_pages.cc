// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/place/own_pages.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/memory/page_locality.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {
namespace {

constexpr size_t kMaxSampled = 256;
// Pages that are looked at for the worker's own, in runs of neighbours: the
// memory that workers share has the areas of all of them.
constexpr uint64_t kMaxLooked = 8192;
constexpr uint64_t kRun = 64;

// Bits of /proc/PID/pagemap; see the kernel's admin-guide/mm/pagemap.rst.
constexpr uint64_t kPresent = uint64_t{1} << 63;
constexpr uint64_t kSwapped = uint64_t{1} << 62;
constexpr uint64_t kOfFile = uint64_t{1} << 61;  // Or shared.
constexpr uint64_t kExclusive = uint64_t{1} << 56;

// Address space, not memory: 64 MiB of it with pages of 4 KiB.
constexpr uint64_t kMostHad = 16384;

// [first, end) in pages of the address space.
struct PageRange {
  uint64_t first = 0;
  uint64_t end = 0;
  bool shared = false;
};

uint64_t PageSize() { return static_cast<uint64_t>(sysconf(_SC_PAGESIZE)); }

// A line is "55d0c000-55d2d000 rw-p 00000000 00:00 0  [heap]", with the name
// /dev/zero for memory that is shared but of no file.
void AddIfMemory(absl::string_view line, std::vector<PageRange>& ranges) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(line, absl::MaxSplits(' ', 2));
  if (words.size() < 3 || words[1].size() != 4 || words[1][1] != 'w') return;
  const bool shared = words[1][3] == 's';
  if (shared && !absl::StrContains(words[2], " /dev/zero")) return;
  const std::pair<absl::string_view, absl::string_view> ends =
      absl::StrSplit(words[0], absl::MaxSplits('-', 1));
  uint64_t begin = 0;
  uint64_t end = 0;
  if (!absl::SimpleHexAtoi(ends.first, &begin) ||
      !absl::SimpleHexAtoi(ends.second, &end)) {
    return;
  }
  ranges.push_back({begin / PageSize(), end / PageSize(), shared});
}

absl::StatusOr<std::vector<PageRange>> MemoryOfProcess() {
  KTSTR_ASSIGN_OR_RETURN(const std::string maps,
                         ReadFile("/proc/thread-self/maps"));
  std::vector<PageRange> ranges;
  for (const absl::string_view line : absl::StrSplit(maps, '\n')) {
    AddIfMemory(line, ranges);
  }
  return ranges;
}

absl::StatusOr<std::vector<PageRange>> StackOfThread() {
  pthread_attr_t attributes;
  int error = pthread_getattr_np(pthread_self(), &attributes);
  if (error != 0) return PosixError(error, "pthread_getattr_np");
  void* stack = nullptr;
  size_t bytes = 0;
  error = pthread_attr_getstack(&attributes, &stack, &bytes);
  pthread_attr_destroy(&attributes);
  if (error != 0) return PosixError(error, "pthread_attr_getstack");
  const auto begin = reinterpret_cast<uintptr_t>(stack);
  return std::vector<PageRange>{
      {begin / PageSize(), (begin + bytes) / PageSize()}};
}

absl::StatusOr<std::vector<PageRange>> MemoryOfCaller() {
  const bool is_process = gettid() == getpid();
  return is_process ? MemoryOfProcess() : StackOfThread();
}

class PageMap final {
 public:
  static absl::StatusOr<PageMap> Open() {
    KTSTR_ASSIGN_OR_RETURN(Fd file,
                           OpenFile("/proc/thread-self/pagemap", O_RDONLY));
    return PageMap(std::move(file));
  }

  // Calls `see` with the number and the entry of each page of `run`, which is
  // at most kRun of them.
  absl::Status Look(
      const PageRange& run,
      absl::FunctionRef<void(uint64_t page, uint64_t entry)> see) const {
    uint64_t entries[kRun];
    const size_t count = run.end - run.first;
    const ssize_t got =
        pread(file_.get(), entries, count * sizeof(entries[0]),
              static_cast<off_t>(run.first * sizeof(entries[0])));
    if (got < 0) return PosixError("pread(/proc/thread-self/pagemap)");
    const size_t known = static_cast<size_t>(got) / sizeof(entries[0]);
    for (size_t i = 0; i < known; ++i) see(run.first + i, entries[i]);
    return absl::OkStatus();
  }

 private:
  explicit PageMap(Fd file) : file_(std::move(file)) {}

  Fd file_;
};

// What is the worker's own among the pages that were looked at.
class OwnMemory final {
 public:
  explicit OwnMemory(const std::vector<uint64_t>& had) : had_(had) {}

  void Add(bool shared, uint64_t page, uint64_t entry) {
    if (!shared && (entry & kOfFile) != 0) return;
    if (absl::c_binary_search(had_, page)) return;
    if ((entry & kSwapped) != 0) {
      ++swapped_;
    } else if ((entry & kPresent) != 0 && (entry & kExclusive) != 0) {
      pages_.push_back(
          {std::bit_cast<const void*>(page * PageSize()), /*bytes=*/1});
    }
  }

  const std::vector<AddressRange>& pages() const { return pages_; }
  uint32_t swapped() const { return swapped_; }

 private:
  const std::vector<uint64_t>& had_;
  std::vector<AddressRange> pages_;
  uint32_t swapped_ = 0;
};

absl::Status FindOwn(const std::vector<PageRange>& ranges, OwnMemory& own) {
  KTSTR_ASSIGN_OR_RETURN(const PageMap map, PageMap::Open());
  uint64_t all = 0;
  for (const PageRange& range : ranges) all += range.end - range.first;
  // A run of neighbours begins at each multiple of it, ranges laid end to end.
  const uint64_t stride =
      std::max(kRun, (all * kRun + kMaxLooked - 1) / kMaxLooked);
  uint64_t offset = 0;  // Of the range.
  for (const PageRange& range : ranges) {
    const auto see = [&own, &range](uint64_t page, uint64_t entry) {
      own.Add(range.shared, page, entry);
    };
    const uint64_t end = offset + range.end - range.first;
    for (uint64_t run = offset / stride * stride; run < end; run += stride) {
      const uint64_t from = std::max(run, offset);
      const uint64_t to = std::min(run + kRun, end);
      if (from >= to) continue;  // The run ended with the range before.
      KTSTR_RETURN_IF_ERROR(map.Look(
          {range.first + from - offset, range.first + to - offset}, see));
    }
    offset = end;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OwnPages> OwnPages::Begin() {
  KTSTR_ASSIGN_OR_RETURN(const std::vector<PageRange> ranges, MemoryOfCaller());
  KTSTR_ASSIGN_OR_RETURN(const PageMap map, PageMap::Open());
  uint64_t all = 0;
  for (const PageRange& range : ranges) {
    if (!range.shared) all += range.end - range.first;
  }
  if (all > kMostHad) {
    return absl::OutOfRangeError(
        absl::StrCat(all, " pages of private memory before the body began"));
  }
  std::vector<uint64_t> had;
  const auto see = [&had](uint64_t page, uint64_t entry) {
    if ((entry & (kPresent | kSwapped)) != 0) had.push_back(page);
  };
  for (const PageRange& range : ranges) {
    if (range.shared) continue;  // What was touched there others touched too.
    for (uint64_t first = range.first; first < range.end; first += kRun) {
      KTSTR_RETURN_IF_ERROR(
          map.Look({first, std::min(first + kRun, range.end)}, see));
    }
  }
  absl::c_sort(had);
  return OwnPages(std::move(had));
}

absl::Status OwnPages::Count(PagesRecord& pages) const {
  KTSTR_ASSIGN_OR_RETURN(const std::vector<PageRange> ranges, MemoryOfCaller());
  OwnMemory own(had_);
  KTSTR_RETURN_IF_ERROR(FindOwn(ranges, own));
  KTSTR_ASSIGN_OR_RETURN(const PageLocality locality,
                         CountPages(own.pages(), kMaxSampled));
  unsigned node = 0;
  if (getcpu(/*cpu=*/nullptr, &node) != 0) return PosixError("getcpu");
  for (const auto& [where, count] : locality.on_node) {
    if (where < 0 || static_cast<size_t>(where) >= PagesRecord::kMaxNodes) {
      continue;
    }
    pages.on_node[where] = static_cast<uint32_t>(count);
  }
  pages.sampled = static_cast<uint32_t>(locality.sampled) + own.swapped();
  pages.absent = static_cast<uint32_t>(locality.absent) + own.swapped();
  pages.home_node = static_cast<int32_t>(node);
  pages.known = true;
  return absl::OkStatus();
}

}  // namespace ktstr
