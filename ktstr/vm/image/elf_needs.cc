// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/elf_needs.h"

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/vm/image/elf_file.h"
#include "ktstr/vm/image/host_file.h"
#include "ktstr/vm/image/loader_conf.h"
#include "ktstr/vm/image/script.h"

namespace ktstr {
namespace {

// As the kernel: an interpreter may be a script itself, but not for ever.
constexpr int kMaxScripts = 5;

// A folder or a file, as guest and host see it.
struct Place {
  std::string guest;
  std::string host;
  bool cached = false;  // Searched only because of what the host's cache says.
};

// A program or library that the loader has loaded.
struct Object {
  ElfFile elf;
  std::string host_path;
  Place origin;  // Its folder, $ORIGIN.
  const Object* needed_by = nullptr;
};

absl::Status Prefixed(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat("'", path, "' ", status.message()));
}

// As in the names of folders; empty for a machine that is not known here.
absl::string_view MachineName(uint16_t machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86_64";
    case EM_AARCH64:
      return "aarch64";
    default:
      return "";
  }
}

// What $LIB stands for: one of these, by the distribution.
std::vector<std::string> LibraryFolderNames(uint16_t machine) {
  return {absl::StrCat("lib/", MachineName(machine), "-linux-gnu"), "lib64",
          "lib"};
}

// What one program needs, found as its loader will.
class Search final {
 public:
  Search(const ElfNeedsOptions& options, uint16_t machine)
      : options_(options), machine_(machine) {
    for (const absl::string_view folder : absl::StrSplit(
             options.library_path, absl::ByAnyChar(":;"), absl::SkipEmpty())) {
      AddSystemFolder(std::string(folder), library_path_);
    }
    for (const std::string& folder : LoaderConfFolders(options.root)) {
      AddSystemFolder(folder, system_);
    }
    for (const std::string& name : LibraryFolderNames(machine)) {
      AddSystemFolder(absl::StrCat("/", name), system_);
      AddSystemFolder(absl::StrCat("/usr/", name), system_);
    }
  }

  absl::Status AddProgram(ElfFile elf, const std::string& host_path,
                          const std::string& guest_path) {
    KTSTR_ASSIGN_OR_RETURN(const std::string real, RealHostPath(host_path));
    const std::string interpreter = elf.interpreter;
    AddObject(std::move(elf), {.guest = guest_path, .host = real}, nullptr);
    files_[0].host_path = host_path;
    if (!interpreter.empty()) {
      KTSTR_RETURN_IF_ERROR(AddInterpreter(interpreter, host_path));
    }
    // Grows while it is walked through: breadth first, as the loader does it.
    for (size_t i = 0; i < objects_.size(); ++i) {
      for (const std::string& name : objects_[i].elf.needed) {
        KTSTR_RETURN_IF_ERROR(AddLibrary(name, objects_[i]));
      }
    }
    return absl::OkStatus();
  }

  std::vector<NeededFile> TakeFiles() { return std::move(files_); }

 private:
  void AddSystemFolder(const std::string& folder, std::vector<Place>& folders) {
    const absl::StatusOr<std::string> path = AbsoluteHostPath(folder);
    if (!path.ok()) return;  // The working directory is gone.
    folders.push_back(
        {.guest = *path, .host = options_.root + *path, .cached = true});
  }

  void AddObject(ElfFile elf, const Place& file, const Object* needed_by) {
    known_.insert(elf.soname);
    files_.push_back({.guest_path = CleanPath(file.guest),
                      .host_path = file.host,
                      .cache_name = {}});
    objects_.push_back(
        {.elf = std::move(elf),
         .host_path = file.host,
         .origin = {.guest = FolderOf(file.guest), .host = FolderOf(file.host)},
         .needed_by = needed_by});
  }

  absl::Status AddInterpreter(const std::string& path,
                              const std::string& program) {
    absl::StatusOr<ElfFile> elf = ReadFor(options_.root + path);
    if (!elf.ok()) {
      return absl::Status(elf.status().code(),
                          absl::StrCat("'", program, "' needs its loader: ",
                                       elf.status().message()));
    }
    known_.insert(path.substr(path.rfind('/') + 1));
    AddObject(*std::move(elf), {.guest = path, .host = options_.root + path},
              nullptr);
    return absl::OkStatus();
  }

  // The ELF file if it is for the program's machine.
  absl::StatusOr<ElfFile> ReadFor(const std::string& path) const {
    KTSTR_ASSIGN_OR_RETURN(const std::string bytes, ReadHostFile(path));
    absl::StatusOr<ElfFile> elf = ParseElf(bytes);
    if (!elf.ok()) return Prefixed(path, elf.status());
    if (elf->machine == machine_) return elf;
    return absl::InvalidArgumentError(
        absl::StrCat("'", path, "' is for another machine"));
  }

  absl::Status AddLibrary(const std::string& name, const Object& needed_by) {
    if (!known_.insert(name).second) return absl::OkStatus();
    std::vector<std::string> useless;
    for (const Place& place : PlacesOf(name, needed_by)) {
      absl::StatusOr<ElfFile> elf = ReadFor(place.host);
      if (elf.ok()) {
        AddObject(*std::move(elf), place, &needed_by);
        if (place.cached) files_.back().cache_name = name;
        return absl::OkStatus();
      }
      if (!absl::IsNotFound(elf.status())) {
        useless.emplace_back(elf.status().message());
      }
    }
    return Missing(name, needed_by, useless);
  }

