// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/plan/selection.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/status_macros.h"
#include "re2/re2.h"

namespace ktstr {
namespace {

bool IsAlias(absl::string_view text) {
  if (text.empty() || !absl::ascii_isalpha(text[0])) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

// One element of the list: "name" or "alias=name".
absl::StatusOr<Selection> ReadElement(absl::string_view element,
                                      StressorTable table) {
  const size_t equals = element.find('=');
  const bool named = equals != absl::string_view::npos;
  const absl::string_view name = named ? element.substr(equals + 1) : element;
  if (name.empty()) {
    return absl::InvalidArgumentError(
        "--stressor has an empty name in its list");
  }
  KTSTR_ASSIGN_OR_RETURN(const StressorDef* def, FindRow(name, table));
  const absl::string_view alias = named ? element.substr(0, equals) : name;
  if (!IsAlias(alias)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", alias, "' in --stressor cannot be a name: it takes ",
                     "a letter, then letters, digits and '_'"));
  }
  return Selection{std::string(alias), def};
}

absl::StatusOr<std::vector<Selection>> ReadList(absl::string_view list,
                                                StressorTable table) {
  std::vector<Selection> selections;
  for (absl::string_view element : absl::StrSplit(list, ',')) {
    element = absl::StripAsciiWhitespace(element);
    if (element == "all") {
      for (const StressorDef* def : table) {
        selections.push_back({def->name, def});
      }
      continue;
    }
    KTSTR_ASSIGN_OR_RETURN(Selection selection, ReadElement(element, table));
    selections.push_back(std::move(selection));
  }
  return selections;
}

absl::Status CheckUnique(absl::Span<const Selection> selections) {
  std::vector<std::string> seen;
  for (const Selection& selection : selections) {
    if (std::find(seen.begin(), seen.end(), selection.alias) != seen.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--stressor has '", selection.alias, "' twice; give each a name of ",
          "its own: first=", selection.def->name,
          ",second=", selection.def->name));
    }
    seen.push_back(selection.alias);
  }
  return absl::OkStatus();
}

// Keeps the selections for which a full match with `pattern` is `wanted`.
absl::Status Keep(absl::string_view flag, const std::string& pattern,
                  bool wanted, std::vector<Selection>& selections) {
  if (pattern.empty()) return absl::OkStatus();
  RE2::Options options;
  options.set_log_errors(false);
  const RE2 expression(pattern, options);
  if (!expression.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(flag, "=", pattern, ": ", expression.error()));
  }
  const auto unwanted = [&](const Selection& selection) {
    return RE2::FullMatch(selection.alias, expression) != wanted;
  };
  selections.erase(
      std::remove_if(selections.begin(), selections.end(), unwanted),
      selections.end());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<const StressorDef*> FindRow(absl::string_view name,
                                           StressorTable table) {
  std::vector<absl::string_view> names;
  for (const StressorDef* def : table) {
    if (def->name == name) return def;
    names.push_back(def->name);
  }
  const std::string hint = DidYouMean(name, names);
  return absl::InvalidArgumentError(
      absl::StrCat("there is no stressor '", name, "'",
                   hint.empty() ? "; 'ktstr list' shows them all" : hint));
}

absl::StatusOr<std::vector<Selection>> SelectStressors(
    const SelectionText& text, StressorTable table) {
  KTSTR_ASSIGN_OR_RETURN(
      std::vector<Selection> selections,
      ReadList(text.stressor.empty() ? "all" : text.stressor, table));
  KTSTR_RETURN_IF_ERROR(CheckUnique(selections));
  KTSTR_RETURN_IF_ERROR(Keep("--filter", text.filter, true, selections));
  KTSTR_RETURN_IF_ERROR(Keep("--exclude", text.exclude, false, selections));
  if (selections.empty()) {
    return absl::InvalidArgumentError(
        "--filter and --exclude leave no stressor to run");
  }
  return selections;
}

}  // namespace ktstr
