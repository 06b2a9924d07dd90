// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/abilities/own_status.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/file.h"

namespace ktstr {
namespace {

void ReadField(absl::string_view name, absl::string_view value,
               OwnStatus& own) {
  if (name == "CapEff") {
    if (!absl::SimpleHexAtoi(value, &own.capabilities)) own.capabilities = 0;
  } else if (name == "Cpus_allowed_list") {
    absl::StatusOr<CpuSet> cpus = CpuSet::Parse(value);
    if (cpus.ok()) own.cpus = *std::move(cpus);
  } else if (name == "Seccomp") {
    int mode = 0;
    if (absl::SimpleAtoi(value, &mode)) own.seccomp = mode;
  }
}

// The initial namespace maps every id to itself: "0 0 4294967295".
bool IsInitialMap(absl::string_view map) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(map, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  return words.size() == 3 && words[0] == "0" && words[1] == "0" &&
         words[2] == "4294967295";
}

}  // namespace

bool OwnStatus::Has(int capability) const {
  return (capabilities >> capability & 1) != 0;
}

OwnStatus ReadOwnStatus(const std::string& root) {
  OwnStatus own;
  const std::string status = ReadFile(root + "/proc/self/status").value_or("");
  for (const absl::string_view line : absl::StrSplit(status, '\n')) {
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    ReadField(field.first, absl::StripAsciiWhitespace(field.second), own);
  }
  const absl::StatusOr<std::string> map = ReadFile(root + "/proc/self/uid_map");
  own.in_user_namespace = map.ok() && !IsInitialMap(*map);
  return own;
}

}  // namespace ktstr
