// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/cpu_set.h"

#include <errno.h>
#include <sched.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/numeric/bits.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/check.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

constexpr uint32_t kWordBits = 64;
static_assert(sizeof(unsigned long) == sizeof(uint64_t),
              "words are laid out as the kernel's");

// "first-last:used/group": of every `group` numbers the first `used`.
struct Range {
  uint32_t first;
  uint32_t last;
  uint32_t used = 1;
  uint32_t group = 1;
};

// SimpleAtoi alone would take signs and white space.
absl::StatusOr<uint32_t> ParseNumber(absl::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("a number is missing");
  if (!std::all_of(text.begin(), text.end(), absl::ascii_isdigit)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is not a number"));
  }
  uint32_t number;
  if (!absl::SimpleAtoi(text, &number) || number >= CpuSet::kLimit) {
    return absl::OutOfRangeError(
        absl::StrCat(text, " is not below ", CpuSet::kLimit));
  }
  return number;
}

// What follows the colon: "2" or "2/4".
absl::Status ParseStride(absl::string_view text, Range& range) {
  const size_t slash = text.find('/');
  if (slash != text.npos) {
    KTSTR_ASSIGN_OR_RETURN(range.used, ParseNumber(text.substr(0, slash)));
    text.remove_prefix(slash + 1);
  }
  KTSTR_ASSIGN_OR_RETURN(range.group, ParseNumber(text));
  if (range.used == 0 || range.used > range.group) {
    return absl::InvalidArgumentError("a stride takes 1 up to all of a group");
  }
  return absl::OkStatus();
}

absl::StatusOr<Range> ParseRange(absl::string_view text) {
  const size_t dash = text.find('-');
  Range range;
  KTSTR_ASSIGN_OR_RETURN(range.first, ParseNumber(text.substr(0, dash)));
  range.last = range.first;
  if (dash == text.npos) return range;
  text.remove_prefix(dash + 1);
  const size_t colon = text.find(':');
  KTSTR_ASSIGN_OR_RETURN(range.last, ParseNumber(text.substr(0, colon)));
  if (range.last < range.first) {
    return absl::InvalidArgumentError(
        absl::StrCat("range ", range.first, "-", range.last, " is reversed"));
  }
  if (colon != text.npos) {
    KTSTR_RETURN_IF_ERROR(ParseStride(text.substr(colon + 1), range));
  }
  return range;
}

}  // namespace

absl::StatusOr<CpuSet> CpuSet::Parse(absl::string_view cpulist) {
  cpulist = absl::StripTrailingAsciiWhitespace(cpulist);
  if (cpulist.empty()) return absl::InvalidArgumentError("cpulist is empty");
  CpuSet set;
  for (const absl::string_view text : absl::StrSplit(cpulist, ',')) {
    const absl::StatusOr<Range> range = ParseRange(text);
    if (!range.ok()) {
      return absl::Status(
          range.status().code(),
          absl::StrCat("cpulist '", cpulist, "': ", range.status().message()));
    }
    for (uint32_t cpu = range->first; cpu <= range->last; ++cpu) {
      if ((cpu - range->first) % range->group < range->used) set.Add(cpu);
    }
  }
  return set;
}

CpuSet::CpuSet(std::initializer_list<uint32_t> cpus) {
  for (const uint32_t cpu : cpus) Add(cpu);
}

std::string CpuSet::ToString() const {
  std::vector<std::string> ranges;
  const std::vector<uint32_t> all = cpus();
  for (size_t begin = 0, end; begin < all.size(); begin = end) {
    end = begin + 1;
    while (end < all.size() && all[end] == all[end - 1] + 1) ++end;
    ranges.push_back(end - begin == 1
                         ? absl::StrCat(all[begin])
                         : absl::StrCat(all[begin], "-", all[end - 1]));
  }
  return absl::StrJoin(ranges, ",");
}

void CpuSet::Add(uint32_t cpu) {
  KTSTR_CHECK(cpu < kLimit);
  const size_t word = cpu / kWordBits;
  if (word >= words_.size()) words_.resize(word + 1);
  words_[word] |= uint64_t{1} << cpu % kWordBits;
}

