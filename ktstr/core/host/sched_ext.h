// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_HOST_SCHED_EXT_H_
#define KTSTR_CORE_HOST_SCHED_EXT_H_

#include <string>

namespace ktstr {

// The state of the extensible scheduler class in a line, from the files of
// `root`/sys/kernel/sched_ext: "disabled (seq 4)", "enabled simple (seq 4)".
// The number counts the schedulers that were ever loaded, so that one which
// came and went shows too. Empty on kernels without the class.
std::string ReadSchedExt(const std::string& root = "");

}  // namespace ktstr

#endif  // KTSTR_CORE_HOST_SCHED_EXT_H_
