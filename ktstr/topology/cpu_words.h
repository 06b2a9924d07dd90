// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// CPUs as people say them: by number, or by their place in the machine.
#ifndef KTSTR_TOPOLOGY_CPU_WORDS_H_
#define KTSTR_TOPOLOGY_CPU_WORDS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/topology/topology.h"

namespace ktstr {

// Returns the CPUs that `text` names, at least one, all of them in `allowed`.
// Words stand between commas and are taken from left to right:
//   0-3   10-14:2   cpu:N      CPUs by their numbers, in the kernel's format
//   core:N   llc:N             by index into Topology::cores() and llcs()
//   node:N   package:N         by the kernel's number
//   smt:N                      CPUs with that place among their core's online
//                              siblings: smt:0 is one of each core
//   all                        all of `allowed`
//   !WORD                      takes them away again; as the first word, from
//                              all: "!cpu:0" is all but it
// N may be a range ("llc:0-1", "core:0-6:2"), but a comma ends the word:
// "llc:0,1" is LLC 0 and CPU 1.
//
// Every CPU that is named by its number must be online and allowed. Of a core,
// LLC, node, package or place among siblings the allowed CPUs count, and there
// must be one. What is taken away only has to exist.
//
// One-line errors that begin with the word at fault: kInvalidArgument for what
// is no word, does not exist, has no CPU to use here, or leaves none over;
// kUnimplemented where the kernel does not tell what the word is about. Where
// the topology is unknown, so is which CPUs exist: those outside `allowed` are
// refused as such.
absl::StatusOr<CpuSet> ParseCpuWords(absl::string_view text,
                                     const Topology& topology,
                                     const CpuSet& allowed);

}  // namespace ktstr

#endif  // KTSTR_TOPOLOGY_CPU_WORDS_H_
