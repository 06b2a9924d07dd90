// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/placement/affinity_spec.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

using Kind = AffinitySpec::Kind;

// kRoles has no name of its own.
constexpr struct {
  absl::string_view name;
  Kind kind;
} kKinds[] = {
    {"inherit", Kind::kInherit},
    {"all", Kind::kAll},
    {"spread", Kind::kSpread},
    {"pack", Kind::kPack},
    {"one", Kind::kOne},
    {"llc", Kind::kLlc},
    {"node", Kind::kNode},
    {"smt_pair", Kind::kSmtPair},
    {"cross_llc", Kind::kCrossLlc},
    {"cross_node", Kind::kCrossNode},
    {"random", Kind::kRandom},
};

absl::Status Refuse(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(text, ": ", why));
}

absl::Status NoSuchKind(absl::string_view text, absl::string_view name) {
  std::vector<absl::string_view> names;
  for (const auto& row : kKinds) names.push_back(row.name);
  return Refuse(text,
                absl::StrCat("no such placement",
                             DidYouMean(absl::AsciiStrToLower(name), names),
                             "; there are ", absl::StrJoin(names, ", "),
                             ":K, and ROLE=CPUS"));
}

absl::StatusOr<AffinitySpec> ParseKind(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  const auto [name, number] = parts;
  const auto* const row =
      std::find_if(std::begin(kKinds), std::end(kKinds),
                   [&name = name](const auto& r) { return r.name == name; });
  if (row == std::end(kKinds)) return NoSuchKind(text, name);
  AffinitySpec spec = {.kind = row->kind};
  if (spec.kind != Kind::kRandom) {
    if (name == text) return spec;
    return Refuse(text, absl::StrCat("'", name, "' takes no number"));
  }
  // SimpleAtoi alone would take a sign.
  if (number.empty() || !absl::ascii_isdigit(number.front()) ||
      !absl::SimpleAtoi(number, &spec.random_cpus) || spec.random_cpus == 0 ||
      spec.random_cpus > CpuSet::kLimit) {
    return Refuse(text, absl::StrCat("it takes a number of CPUs, 1 to ",
                                     CpuSet::kLimit, ", such as random:2"));
  }
  return spec;
}

absl::StatusOr<AffinitySpec::RoleCpus> ParseRole(absl::string_view text) {
  const size_t equals = text.find('=');
  if (equals == text.npos) {
    return Refuse(text, absl::StrCat("is no ROLE=CPUS; words of one role are "
                                     "joined by '+', as in ROLE=0+llc:1"));
  }
  const absl::string_view role = text.substr(0, equals);
  const absl::string_view words = text.substr(equals + 1);
  const auto is_letter = [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  };
  if (role.empty() || !std::all_of(role.begin(), role.end(), is_letter)) {
    return Refuse(text, absl::StrCat("'", role, "' is no name of a role"));
  }
  for (const absl::string_view word : absl::StrSplit(words, '+')) {
    if (word.empty()) return Refuse(text, "CPUs are missing");
    if (absl::StrContains(word, '=')) return Refuse(text, "has a second '='");
  }
  return AffinitySpec::RoleCpus{
      .role = std::string(role),
      .words = absl::StrReplaceAll(words, {{"+", ","}})};
}

absl::StatusOr<AffinitySpec> ParseRoles(absl::string_view text) {
  AffinitySpec spec = {.kind = Kind::kRoles};
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    KTSTR_ASSIGN_OR_RETURN(AffinitySpec::RoleCpus cpus, ParseRole(part));
    for (const AffinitySpec::RoleCpus& before : spec.roles) {
      if (before.role == cpus.role) {
        return Refuse(part, absl::StrCat("a second time '", cpus.role,
                                         "'; join its CPUs by '+'"));
      }
    }
    spec.roles.push_back(std::move(cpus));
  }
  return spec;
}

}  // namespace

std::string AffinitySpec::ToString() const {
  if (kind == Kind::kRoles) {
    return absl::StrJoin(roles, ",", [](std::string* out, const RoleCpus& r) {
      absl::StrAppend(out, r.role, "=",
                      absl::StrReplaceAll(r.words, {{",", "+"}}));
    });
  }
  for (const auto& row : kKinds) {
    if (row.kind != kind) continue;
    return kind == Kind::kRandom ? absl::StrCat(row.name, ":", random_cpus)
                                 : std::string(row.name);
  }
  return "";  // Not reached: the table has all other kinds.
}

absl::StatusOr<AffinitySpec> ParseAffinity(absl::string_view text) {
  if (!std::all_of(text.begin(), text.end(), absl::ascii_isgraph)) {
    return Refuse(absl::StrCat("'", absl::CHexEscape(text), "'"),
                  "white space and unprintable letters have no place here");
  }
  if (text.empty()) return NoSuchKind("''", text);
  return absl::StrContains(text, '=') ? ParseRoles(text) : ParseKind(text);
}

}  // namespace ktstr
