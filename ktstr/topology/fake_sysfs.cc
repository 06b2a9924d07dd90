// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/topology/fake_sysfs.h"

#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "ktstr/base/check.h"
#include "ktstr/base/cpu_set.h"

namespace ktstr {
namespace {

// Thousands of small files take seconds on a disk and no time in memory.
std::string TempFolder() {
  const char* const in_memory = "/dev/shm";
  return access(in_memory, W_OK) == 0 ? in_memory : testing::TempDir();
}

std::string FullPath(const std::string& root, const std::string& path) {
  return absl::StrCat(root, "/sys/devices/system/", path);
}

}  // namespace

FakeSysfs::FakeSysfs() : root_(TempFolder() + "/fake_sysfs.XXXXXX") {
  KTSTR_CHECK(mkdtemp(root_.data()) != nullptr);
}

FakeSysfs::FakeSysfs(const Shape& shape) : FakeSysfs() {
  shape_ = shape;
  WriteShape();
}

FakeSysfs::~FakeSysfs() {
  std::error_code ignored;  // A folder left in the test's own is no harm.
  std::filesystem::remove_all(root_, ignored);
}

void FakeSysfs::Write(const std::string& path, absl::string_view contents) {
  const std::filesystem::path full = FullPath(root_, path);
  std::filesystem::create_directories(full.parent_path());
  std::ofstream(full) << contents << "\n";
  KTSTR_CHECK(std::filesystem::file_size(full) == contents.size() + 1);
}

void FakeSysfs::Remove(const std::string& path) {
  KTSTR_CHECK(std::filesystem::remove_all(FullPath(root_, path)) > 0);
}

void FakeSysfs::TakeOffline(uint32_t cpu) {
  Remove(absl::StrCat("cpu/cpu", cpu, "/topology"));
  Remove(absl::StrCat("cpu/cpu", cpu, "/cache"));
  offline_.Add(cpu);
  WriteShape();
}

std::string FakeSysfs::OnlineAround(uint32_t cpu, int count) const {
  const auto size = static_cast<uint32_t>(count);
  CpuSet online;
  for (uint32_t i = cpu / size * size; i < (cpu / size + 1) * size; ++i) {
    if (!offline_.Contains(i)) online.Add(i);
  }
  return online.ToString();
}

void FakeSysfs::WriteShape() {
  const int count = shape_.cpus();
  Write("cpu/possible", count == 1 ? "0" : absl::StrCat("0-", count - 1));
  Write("cpu/online", OnlineAround(0, count));
  for (uint32_t cpu = 0; cpu < static_cast<uint32_t>(count); ++cpu) {
    if (!offline_.Contains(cpu)) WriteCpu(cpu);
  }
  const int per_node = count / shape_.nodes;
  Write("node/online",
        shape_.nodes == 1 ? "0" : absl::StrCat("0-", shape_.nodes - 1));
  for (int node = 0; node < shape_.nodes; ++node) {
    const std::string folder = absl::StrCat("node/node", node);
    Write(folder + "/cpulist",
          OnlineAround(static_cast<uint32_t>(node * per_node), per_node));
    Write(folder + "/meminfo",
          absl::StrCat("Node ", node, " MemTotal:  ", shape_.node_memory_kib,
                       " kB\nNode ", node, " MemFree:  17 kB"));
  }
}

void FakeSysfs::WriteCpu(uint32_t cpu) {
  const int per_llc = shape_.cores_per_llc * shape_.smt;
  const int per_node = per_llc * shape_.llcs_per_node;
  const std::string core = OnlineAround(cpu, shape_.smt);
  const std::string folder = absl::StrCat("cpu/cpu", cpu);
  Write(folder + "/topology/physical_package_id",
        absl::StrCat(cpu / static_cast<uint32_t>(per_node)));
  Write(folder + "/topology/core_cpus_list", core);
  Write(folder + "/topology/thread_siblings_list", core);
  const struct {
    int level;
    absl::string_view type;
    std::string sharers;
  } caches[] = {{1, "Data", core},
                {1, "Instruction", core},
                {2, "Unified", core},
                {3, "Unified", OnlineAround(cpu, per_llc)}};
  int index = 0;
  for (const auto& cache : caches) {
    const std::string at = absl::StrCat(folder, "/cache/index", index++);
    Write(at + "/level", absl::StrCat(cache.level));
    Write(at + "/type", cache.type);
    Write(at + "/shared_cpu_list", cache.sharers);
  }
}

}  // namespace ktstr
