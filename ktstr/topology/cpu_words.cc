// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/topology/cpu_words.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

// What the numbers of a word count.
struct Unit {
  absl::string_view word;
  absl::string_view one;
  absl::string_view many;
  int Topology::Cpu::*place;  // nullptr: the CPU itself.
};

constexpr Unit kUnits[] = {
    {"cpu", "CPU", "CPUs", nullptr},
    {"core", "core", "cores", &Topology::Cpu::core},
    {"llc", "LLC", "LLCs", &Topology::Cpu::llc},
    {"node", "node", "nodes", &Topology::Cpu::node},
    {"package", "package", "packages", &Topology::Cpu::package},
    {"smt", "SMT thread", "SMT threads", &Topology::Cpu::smt_index},
};
constexpr absl::string_view kAll = "all";

struct Word {
  absl::string_view text;      // As written, for messages.
  bool without = false;        // It began with '!'.
  const Unit* unit = nullptr;  // nullptr: all.
  CpuSet numbers = {};         // Of the unit; not always of CPUs.
};

absl::Status Refuse(absl::string_view word, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(word, ": ", why));
}

absl::Status NoSuchWord(absl::string_view text, absl::string_view name) {
  std::vector<absl::string_view> names = {kAll};
  for (const Unit& unit : kUnits) names.push_back(unit.word);
  return Refuse(
      text, absl::StrCat("no such word",
                         DidYouMean(absl::AsciiStrToLower(name), names),
                         "; there are lists such as 0-3, all, cpu:N, core:N, "
                         "llc:N, node:N, package:N, smt:N, and !WORD"));
}

absl::StatusOr<CpuSet> ParseNumbers(absl::string_view word,
                                    absl::string_view list) {
  absl::StatusOr<CpuSet> numbers = CpuSet::Parse(list);
  if (numbers.ok()) return numbers;
  absl::string_view why = numbers.status().message();
  absl::ConsumePrefix(&why, absl::StrCat("cpulist '", list, "': "));
  return Refuse(word, why);
}

absl::StatusOr<Word> ParseWord(absl::string_view text) {
  Word word = {.text = text};
  word.without = absl::ConsumePrefix(&text, "!");
  if (!text.empty() && absl::ascii_isdigit(text.front())) {
    word.unit = &kUnits[0];
    KTSTR_ASSIGN_OR_RETURN(word.numbers, ParseNumbers(word.text, text));
    return word;
  }
  if (text == kAll) return word;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  const auto [name, list] = parts;
  if (name == kAll) return Refuse(word.text, "'all' takes no number");
  for (const Unit& unit : kUnits) {
    if (unit.word == name) word.unit = &unit;
  }
  if (word.unit == nullptr) return NoSuchWord(word.text, name);
  if (list.empty()) {
    return Refuse(word.text,
                  absl::StrCat("a number is missing, such as ", name, ":0"));
  }
  KTSTR_ASSIGN_OR_RETURN(word.numbers, ParseNumbers(word.text, list));
  return word;
}

// The CPUs of each number of `unit` that there is: online ones, or, where the
// unit is the CPU itself, each possible one.
std::map<uint32_t, CpuSet> Places(const Unit& unit, const Topology& topology) {
  std::map<uint32_t, CpuSet> places;
  for (const Topology::Cpu& cpu : topology.cpus()) {
    const int number =
        unit.place == nullptr ? static_cast<int>(cpu.id) : cpu.*unit.place;
    if (number != Topology::kUnknown) {
      places[static_cast<uint32_t>(number)].Add(cpu.id);
    }
  }
  if (unit.place == &Topology::Cpu::node) {
    for (const Topology::Node& node : topology.nodes()) {
      places[static_cast<uint32_t>(node.id)];  // Some are of memory only.
    }
  }
  return places;
}

// "LLC 1 is", "LLCs 0-1 are".
std::string Are(const Unit& unit, const CpuSet& numbers) {
  const bool single = numbers.Count() == 1;
  return absl::StrCat(single ? unit.one : unit.many, " ", numbers.ToString(),
                      single ? " is" : " are");
}

// "there is LLC 0 only", "there are LLCs 0-1".
std::string WhatThereIs(const Unit& unit, const CpuSet& numbers,
                        const Topology& topology) {
  const bool single = numbers.Count() == 1;
  return absl::StrCat(single ? "there is " : "there are ",
                      single ? unit.one : unit.many, " ", numbers.ToString(),
                      single ? " only" : "",
                      unit.place == &Topology::Cpu::llc && !topology.llc_known()
                          ? " (assumed: one per package)"
                          : "");
}