void CpuSet::Remove(uint32_t cpu) {
  if (!Contains(cpu)) return;
  words_[cpu / kWordBits] &= ~(uint64_t{1} << cpu % kWordBits);
  Normalize();
}

bool CpuSet::Contains(uint32_t cpu) const {
  const size_t word = cpu / kWordBits;
  return word < words_.size() && (words_[word] >> cpu % kWordBits & 1) != 0;
}

uint32_t CpuSet::Count() const {
  int count = 0;
  for (const uint64_t word : words_) count += absl::popcount(word);
  return static_cast<uint32_t>(count);
}

uint32_t CpuSet::First() const {
  KTSTR_CHECK(!empty());
  uint32_t word = 0;
  while (words_[word] == 0) ++word;
  return word * kWordBits +
         static_cast<uint32_t>(absl::countr_zero(words_[word]));
}

uint32_t CpuSet::Max() const {
  KTSTR_CHECK(!empty());
  // The last word is never 0.
  return static_cast<uint32_t>(words_.size() - 1) * kWordBits +
         static_cast<uint32_t>(absl::bit_width(words_.back())) - 1;
}

std::vector<uint32_t> CpuSet::cpus() const {
  std::vector<uint32_t> result;
  for (size_t i = 0; i < words_.size(); ++i) {
    for (uint64_t word = words_[i]; word != 0; word &= word - 1) {
      result.push_back(static_cast<uint32_t>(i) * kWordBits +
                       static_cast<uint32_t>(absl::countr_zero(word)));
    }
  }
  return result;
}

CpuSet CpuSet::Intersect(const CpuSet& other) const {
  CpuSet result = *this;
  result.words_.resize(std::min(words_.size(), other.words_.size()));
  for (size_t i = 0; i < result.words_.size(); ++i) {
    result.words_[i] &= other.words_[i];
  }
  result.Normalize();
  return result;
}

CpuSet CpuSet::Union(const CpuSet& other) const {
  CpuSet result = *this;
  result.words_.resize(std::max(words_.size(), other.words_.size()));
  for (size_t i = 0; i < other.words_.size(); ++i) {
    result.words_[i] |= other.words_[i];
  }
  return result;
}

CpuSet CpuSet::Difference(const CpuSet& other) const {
  CpuSet result = *this;
  const size_t common = std::min(words_.size(), other.words_.size());
  for (size_t i = 0; i < common; ++i) result.words_[i] &= ~other.words_[i];
  result.Normalize();
  return result;
}

void CpuSet::Normalize() {
  while (!words_.empty() && words_.back() == 0) words_.pop_back();
}

absl::Status ReadAffinity(pid_t tid, CpuSet& set) {
  for (uint32_t bits = 1024; bits <= CpuSet::kLimit; bits *= 2) {
    set.words_.assign(bits / kWordBits, 0);
    if (sched_getaffinity(tid, bits / 8,
                          reinterpret_cast<cpu_set_t*>(set.words_.data())) ==
        0) {
      set.Normalize();
      return absl::OkStatus();
    }
    // EINVAL: the kernel was built for more CPUs than there are bits.
    if (errno != EINVAL) break;
  }
  const int error = errno;
  return PosixError(error, absl::StrCat("sched_getaffinity(", tid, ")"));
}

absl::StatusOr<CpuSet> GetAffinity(pid_t tid) {
  CpuSet set;
  KTSTR_RETURN_IF_ERROR(ReadAffinity(tid, set));
  return set;
}

absl::Status SetAffinity(pid_t tid, const CpuSet& cpus) {
  if (sched_setaffinity(
          tid, cpus.words_.size() * sizeof(uint64_t),
          reinterpret_cast<const cpu_set_t*>(cpus.words_.data())) != 0) {
    const int error = errno;
    return PosixError(error, absl::StrCat("sched_setaffinity(", tid, ", '",
                                          cpus.ToString(), "')"));
  }
  return absl::OkStatus();
}

}  // namespace ktstr
