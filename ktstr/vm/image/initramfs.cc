// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/initramfs.h"

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/vm/image/elf_file.h"
#include "ktstr/vm/image/elf_needs.h"
#include "ktstr/vm/image/guest_tree.h"
#include "ktstr/vm/image/host_file.h"
#include "ktstr/vm/image/include_files.h"
#include "ktstr/vm/image/loader_cache.h"

namespace ktstr {
namespace {

constexpr char kBinary[] = "/ktstr";
constexpr char kLoaderCache[] = "/etc/ld.so.cache";

// What the kernel and our own init want to find.
absl::Status AddSkeleton(const std::string& config, GuestTree& tree) {
  for (const char* folder : {"/dev", "/proc", "/run", "/sys"}) {
    KTSTR_RETURN_IF_ERROR(tree.AddFolder(folder, 0755));
  }
  KTSTR_RETURN_IF_ERROR(tree.AddFolder("/tmp", 01777));
  KTSTR_RETURN_IF_ERROR(tree.AddCharDevice("/dev/console", 0600, 5, 1));
  KTSTR_RETURN_IF_ERROR(tree.AddCharDevice("/dev/null", 0666, 1, 3));
  KTSTR_RETURN_IF_ERROR(tree.AddLink("/init", "ktstr"));
  return tree.AddText("/ktstr.config", config, 0644);
}

// Puts programs with all that they need into the tree.
class Programs final {
 public:
  Programs(const InitramfsOptions& options, uint16_t machine, GuestTree& tree)
      : machine_(machine), library_path_(options.library_path), tree_(tree) {}

  // The program itself is in the tree already.
  absl::Status AddNeeds(const std::string& host, const std::string& guest) {
    KTSTR_ASSIGN_OR_RETURN(const std::vector<NeededFile> files,
                           ElfNeeds(host, {.guest_path = guest,
                                           .library_path = library_path_,
                                           .machine = machine_}));
    for (size_t i = 1; i < files.size(); ++i) {
      KTSTR_RETURN_IF_ERROR(
          tree_.AddHostFile(files[i].guest_path, files[i].host_path));
      if (!files[i].cache_name.empty()) {
        cache_.emplace(files[i].cache_name, files[i].guest_path);
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddLoaderCache(std::vector<std::string>& notes) {
    if (cache_.empty()) return absl::OkStatus();
    if (tree_.Contains(kLoaderCache)) {
      notes.push_back(absl::StrCat("'", kLoaderCache,
                                   "' of the guest is the "
                                   "included one, which may not name all "
                                   "libraries"));
      return absl::OkStatus();
    }
    KTSTR_ASSIGN_OR_RETURN(std::string cache, LoaderCache(cache_, machine_));
    return tree_.AddText(kLoaderCache, std::move(cache), 0644);
  }

 private:
  const uint16_t machine_;
  const std::string& library_path_;
  GuestTree& tree_;
  LoaderCacheEntries cache_;
};

absl::StatusOr<uint16_t> MachineOf(const std::string& binary) {
  KTSTR_ASSIGN_OR_RETURN(const std::string bytes, ReadHostFile(binary));
  const absl::StatusOr<ElfFile> elf = ParseElf(bytes);
  if (elf.ok()) return elf->machine;
  return absl::Status(elf.status().code(),
                      absl::StrCat("'", binary, "' ", elf.status().message()));
}

// Returns the scheduler's words as the guest has to use them.
absl::StatusOr<std::vector<std::string>> AddScheduler(
    std::vector<std::string> words, GuestTree& tree, Programs& programs) {
  if (words.empty()) return words;
  const std::string host = words[0];
  KTSTR_ASSIGN_OR_RETURN(words[0], AbsoluteHostPath(host));
  KTSTR_ASSIGN_OR_RETURN(const struct stat status, StatHost(host));
  if (S_ISREG(status.st_mode) && (status.st_mode & 0111) == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", host, "' is not executable"));
  }
  KTSTR_RETURN_IF_ERROR(tree.AddHostFile(words[0], host));
  KTSTR_RETURN_IF_ERROR(programs.AddNeeds(host, words[0]));
  return words;
}

absl::Status AddIncludes(const std::vector<std::string>& includes,
                         GuestTree& tree, Programs& programs,
                         std::vector<std::string>& notes) {
  std::vector<IncludedProgram> included;
  for (const std::string& text : includes) {
    KTSTR_RETURN_IF_ERROR(IncludeFiles(text, tree, included));
  }
  // Once all links are in the tree, through which libraries may be looked for.
  for (const IncludedProgram& program : included) {
    absl::Status status = programs.AddNeeds(program.host, program.guest);
    if (status.ok()) continue;
    if (program.named) return status;
    notes.push_back(
        absl::StrCat("taken without what it needs: ", status.message()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Initramfs> MakeInitramfs(const InitramfsOptions& options) {
  Initramfs made;
  GuestTree tree;
  KTSTR_RETURN_IF_ERROR(AddSkeleton(options.config, tree));
  KTSTR_RETURN_IF_ERROR(tree.AddStripped(kBinary, options.binary));
  KTSTR_ASSIGN_OR_RETURN(const uint16_t machine, MachineOf(options.binary));
  Programs programs(options, machine, tree);
  KTSTR_RETURN_IF_ERROR(programs.AddNeeds(options.binary, kBinary));
  KTSTR_ASSIGN_OR_RETURN(made.scheduler_words,
                         AddScheduler(options.scheduler, tree, programs));
  KTSTR_RETURN_IF_ERROR(
      AddIncludes(options.includes, tree, programs, made.notes));
  KTSTR_RETURN_IF_ERROR(programs.AddLoaderCache(made.notes));

  KTSTR_ASSIGN_OR_RETURN(made.file, MakeMemoryFile("ktstr-initramfs"));
  KTSTR_ASSIGN_OR_RETURN(made.bytes, tree.Write(made.file.get()));
  KTSTR_RETURN_IF_ERROR(SealMemoryFile(made.file.get()));
  return made;
}

}  // namespace ktstr
