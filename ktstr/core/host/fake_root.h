// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_HOST_FAKE_ROOT_H_
#define KTSTR_CORE_HOST_FAKE_ROOT_H_

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace ktstr {

// For tests: a folder with files as /proc and /sys have them, gone with the
// object.
class FakeRoot final {
 public:
  FakeRoot() : path_(testing::TempDir() + "/root.XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "mkdtemp " << path_;
  }
  ~FakeRoot() { std::filesystem::remove_all(path_); }
  FakeRoot(const FakeRoot&) = delete;
  FakeRoot& operator=(const FakeRoot&) = delete;

  const std::string& path() const { return path_; }

  // Makes `file` ("/proc/stat") say `content`.
  void Write(const std::string& file, absl::string_view content) const {
    Put(file, content, std::ios::trunc);
  }
  // Adds `content` to the end of `file`.
  void Append(const std::string& file, absl::string_view content) const {
    Put(file, content, std::ios::app);
  }
  void Remove(const std::string& file) const {
    std::filesystem::remove_all(path_ + file);
  }

 private:
  void Put(const std::string& file, absl::string_view content,
           std::ios::openmode mode) const {
    const std::filesystem::path path = path_ + file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::out | mode);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    if (!out) ADD_FAILURE() << "cannot write " << path;
  }

  std::string path_;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_HOST_FAKE_ROOT_H_