absl::Status CheckExists(const Word& word,
                         const std::map<uint32_t, CpuSet>& places,
                         const Topology& topology) {
  CpuSet existing;
  for (const auto& [number, cpus] : places) {
    // No word names a greater number, which some firmware gives packages.
    if (number < CpuSet::kLimit) existing.Add(number);
  }
  if (existing.empty()) {
    return absl::UnimplementedError(absl::StrCat(
        word.text, ": the kernel numbers no ", word.unit->many, " here"));
  }
  if (word.numbers.Difference(existing).empty()) return absl::OkStatus();
  return Refuse(word.text, WhatThereIs(*word.unit, existing, topology));
}

// Returns the CPUs of `word` that may be used, of each of its numbers one at
// least.
absl::StatusOr<CpuSet> UsableCpus(const Word& word,
                                  std::map<uint32_t, CpuSet>& places,
                                  const Topology& topology,
                                  const CpuSet& allowed) {
  CpuSet usable;
  CpuSet offline;  // Both hold numbers of the unit.
  CpuSet barred;
  for (const uint32_t number : word.numbers.cpus()) {
    const CpuSet online = places[number].Intersect(topology.online());
    const CpuSet ours = online.Intersect(allowed);
    if (ours.empty()) (online.empty() ? offline : barred).Add(number);
    usable = usable.Union(ours);
  }
  if (!offline.empty()) {
    return Refuse(
        word.text,
        absl::StrCat(Are(*word.unit, offline),
                     word.unit->place == nullptr ? " offline" : " without CPUs",
                     "; online are CPUs ", topology.online().ToString()));
  }
  if (!barred.empty()) {
    return Refuse(word.text,
                  absl::StrCat(Are(*word.unit, barred),
                               " not allowed: cpuset and affinity leave CPUs ",
                               allowed.ToString()));
  }
  return usable;
}

// All that is known are the numbers of CPUs.
absl::StatusOr<CpuSet> CpusWithoutTopology(const Word& word,
                                           const Topology& topology,
                                           const CpuSet& allowed) {
  if (word.unit->place != nullptr) {
    return absl::UnimplementedError(
        absl::StrCat(word.text, ": the topology of this machine is unknown (",
                     topology.unknown_reason(), ")"));
  }
  const CpuSet barred = word.numbers.Difference(allowed);
  if (word.without || barred.empty()) return word.numbers;
  return Refuse(
      word.text,
      absl::StrCat(Are(*word.unit, barred),
                   " not there or not allowed: cpuset and affinity leave CPUs ",
                   allowed.ToString()));
}

absl::StatusOr<CpuSet> CpusOf(const Word& word, const Topology& topology,
                              const CpuSet& allowed) {
  if (word.unit == nullptr) return allowed;
  if (!topology.known()) return CpusWithoutTopology(word, topology, allowed);
  std::map<uint32_t, CpuSet> places = Places(*word.unit, topology);
  KTSTR_RETURN_IF_ERROR(CheckExists(word, places, topology));
  if (!word.without) return UsableCpus(word, places, topology, allowed);
  CpuSet cpus;
  for (const uint32_t number : word.numbers.cpus()) {
    cpus = cpus.Union(places[number]);
  }
  return cpus;
}

absl::Status CheckLetters(absl::string_view text) {
  if (text.empty()) {
    return absl::InvalidArgumentError(
        "no CPUs are named; write a list such as 0-3,8 or words such as "
        "llc:0,!cpu:0");
  }
  if (std::all_of(text.begin(), text.end(), absl::ascii_isgraph)) {
    return absl::OkStatus();
  }
  return Refuse(absl::StrCat("'", absl::CHexEscape(text), "'"),
                "white space and unprintable letters have no place here");
}

}  // namespace

absl::StatusOr<CpuSet> ParseCpuWords(absl::string_view text,
                                     const Topology& topology,
                                     const CpuSet& allowed) {
  KTSTR_RETURN_IF_ERROR(CheckLetters(text));
  CpuSet chosen = text.front() == '!' ? allowed : CpuSet();
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    if (part.empty()) return Refuse(text, "a word is missing beside a comma");
    KTSTR_ASSIGN_OR_RETURN(const Word word, ParseWord(part));
    KTSTR_ASSIGN_OR_RETURN(const CpuSet cpus, CpusOf(word, topology, allowed));
    chosen = word.without ? chosen.Difference(cpus) : chosen.Union(cpus);
  }
  if (!chosen.empty()) return chosen;
  return Refuse(text, absl::StrCat("no CPU is left of the allowed ones, ",
                                   allowed.ToString()));
}

}  // namespace ktstr
