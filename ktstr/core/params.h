// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// A stressor's parameters: members of a plain struct, described by one table
// of fields and set from the `name=value` words of the command line.
#ifndef KTSTR_CORE_PARAMS_H_
#define KTSTR_CORE_PARAMS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/flags/marshalling.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "ktstr/core/byte_size.h"
#include "ktstr/core/run_result.h"

namespace ktstr {

// One `name=value` word.
struct ParamText {
  std::string name;
  std::string value;
};

// One parameter. Rows of constant tables; the functions know the member.
struct FieldDef {
  const char* name;
  const char* help;
  // Bounds, inclusive, in the field's unit: nanoseconds for durations, bytes
  // for sizes, the number itself for integers. Choices and texts have none.
  int64_t min;
  int64_t max;
  absl::Span<const char* const> choices;  // Of an enum; else empty.
  absl::Status (*set)(const FieldDef& field, absl::string_view text,
                      void* params);
  std::string (*print)(const FieldDef& field, const void* params);
  std::string (*print_bound)(int64_t bound);
  const char* takes = nullptr;  // Instead of bounds or choices.
};

// Returns "0 .. 16777216", "1us .. 1h", "1K .. 1G" or "pipe, futex".
std::string FieldRange(const FieldDef& field);

// Sets what `texts` name in `params`. InvalidArgument for an unknown name
// (with the nearest one) and for a value that does not parse, OutOfRange for
// one beyond its bounds; both say the range and the default.
absl::Status SetParams(absl::Span<const FieldDef> fields,
                       absl::Span<const ParamText> texts, const void* defaults,
                       void* params);

// Returns all fields with their values; is_default tells by comparison with
// `defaults`.
std::vector<ParamValue> PrintParams(absl::Span<const FieldDef> fields,
                                    const void* params, const void* defaults);

namespace params_internal {

template <typename M>
struct MemberTraits;
template <typename C, typename T>
struct MemberTraits<T C::*> {
  using Class = C;
  using Type = T;
};
template <auto kMember>
using ClassOf = typename MemberTraits<decltype(kMember)>::Class;
template <auto kMember>
using TypeOf = typename MemberTraits<decltype(kMember)>::Type;

inline int64_t ToBound(absl::Duration value) {
  return absl::ToInt64Nanoseconds(value);
}
inline int64_t ToBound(ByteSize value) { return value.bytes; }
template <typename T, typename = std::enable_if_t<std::is_integral_v<T>>>
int64_t ToBound(T value) {
  if (std::in_range<int64_t>(value)) return static_cast<int64_t>(value);
  return std::numeric_limits<int64_t>::max();
}

absl::Status ParseError(const FieldDef& field, absl::string_view text,
                        absl::string_view why);
absl::Status CheckBounds(const FieldDef& field, absl::string_view text,
                         int64_t value);
absl::Status SetChoice(const FieldDef& field, absl::string_view text,
                       int* choice);

template <auto kMember>
absl::Status SetValue(const FieldDef& field, absl::string_view text,
                      void* params) {
  TypeOf<kMember> value{};
  std::string error;
  if (!absl::ParseFlag(text, &value, &error)) {
    if (std::is_same_v<TypeOf<kMember>, absl::Duration>) {
      error = "a duration needs a unit, as in 5ms";
    }
    return ParseError(field, text, error);
  }
  absl::Status in_bounds = CheckBounds(field, text, ToBound(value));
  if (!in_bounds.ok()) return in_bounds;
  static_cast<ClassOf<kMember>*>(params)->*kMember = value;
  return absl::OkStatus();
}

// As SetValue, of a type whose own parsing says what it takes.
template <auto kMember>
absl::Status SetText(const FieldDef& field, absl::string_view text,
                     void* params) {
  TypeOf<kMember> value{};
  std::string error;
  if (!absl::ParseFlag(text, &value, &error)) {
    return ParseError(field, text, error);
  }
  static_cast<ClassOf<kMember>*>(params)->*kMember = std::move(value);
  return absl::OkStatus();
}

template <auto kMember>
std::string PrintValue(const FieldDef&, const void* params) {
  return absl::UnparseFlag<TypeOf<kMember>>(
      static_cast<const ClassOf<kMember>*>(params)->*kMember);
}

template <typename T>
std::string PrintBound(int64_t bound) {
  if constexpr (std::is_same_v<T, absl::Duration>) {
    return absl::FormatDuration(absl::Nanoseconds(bound));
  } else if constexpr (std::is_same_v<T, ByteSize>) {
    return AbslUnparseFlag(ByteSize{bound});
  } else {
    return absl::StrCat(bound);
  }
}

template <auto kMember>
absl::Status SetEnum(const FieldDef& field, absl::string_view text,
                     void* params) {
  int choice = 0;
  absl::Status status = SetChoice(field, text, &choice);
  if (!status.ok()) return status;
  static_cast<ClassOf<kMember>*>(params)->*kMember =
      static_cast<TypeOf<kMember>>(choice);
  return absl::OkStatus();
}

template <auto kMember>
std::string PrintEnum(const FieldDef& field, const void* params) {
  return field.choices[static_cast<size_t>(
      static_cast<const ClassOf<kMember>*>(params)->*kMember)];
}

}  // namespace params_internal

// Makes the row of an integer member: Field<&Params::depth>("depth", "...",
// 2, 1024).
template <auto kMember>
constexpr FieldDef Field(const char* name, const char* help, int64_t min,
                         int64_t max) {
  namespace internal = params_internal;
  return {name,
          help,
          min,
          max,
          {},
          internal::SetValue<kMember>,
          internal::PrintValue<kMember>,
          internal::PrintBound<internal::TypeOf<kMember>>,
          nullptr};
}

// Makes the row of an absl::Duration member. The bounds are of <chrono>, whose
// arithmetic is constexpr: Field<&Params::sleep>("sleep", "...", 1us, 10s).
template <auto kMember>
constexpr FieldDef Field(const char* name, const char* help,
                         std::chrono::nanoseconds min,
                         std::chrono::nanoseconds max) {
  return Field<kMember>(name, help, int64_t{min.count()}, int64_t{max.count()});
}

// Makes the row of a member of any type that absl::ParseFlag knows, which has
// no bounds; `takes` says what it takes ("a command").
template <auto kMember>
constexpr FieldDef TextField(const char* name, const char* help,
                             const char* takes) {
  namespace internal = params_internal;
  return {name,
          help,
          0,
          0,
          {},
          internal::SetText<kMember>,
          internal::PrintValue<kMember>,
          nullptr,
          takes};
}

// Makes the row of an enum member whose enumerators count from 0 in the
// order of `choices`, an array of static storage.
template <auto kMember>
constexpr FieldDef EnumField(const char* name, const char* help,
                             absl::Span<const char* const> choices) {
  namespace internal = params_internal;
  return {name,
          help,
          0,
          0,
          choices,
          internal::SetEnum<kMember>,
          internal::PrintEnum<kMember>,
          nullptr,
          nullptr};
}

}  // namespace ktstr

#endif  // KTSTR_CORE_PARAMS_H_