  absl::Status Missing(const std::string& name, const Object& needed_by,
                       const std::vector<std::string>& useless) const {
    std::string message =
        absl::StrCat("'", needed_by.host_path, "' needs the library '", name,
                     "', which was not found");
    if (!absl::StrContains(name, '/')) {
      std::vector<std::string> folders;
      for (const Place& folder : FoldersOf(needed_by)) {
        folders.push_back(folder.host);
      }
      absl::StrAppend(&message, " in ", absl::StrJoin(folders, ", "));
    }
    for (const std::string& text : useless) {
      absl::StrAppend(&message, "; ", text);
    }
    return absl::NotFoundError(message);
  }

  // Where the loader looks for a library, in its order.
  std::vector<Place> PlacesOf(const std::string& name,
                              const Object& needed_by) const {
    std::vector<Place> places;
    if (absl::StrContains(name, '/')) {
      AddExpanded(name, needed_by, places);
      return places;
    }
    places = FoldersOf(needed_by);
    for (Place& place : places) {
      absl::StrAppend(&place.guest, "/", name);
      absl::StrAppend(&place.host, "/", name);
    }
    return places;
  }

  std::vector<Place> FoldersOf(const Object& object) const {
    std::vector<Place> folders;
    // DT_RPATH holds for what its object's libraries need, too. Where there is
    // a DT_RUNPATH it does not hold.
    if (object.elf.runpath.empty()) {
      for (const Object* above = &object; above != nullptr;
           above = above->needed_by) {
        if (above->elf.runpath.empty()) {
          AddPath(above->elf.rpath, *above, folders);
        }
      }
    }
    folders.insert(folders.end(), library_path_.begin(), library_path_.end());
    AddPath(object.elf.runpath, object, folders);
    folders.insert(folders.end(), system_.begin(), system_.end());
    return folders;
  }

  void AddPath(absl::string_view path, const Object& object,
               std::vector<Place>& places) const {
    for (const absl::string_view part :
         absl::StrSplit(path, ':', absl::SkipEmpty())) {
      AddExpanded(std::string(part), object, places);
    }
  }

  // Adds what `text` of `object` stands for, unless it depends on the working
  // directory, which is another one in the guest.
  void AddExpanded(const std::string& text, const Object& object,
                   std::vector<Place>& places) const {
    for (const std::string& lib : LibraryFolderNames(machine_)) {
      const std::string plain =
          absl::StrReplaceAll(text, {{"$LIB", lib},
                                     {"${LIB}", lib},
                                     {"$PLATFORM", MachineName(machine_)},
                                     {"${PLATFORM}", MachineName(machine_)},
                                     {"${ORIGIN}", "$ORIGIN"}});
      if (absl::StartsWith(plain, "$ORIGIN")) {
        const std::string rest = plain.substr(sizeof("$ORIGIN") - 1);
        places.push_back({.guest = object.origin.guest + rest,
                          .host = object.origin.host + rest});
      } else if (absl::StartsWith(plain, "/")) {
        places.push_back({.guest = plain, .host = options_.root + plain});
      }
      if (!absl::StrContains(text, "LIB")) break;
    }
  }

  const ElfNeedsOptions& options_;
  const uint16_t machine_;
  std::vector<Place> library_path_;
  std::vector<Place> system_;
  std::deque<Object> objects_;   // Stay where they are when more come.
  std::set<std::string> known_;  // Names that need not be looked for (again).
  std::vector<NeededFile> files_;
};

absl::StatusOr<std::vector<NeededFile>> NeedsOfElf(
    const std::string& bytes, const std::string& program,
    const std::string& guest_path, const ElfNeedsOptions& options) {
  absl::StatusOr<ElfFile> elf = ParseElf(bytes);
  if (!elf.ok()) return Prefixed(program, elf.status());
  const uint16_t machine = elf->machine;
  if (options.machine != 0 && machine != options.machine) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", program, "' is for another machine (ELF machine ",
                     machine, ") than the guest (", options.machine, ")"));
  }
  Search search(options, machine);
  KTSTR_RETURN_IF_ERROR(
      search.AddProgram(*std::move(elf), program, guest_path));
  return search.TakeFiles();
}

absl::StatusOr<std::vector<NeededFile>> NeedsOf(const std::string& program,
                                                const std::string& guest_path,
                                                const ElfNeedsOptions& options,
                                                int scripts) {
  KTSTR_ASSIGN_OR_RETURN(const std::string bytes, ReadHostFile(program));
  if (!IsScript(bytes)) {
    return NeedsOfElf(bytes, program, guest_path, options);
  }
  if (scripts == kMaxScripts) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", program, "' is a script of a script, more than ",
                     kMaxScripts, " times over"));
  }
  absl::StatusOr<std::vector<std::string>> interpreters =
      ScriptInterpreters(bytes, options.root);
  if (!interpreters.ok()) return Prefixed(program, interpreters.status());
  std::vector<NeededFile> files = {
      {.guest_path = guest_path, .host_path = program, .cache_name = {}}};
  std::set<std::string> paths = {guest_path};
  for (const std::string& path : *interpreters) {
    absl::StatusOr<std::vector<NeededFile>> needs =
        NeedsOf(options.root + path, CleanPath(path), options, scripts + 1);
    if (!needs.ok()) {
      return Prefixed(program,
                      absl::Status(needs.status().code(),
                                   absl::StrCat("needs its interpreter: ",
                                                needs.status().message())));
    }
    for (NeededFile& file : *needs) {
      if (paths.insert(file.guest_path).second) {
        files.push_back(std::move(file));
      }
    }
  }
  return files;
}

}  // namespace

absl::StatusOr<std::vector<NeededFile>> ElfNeeds(
    const std::string& program, const ElfNeedsOptions& options) {
  KTSTR_ASSIGN_OR_RETURN(
      const std::string guest_path,
      AbsoluteHostPath(options.guest_path.empty() ? program
                                                  : options.guest_path));
  return NeedsOf(program, guest_path, options, /*scripts=*/0);
}

}  // namespace ktstr
