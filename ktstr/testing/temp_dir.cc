// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/testing/temp_dir.h"

#include <fcntl.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "ktstr/base/check.h"
#include "ktstr/base/fd.h"

namespace ktstr {

TempDir::TempDir() : path_(absl::StrCat(testing::TempDir(), "ktstr.XXXXXX")) {
  KTSTR_CHECK(mkdtemp(path_.data()) != nullptr);
}

TempDir::~TempDir() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::string TempDir::Write(absl::string_view name,
                           absl::string_view content) const {
  const std::string path = absl::StrCat(path_, "/", name);
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(),
                                      error);
  KTSTR_CHECK(!error);
  const absl::StatusOr<Fd> file =
      OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC, /*mode=*/0600);
  KTSTR_CHECK(file.ok());
  KTSTR_CHECK(WriteAll(file->get(), content).ok());
  return path;
}

}  // namespace ktstr
