// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/cells/fake_kernel.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// Linux's Documentation/arch/x86/boot.rst.
std::string FakeKernel(absl::string_view release) {
  constexpr size_t kBytes = 8192;
  constexpr size_t kVersionAt = 0x400;
  std::string image(kBytes, '\0');
  image[0x1F1] = 4;  // setup_sects.
  image.replace(0x1FE, 2, "\x55\xAA");
  image.replace(0x202, 4, "HdrS");
  image.replace(0x206, 2, "\x0F\x02");  // version.
  // kernel_version, from 0x200 on.
  image[0x20E] = static_cast<char>((kVersionAt - 0x200) % 256);
  image[0x20F] = static_cast<char>((kVersionAt - 0x200) / 256);
  image[0x211] = 1;  // loadflags: LOADED_HIGH.
  image[0x236] = 1;  // xloadflags: XLF_KERNEL_64.
  const std::string version = absl::StrCat(release, " (me@here) #1 SMP");
  image.replace(kVersionAt, version.size(), version);
  return image;
}

}  // namespace ktstr
