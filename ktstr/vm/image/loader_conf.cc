// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/loader_conf.h"

#include <fnmatch.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/vm/image/host_file.h"

namespace ktstr {
namespace {

class ConfReader final {
 public:
  explicit ConfReader(const std::string& root) : root_(root) {}

  // `path` is without the root.
  void Read(const std::string& path) {
    if (!seen_.insert(path).second) return;  // One that includes itself.
    const absl::StatusOr<std::string> text = ReadHostFile(root_ + path);
    if (!text.ok()) return;
    for (absl::string_view line : absl::StrSplit(*text, '\n')) {
      line = line.substr(0, line.find('#'));
      ReadWords(
          absl::StrSplit(line, absl::ByAnyChar(" \t\r:,"), absl::SkipEmpty()),
          FolderOf(path));
    }
  }

  std::vector<std::string> Take() { return std::move(folders_); }

 private:
  void ReadWords(const std::vector<std::string>& words,
                 const std::string& folder) {
    if (words.empty() || words[0] == "hwcap") return;
    const bool include = words[0] == "include";
    for (size_t i = include ? 1 : 0; i < words.size(); ++i) {
      if (include) {
        Include(words[i][0] == '/' ? words[i]
                                   : absl::StrCat(folder, "/", words[i]));
      } else if (words[i][0] == '/') {
        // "=TYPE" says which C library a folder is for.
        folders_.push_back(CleanPath(words[i].substr(0, words[i].find('='))));
      }
    }
  }

  void Include(const std::string& pattern) {
    const std::string folder = FolderOf(pattern);
    const std::string names = pattern.substr(pattern.rfind('/') + 1);
    const absl::StatusOr<std::vector<std::string>> files =
        ListHostFolder(root_ + folder);
    if (!files.ok()) return;
    for (const std::string& file : *files) {
      if (fnmatch(names.c_str(), file.c_str(), FNM_PERIOD) == 0) {
        Read(absl::StrCat(folder, "/", file));
      }
    }
  }

  const std::string& root_;
  std::set<std::string> seen_;
  std::vector<std::string> folders_;
};

}  // namespace

std::vector<std::string> LoaderConfFolders(const std::string& root) {
  ConfReader reader(root);
  reader.Read("/etc/ld.so.conf");
  return reader.Take();
}

}  // namespace ktstr
