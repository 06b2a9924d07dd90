// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/topology/topology.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/check.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

absl::Status Senseless(absl::string_view path, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", why));
}

// nullopt if there is no such file.
absl::StatusOr<std::optional<std::string>> ReadText(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFileTrimmed(path);
  if (text.ok()) return std::optional(*std::move(text));
  const int error = ErrnoOf(text.status());
  if (error == ENOENT || error == ENOTDIR) return std::nullopt;
  return text.status();
}

// The set of numbers in a list file, which may be empty; nullopt if there is no
// such file.
absl::StatusOr<std::optional<CpuSet>> ReadList(const std::string& path) {
  KTSTR_ASSIGN_OR_RETURN(std::optional<std::string> text, ReadText(path));
  if (!text.has_value()) return std::nullopt;
  if (text->empty()) return CpuSet();
  absl::StatusOr<CpuSet> list = CpuSet::Parse(*text);
  if (!list.ok()) return Senseless(path, list.status().message());
  return *std::move(list);
}

// A number that fits an int; kUnknown for negative ones, which is how some
// firmware says that it has none. nullopt if there is no such file.
absl::StatusOr<std::optional<int>> ReadNumber(const std::string& path) {
  KTSTR_ASSIGN_OR_RETURN(std::optional<std::string> text, ReadText(path));
  if (!text.has_value()) return std::nullopt;
  int number = 0;
  if (!absl::SimpleAtoi(*text, &number)) {
    return Senseless(path, absl::StrCat("\"", *text, "\" is not a number"));
  }
  return number < 0 ? Topology::kUnknown : number;
}

// Of the line "Node 0 MemTotal:  16303428 kB".
absl::StatusOr<std::optional<int64_t>> ReadMemTotal(const std::string& path) {
  KTSTR_ASSIGN_OR_RETURN(std::optional<std::string> text, ReadText(path));
  if (!text.has_value()) return std::nullopt;
  const std::vector<absl::string_view> words =
      absl::StrSplit(*text, absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] != "MemTotal:") continue;
    constexpr int64_t kMost = std::numeric_limits<int64_t>::max() / 1024;
    int64_t kib = 0;
    if (!absl::SimpleAtoi(words[i + 1], &kib) || kib < 0 || kib > kMost) break;
    return kib * 1024;
  }
  return Senseless(path, "no line with MemTotal: and a size");
}

std::string Counted(size_t count, absl::string_view noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

}  // namespace

// Fills a Topology, one aspect after the other.
class Topology::Reader final {
 public:
  explicit Reader(const std::string& root)
      : cpu_root_(absl::StrCat(root, "/sys/devices/system/cpu/")),
        node_root_(absl::StrCat(root, "/sys/devices/system/node/")) {}

  absl::StatusOr<Topology> Read() {
    KTSTR_RETURN_IF_ERROR(ReadCpus());
    if (result_.known()) KTSTR_RETURN_IF_ERROR(ReadCores());
    if (!result_.known()) return std::move(result_);
    KTSTR_RETURN_IF_ERROR(ReadPackages());
    KTSTR_RETURN_IF_ERROR(ReadLlcs());
    KTSTR_RETURN_IF_ERROR(ReadNodes());
    return std::move(result_);
  }

 private:
  std::string CpuFile(const Cpu& cpu, absl::string_view name) const {
    return absl::StrCat(cpu_root_, "cpu", cpu.id, "/", name);
  }
  Cpu& At(uint32_t id) { return const_cast<Cpu&>(*result_.Find(id)); }

  absl::Status ReadCpus() {
    const std::string path = absl::StrCat(cpu_root_, "online");
    KTSTR_ASSIGN_OR_RETURN(std::optional<CpuSet> online, ReadList(path));
    if (!online.has_value()) {
      KTSTR_ASSIGN_OR_RETURN(online, GetAffinity());
      result_.unknown_reason_ = absl::StrCat("no ", path);
    } else if (online->empty()) {
      return Senseless(path, "no CPU is online");
    }
    KTSTR_ASSIGN_OR_RETURN(std::optional<CpuSet> possible,
                           ReadList(absl::StrCat(cpu_root_, "possible")));
    result_.online_ = *online;
    result_.possible_ = possible.value_or(CpuSet()).Union(*online);
    for (const uint32_t id : result_.possible_.cpus()) {
      Cpu cpu = {.id = id, .online = online->Contains(id)};
      KTSTR_ASSIGN_OR_RETURN(
          const std::optional<std::string> governor,
          ReadText(CpuFile(cpu, "cpufreq/scaling_governor")));
      if (cpu.online) cpu.governor = governor.value_or("");
      result_.cpus_.push_back(std::move(cpu));
    }
    return absl::OkStatus();
  }

