// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_IMAGE_LOADER_CACHE_H_
#define KTSTR_VM_IMAGE_LOADER_CACHE_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace ktstr {

// Names of libraries ("libbpf.so.1") and the absolute paths of their files.
using LoaderCacheEntries = std::map<std::string, std::string>;

// The /etc/ld.so.cache that makes glibc's loader find the libraries by name, as
// ldconfig(8) writes it (version 1.1 of the form, without the older one).
// `machine` is as ElfFile::machine. Unimplemented for a machine whose mark in
// the cache is not known here.
absl::StatusOr<std::string> LoaderCache(const LoaderCacheEntries& entries,
                                        uint16_t machine);

}  // namespace ktstr

#endif  // KTSTR_VM_IMAGE_LOADER_CACHE_H_
