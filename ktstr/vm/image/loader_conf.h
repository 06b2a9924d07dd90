// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_IMAGE_LOADER_CONF_H_
#define KTSTR_VM_IMAGE_LOADER_CONF_H_

#include <string>
#include <vector>

namespace ktstr {

// The folders that `root`/etc/ld.so.conf and the files that it includes name,
// in their order, without `root`. In the path of an include, * ? and [ stand
// for others in the last part only. Files that cannot be read name none.
std::vector<std::string> LoaderConfFolders(const std::string& root);

}  // namespace ktstr

#endif  // KTSTR_VM_IMAGE_LOADER_CONF_H_