  // Books the online ones of `members`, which `path` lists for `cpu`, as the
  // next group.
  absl::Status AddGroup(const std::string& path, const Cpu& cpu,
                        const CpuSet& members, int Cpu::*index,
                        std::vector<CpuSet>& groups) {
    const CpuSet online = members.Intersect(result_.online_);
    if (!online.Contains(cpu.id)) {
      return Senseless(path, absl::StrCat("\"", members.ToString(),
                                          "\" leaves out CPU ", cpu.id));
    }
    for (const uint32_t id : online.cpus()) {
      int& group = At(id).*index;
      if (group != kUnknown) {
        return Senseless(path, absl::StrCat("CPU ", id, " is also in \"",
                                            groups[group].ToString(), "\""));
      }
      group = static_cast<int>(groups.size());
    }
    groups.push_back(online);
    return absl::OkStatus();
  }

  absl::Status ReadCores() {
    for (const Cpu& cpu : result_.cpus_) {
      if (!cpu.online || cpu.core != kUnknown) continue;
      std::string path = CpuFile(cpu, "topology/core_cpus_list");
      KTSTR_ASSIGN_OR_RETURN(std::optional<CpuSet> siblings, ReadList(path));
      if (!siblings.has_value()) {  // Before Linux 5.3.
        path = CpuFile(cpu, "topology/thread_siblings_list");
        KTSTR_ASSIGN_OR_RETURN(siblings, ReadList(path));
      }
      if (!siblings.has_value()) {
        ForgetCores(absl::StrCat("no ", path));
        return absl::OkStatus();
      }
      KTSTR_RETURN_IF_ERROR(
          AddGroup(path, cpu, *siblings, &Cpu::core, result_.cores_));
    }
    for (const CpuSet& core : result_.cores_) {
      int index = 0;
      for (const uint32_t id : core.cpus()) At(id).smt_index = index++;
    }
    return absl::OkStatus();
  }

  void ForgetCores(std::string reason) {
    result_.unknown_reason_ = std::move(reason);
    result_.cores_.clear();
    for (Cpu& cpu : result_.cpus_) cpu.core = kUnknown;
  }

  absl::Status ReadPackages() {
    for (Cpu& cpu : result_.cpus_) {
      if (!cpu.online) continue;
      KTSTR_ASSIGN_OR_RETURN(
          const std::optional<int> package,
          ReadNumber(CpuFile(cpu, "topology/physical_package_id")));
      cpu.package = package.value_or(kUnknown);
    }
    return absl::OkStatus();
  }

  // The list of the CPUs that share `cpu`'s highest data or unified cache; a
  // file that need not exist. nullopt if no cache is described.
  absl::StatusOr<std::optional<std::string>> FindLlcList(const Cpu& cpu) {
    std::optional<std::string> list;
    int highest = 0;
    for (int i = 0;; ++i) {
      const std::string cache = CpuFile(cpu, absl::StrCat("cache/index", i));
      KTSTR_ASSIGN_OR_RETURN(const std::optional<int> level,
                             ReadNumber(cache + "/level"));
      KTSTR_ASSIGN_OR_RETURN(const std::optional<std::string> type,
                             ReadText(cache + "/type"));
      if (!level.has_value() || !type.has_value()) return list;
      if (*type != "Data" && *type != "Unified") continue;
      if (*level <= highest) continue;
      highest = *level;
      list = cache + "/shared_cpu_list";
    }
  }

  absl::Status ReadLlcs() {
    for (const Cpu& cpu : result_.cpus_) {
      if (!cpu.online || cpu.llc != kUnknown) continue;
      KTSTR_ASSIGN_OR_RETURN(const std::optional<std::string> path,
                             FindLlcList(cpu));
      std::optional<CpuSet> sharers;
      if (path.has_value()) {
        KTSTR_ASSIGN_OR_RETURN(sharers, ReadList(*path));
      }
      if (!sharers.has_value()) return TakePackagesForLlcs();
      KTSTR_RETURN_IF_ERROR(
          AddGroup(*path, cpu, *sharers, &Cpu::llc, result_.llcs_));
    }
    result_.llc_known_ = true;
    return absl::OkStatus();
  }

  absl::Status TakePackagesForLlcs() {
    result_.llcs_.clear();
    std::vector<int> packages;  // Of each LLC.
    for (Cpu& cpu : result_.cpus_) {
      if (!cpu.online) continue;
      size_t llc = 0;
      while (llc < packages.size() && packages[llc] != cpu.package) ++llc;
      if (llc == packages.size()) {
        packages.push_back(cpu.package);
        result_.llcs_.emplace_back();
      }
      result_.llcs_[llc].Add(cpu.id);
      cpu.llc = static_cast<int>(llc);
    }
    return absl::OkStatus();
  }

  absl::Status ReadNodes() {
    KTSTR_ASSIGN_OR_RETURN(const std::optional<CpuSet> ids,
                           ReadList(absl::StrCat(node_root_, "online")));
    if (!ids.has_value()) {  // A kernel without NUMA.
      for (const uint32_t id : result_.online_.cpus()) At(id).node = 0;
      result_.nodes_.push_back({.id = 0, .cpus = result_.online_});
      return absl::OkStatus();
    }
    for (const uint32_t id : ids->cpus()) {
      KTSTR_RETURN_IF_ERROR(ReadNode(static_cast<int>(id)));
    }
    return absl::OkStatus();
  }

