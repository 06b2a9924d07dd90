// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_MEMORY_PROGRAM_PAGES_H_
#define KTSTR_BASE_MEMORY_PROGRAM_PAGES_H_

namespace ktstr {

// Gives back the resident pages of this program's own code and constants. They
// stay in the page cache and come back, sixteen at a time, when something in
// them is used again: what started the program and will not be needed for the
// rest of the run goes, and a supervisor costs a third of the memory. Forked
// children start with as little. Takes about 20 us; never fails, because where
// the kernel refuses, the pages just stay. Safe at any time, also with threads.
void DropProgramPages();

}  // namespace ktstr

#endif  // KTSTR_BASE_MEMORY_PROGRAM_PAGES_H_
