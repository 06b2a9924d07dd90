// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/machine_spec/vm_spec.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/numeric/bits.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

constexpr VmPreset kPresets[] = {
    {"big", {1, 1, 64, 1}, "one LLC and many CPUs: contended run queues"},
    {"big_numa", {4, 2, 4, 2}, "64 CPUs with every level of the hierarchy"},
    {"chiplet", {1, 4, 2, 2}, "one node of many small LLCs, as on desktops"},
    {"ci", {2, 1, 2, 2}, "the smallest with nodes, LLCs, cores and SMT"},
    {"laptop", {1, 1, 4, 2}, "one LLC with SMT, as most people have it"},
    {"odd", {3, 1, 3, 1}, "counts that are no powers of two"},
    {"quad_node", {4, 1, 2, 1}, "four nodes: balancing over distances"},
    {"server", {2, 1, 4, 2}, "two sockets with SMT"},
    {"single", {1, 1, 1, 1}, "one CPU: no migration, no balancing"},
    {"smp", {1, 1, 4, 1}, "a few equal CPUs, nothing between them"},
    {"split_llc", {2, 2, 2, 1}, "nodes with several LLCs, without SMT"},
};

struct Part {
  char letter;
  uint32_t VmSpec::*member;
  absl::string_view noun;
};

// In the order in which they are written.
constexpr Part kParts[] = {
    {'n', &VmSpec::nodes, "nodes"},
    {'l', &VmSpec::llcs, "LLCs"},
    {'c', &VmSpec::cores, "cores"},
    {'t', &VmSpec::threads, "threads"},
};

absl::string_view Form() {
  return "a machine is NnNlNcNt (nodes, LLCs of a node, cores of an LLC, "
         "threads of a core; what is left out is 1) as in 2n1l2c2t, or a name "
         "from `ktstr list vm`";
}

absl::Status Unreadable(absl::string_view text) {
  std::vector<absl::string_view> names;
  for (const VmPreset& preset : kPresets) names.push_back(preset.name);
  return absl::InvalidArgumentError(
      absl::StrCat("cannot read the machine '", text, "'",
                   DidYouMean(text, names), ": ", Form()));
}

absl::Status TooMuch(absl::string_view text, absl::string_view why) {
  return absl::OutOfRangeError(
      absl::StrCat("the machine '", text, "' cannot be built: ", why));
}

// The number in front of `*rest`, taken from it. "" without one.
absl::string_view TakeDigits(absl::string_view* rest) {
  size_t digits = 0;
  while (digits < rest->size() && absl::ascii_isdigit((*rest)[digits])) {
    ++digits;
  }
  const absl::string_view number = rest->substr(0, digits);
  rest->remove_prefix(digits);
  return number;
}

// kInvalidArgument if `text` does not have the form, whatever the numbers.
absl::StatusOr<VmSpec> ReadParts(absl::string_view text) {
  VmSpec spec;
  absl::string_view rest = text;
  const Part* next = std::begin(kParts);
  if (rest.empty()) return Unreadable(text);
  while (!rest.empty()) {
    const absl::string_view number = TakeDigits(&rest);
    if (number.empty() || rest.empty()) return Unreadable(text);
    const Part* part =
        std::find_if(next, std::end(kParts), [&rest](const Part& candidate) {
          return candidate.letter == absl::ascii_tolower(rest.front());
        });
    if (part == std::end(kParts)) return Unreadable(text);
    uint32_t& count = spec.*(part->member);
    // Whatever does not fit 32 bits is beyond every limit as well.
    if (!absl::SimpleAtoi(number, &count)) count = UINT32_MAX;
    rest.remove_prefix(1);
    next = part + 1;
  }
  return spec;
}

// Bits that an APIC id takes for `count` things of one level.
uint32_t BitsFor(uint32_t count) { return absl::bit_width(count - 1); }

uint32_t HighestApicId(const VmSpec& spec) {
  const uint32_t core = BitsFor(spec.threads);
  const uint32_t llc = core + BitsFor(spec.cores);
  const uint32_t node = llc + BitsFor(spec.llcs);
  return ((spec.nodes - 1) << node) + ((spec.llcs - 1) << llc) +
         ((spec.cores - 1) << core) + spec.threads - 1;
}

absl::Status CheckLimits(absl::string_view text, const VmSpec& spec) {
  uint64_t cpus = 1;
  for (const Part& part : kParts) {
    const uint32_t count = spec.*part.member;
    if (count == 0) {
      return TooMuch(text, absl::StrCat("it has no ", part.noun));
    }
    cpus *= std::min(count, VmSpec::kMostCpus + 1);
  }
  if (spec.nodes > VmSpec::kMostNodes) {
    return TooMuch(text,
                   absl::StrCat("more than ", VmSpec::kMostNodes, " nodes"));
  }
  if (cpus > VmSpec::kMostCpus) {
    return TooMuch(text,
                   absl::StrCat("more than ", VmSpec::kMostCpus, " CPUs"));
  }
  const uint32_t highest = HighestApicId(spec);
  if (highest >= VmSpec::kMostCpus) {
    return TooMuch(
        text, absl::StrCat("its ", cpus, " CPUs need APIC ids up to ", highest,
                           " (each part takes a power of two), and ",
                           VmSpec::kMostCpus - 1, " is the last"));
  }
  return absl::OkStatus();
}

}  // namespace

std::string VmSpec::ToString() const {
  std::string text;
  for (const Part& part : kParts) {
    absl::StrAppend(&text, this->*part.member, std::string(1, part.letter));
  }
  return text;
}

absl::Span<const VmPreset> VmPresets() { return kPresets; }

absl::StatusOr<VmSpec> ParseVmSpec(absl::string_view text) {
  for (const VmPreset& preset : kPresets) {
    if (preset.name == text) return preset.spec;
  }
  KTSTR_ASSIGN_OR_RETURN(const VmSpec spec, ReadParts(text));
  KTSTR_RETURN_IF_ERROR(CheckLimits(text, spec));
  return spec;
}

std::string ListVm() {
  std::string text;
  for (const VmPreset& preset : kPresets) {
    absl::StrAppendFormat(&text, "%-10s %-10s %3d CPU%s %s\n", preset.name,
                          preset.spec.ToString(), preset.spec.cpus(),
                          preset.spec.cpus() == 1 ? " " : "s", preset.help);
  }
  return text;
}

}  // namespace ktstr