  absl::Status ReadNode(int id) {
    const std::string path = absl::StrCat(node_root_, "node", id, "/cpulist");
    KTSTR_ASSIGN_OR_RETURN(const std::optional<CpuSet> cpus, ReadList(path));
    if (!cpus.has_value()) return Senseless(path, "no such file");
    Node node = {.id = id, .cpus = cpus->Intersect(result_.online_)};
    for (const uint32_t cpu : node.cpus.cpus()) {
      if (At(cpu).node != kUnknown) {
        return Senseless(
            path, absl::StrCat("CPU ", cpu, " is also of node ", At(cpu).node));
      }
      At(cpu).node = id;
    }
    KTSTR_ASSIGN_OR_RETURN(
        node.memory_bytes,
        ReadMemTotal(absl::StrCat(node_root_, "node", id, "/meminfo")));
    result_.nodes_.push_back(std::move(node));
    return absl::OkStatus();
  }

  const std::string cpu_root_;
  const std::string node_root_;
  Topology result_;
};

Topology Topology::Regular(const Shape& shape) {
  KTSTR_CHECK(shape.nodes * shape.llcs * shape.cores * shape.threads != 0);
  Topology result;
  result.llc_known_ = true;
  result.nodes_.resize(shape.nodes);
  result.llcs_.resize(size_t{shape.nodes} * shape.llcs);
  result.cores_.resize(result.llcs_.size() * shape.cores);
  const uint32_t count =
      static_cast<uint32_t>(result.cores_.size()) * shape.threads;
  for (uint32_t id = 0; id < count; ++id) {
    Cpu cpu = {.id = id, .online = true};
    cpu.core = static_cast<int>(id / shape.threads);
    cpu.llc = cpu.core / static_cast<int>(shape.cores);
    cpu.node = cpu.llc / static_cast<int>(shape.llcs);
    cpu.package = cpu.node;
    cpu.smt_index = static_cast<int>(id % shape.threads);
    result.online_.Add(id);
    result.cores_[cpu.core].Add(id);
    result.llcs_[cpu.llc].Add(id);
    result.nodes_[cpu.node].id = cpu.node;
    result.nodes_[cpu.node].cpus.Add(id);
    result.cpus_.push_back(std::move(cpu));
  }
  result.possible_ = result.online_;
  return result;
}

absl::StatusOr<Topology> Topology::Unknown(std::string reason) {
  Topology result;
  KTSTR_ASSIGN_OR_RETURN(result.online_, GetAffinity());
  result.possible_ = result.online_;
  result.unknown_reason_ = std::move(reason);
  for (const uint32_t id : result.online_.cpus()) {
    result.cpus_.push_back({.id = id, .online = true});
  }
  return result;
}

absl::StatusOr<Topology> Topology::Read(const std::string& root) {
  return Reader(root).Read();
}

const Topology::Cpu* Topology::Find(uint32_t id) const {
  const auto at = std::lower_bound(
      cpus_.begin(), cpus_.end(), id,
      [](const Cpu& cpu, uint32_t wanted) { return cpu.id < wanted; });
  return at != cpus_.end() && at->id == id ? &*at : nullptr;
}

int Topology::package_count() const {
  std::set<int> packages;
  for (const Cpu& cpu : cpus_) {
    if (cpu.package != kUnknown) packages.insert(cpu.package);
  }
  return static_cast<int>(packages.size());
}

std::string Topology::Summary() const {
  const size_t online = online_.Count();
  if (!known()) {
    return absl::StrCat(Counted(online, "CPU"), ", topology unknown (",
                        unknown_reason_, ")");
  }
  size_t memory_only = 0;
  for (const Node& node : nodes_) memory_only += node.cpus.empty() ? 1 : 0;
  uint32_t least = std::numeric_limits<uint32_t>::max();
  uint32_t most = 0;
  for (const CpuSet& core : cores_) {
    least = std::min(least, core.Count());
    most = std::max(most, core.Count());
  }
  std::string text = Counted(nodes_.size(), "node");
  if (memory_only > 0)
    absl::StrAppend(&text, " (", memory_only, " of memory only)");
  absl::StrAppend(&text, ", ", Counted(llcs_.size(), "LLC"));
  if (!llc_known_) absl::StrAppend(&text, " (assumed: one per package)");
  absl::StrAppend(&text, ", ", Counted(cores_.size(), "core"), ", ",
                  Counted(online, "CPU"));
  if (most > 1 && least == most) absl::StrAppend(&text, " (SMT ", most, ")");
  if (least < most) absl::StrAppend(&text, " (SMT ", least, " to ", most, ")");
  const size_t offline = possible_.Count() - online;
  if (offline > 0) absl::StrAppend(&text, ", ", offline, " not online");
  return text;
}

}  // namespace ktstr
