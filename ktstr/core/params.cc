// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/params.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/nearest_name.h"

namespace ktstr {
namespace {

const FieldDef* FindField(absl::Span<const FieldDef> fields,
                          absl::string_view name) {
  for (const FieldDef& field : fields) {
    if (name == field.name) return &field;
  }
  return nullptr;
}

absl::Status UnknownName(absl::Span<const FieldDef> fields,
                         absl::string_view name) {
  if (fields.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "unknown parameter '", name, "': the stressor has no parameters"));
  }
  std::vector<absl::string_view> names;
  for (const FieldDef& field : fields) names.push_back(field.name);
  return absl::InvalidArgumentError(
      absl::StrCat("unknown parameter '", name, "'", DidYouMean(name, names),
                   "; it has ", absl::StrJoin(names, ", ")));
}

}  // namespace

namespace params_internal {

absl::Status ParseError(const FieldDef& field, absl::string_view text,
                        absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(
      field.name, "=", text, " cannot be read", why.empty() ? "" : ": ", why,
      "; it takes ", FieldRange(field)));
}

absl::Status CheckBounds(const FieldDef& field, absl::string_view text,
                         int64_t value) {
  if (field.min <= value && value <= field.max) return absl::OkStatus();
  return absl::OutOfRangeError(absl::StrCat(
      field.name, "=", text, " is out of range; it takes ", FieldRange(field)));
}

absl::Status SetChoice(const FieldDef& field, absl::string_view text,
                       int* choice) {
  for (size_t i = 0; i < field.choices.size(); ++i) {
    if (text == field.choices[i]) {
      *choice = static_cast<int>(i);
      return absl::OkStatus();
    }
  }
  std::vector<absl::string_view> names(field.choices.begin(),
                                       field.choices.end());
  return absl::InvalidArgumentError(
      absl::StrCat(field.name, "=", text, " is not a choice",
                   DidYouMean(text, names), "; it takes ", FieldRange(field)));
}

}  // namespace params_internal

std::string FieldRange(const FieldDef& field) {
  if (field.takes != nullptr) return field.takes;
  if (!field.choices.empty()) return absl::StrJoin(field.choices, ", ");
  return absl::StrCat(field.print_bound(field.min), " .. ",
                      field.print_bound(field.max));
}

absl::Status SetParams(absl::Span<const FieldDef> fields,
                       absl::Span<const ParamText> texts, const void* defaults,
                       void* params) {
  for (const ParamText& text : texts) {
    const FieldDef* field = FindField(fields, text.name);
    if (field == nullptr) return UnknownName(fields, text.name);
    const absl::Status set = field->set(*field, text.value, params);
    if (set.ok()) continue;
    return absl::Status(set.code(),
                        absl::StrCat(set.message(), " (default ",
                                     field->print(*field, defaults), ")"));
  }
  return absl::OkStatus();
}

std::vector<ParamValue> PrintParams(absl::Span<const FieldDef> fields,
                                    const void* params, const void* defaults) {
  std::vector<ParamValue> values;
  for (const FieldDef& field : fields) {
    std::string value = field.print(field, params);
    const bool is_default = value == field.print(field, defaults);
    values.push_back({field.name, std::move(value), is_default});
  }
  return values;
}

}  // namespace ktstr
