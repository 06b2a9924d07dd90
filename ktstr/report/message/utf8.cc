// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/utf8.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace ktstr {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

struct Form {
  unsigned char first;  // First bytes up to this one
  size_t size;          // begin characters of this size (0: none)
  unsigned char low;    // whose second byte is in this range.
  unsigned char high;
};

// RFC 3629: shortest forms only, no surrogates, nothing above U+10FFFF.
constexpr Form kForms[] = {
    {0x7F, 1, 0, 0},       {0xC1, 0, 0, 0},       {0xDF, 2, 0x80, 0xBF},
    {0xE0, 3, 0xA0, 0xBF}, {0xEC, 3, 0x80, 0xBF}, {0xED, 3, 0x80, 0x9F},
    {0xEF, 3, 0x80, 0xBF}, {0xF0, 4, 0x90, 0xBF}, {0xF3, 4, 0x80, 0xBF},
    {0xF4, 4, 0x80, 0x8F}, {0xFF, 0, 0, 0},
};

bool InRange(char c, unsigned char low, unsigned char high) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= low && byte <= high;
}

void MakeFieldUtf8(const FieldDescriptor* field, Message& message) {
  const Reflection* reflection = message.GetReflection();
  const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (!field->is_repeated()) {
    if (is_message) {
      MakeStringsUtf8(*reflection->MutableMessage(&message, field));
    } else {
      reflection->SetString(&message, field,
                            ToUtf8(reflection->GetString(message, field)));
    }
    return;
  }
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    if (is_message) {
      MakeStringsUtf8(*reflection->MutableRepeatedMessage(&message, field, i));
    } else {
      reflection->SetRepeatedString(
          &message, field, i,
          ToUtf8(reflection->GetRepeatedString(message, field, i)));
    }
  }
}

}  // namespace

size_t Utf8Size(absl::string_view text) {
  const Form* form = kForms;
  while (static_cast<unsigned char>(text.front()) > form->first) ++form;
  if (form->size < 2) return form->size;
  if (text.size() < form->size) return 0;
  if (!InRange(text[1], form->low, form->high)) return 0;
  for (const char c : text.substr(2, form->size - 2)) {
    if (!InRange(c, 0x80, 0xBF)) return 0;
  }
  return form->size;
}

std::string ToUtf8(absl::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const size_t size = Utf8Size(text);
    absl::StrAppend(&clean, size == 0 ? "?" : text.substr(0, size));
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return clean;
}

void MakeStringsUtf8(Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);  // Set ones.
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE ||
        field->type() == FieldDescriptor::TYPE_STRING) {
      MakeFieldUtf8(field, message);
    }
  }
}

}  // namespace ktstr
