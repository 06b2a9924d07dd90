// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/script.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/vm/image/host_file.h"

namespace ktstr {
namespace {

// The kernel reads no more of a program's first line.
constexpr size_t kMaxFirstLine = 256;

constexpr absl::string_view kProgramFolders[] = {
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
    "/usr/bin",        "/sbin",          "/bin"};

absl::StatusOr<std::string> FindProgram(absl::string_view name,
                                        const std::string& root) {
  for (const absl::string_view folder : kProgramFolders) {
    std::string path = absl::StrCat(folder, "/", name);
    if (StatHost(root + path).ok()) return path;
  }
  return absl::NotFoundError(absl::StrCat("needs the program '", name,
                                          "', which is in none of the "
                                          "usual folders"));
}

}  // namespace

bool IsScript(absl::string_view bytes) { return absl::StartsWith(bytes, "#!"); }

absl::StatusOr<std::vector<std::string>> ScriptInterpreters(
    absl::string_view bytes, const std::string& root) {
  const absl::string_view line =
      bytes.substr(2, std::min(bytes.find('\n'), kMaxFirstLine) - 2);
  const std::vector<std::string> words =
      absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
  if (words.empty() || words[0][0] != '/') {
    return absl::InvalidArgumentError(
        "is a script whose first line names no absolute path");
  }
  std::vector<std::string> programs = {words[0]};
  if (!absl::EndsWith(words[0], "/env")) return programs;
  for (size_t i = 1; i < words.size(); ++i) {
    // Options of env, and variables that it sets.
    if (words[i][0] == '-' || absl::StrContains(words[i], '=')) continue;
    KTSTR_ASSIGN_OR_RETURN(std::string program, FindProgram(words[i], root));
    programs.push_back(std::move(program));
    break;
  }
  return programs;
}

}  // namespace ktstr
