// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_IMAGE_FAKE_ELF_H_
#define KTSTR_VM_IMAGE_FAKE_ELF_H_

#include <elf.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ktstr {

struct FakeElf {
  uint16_t machine = EM_X86_64;
  std::string interpreter = {};
  std::string soname = {};
  std::vector<std::string> needed = {};
  std::string rpath = {};
  std::string runpath = {};
  std::string after_segments = {};  // What is never loaded.
};

// The bytes of a small 64-bit library whose headers say this. It has no code.
std::string MakeFakeElf(const FakeElf& fake);

}  // namespace ktstr

#endif  // KTSTR_VM_IMAGE_FAKE_ELF_H_
