// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "absl/types/span.h"
#include "ktstr/base/memory/program_pages.h"
#include "ktstr/cli/cli.h"
#include "ktstr/stressors/registry.h"

int main(int argc, char** argv) {
  ktstr::DropProgramPages();  // What only the libraries' start-up needed.
  // Without the program's name; exec(2) may leave that out, too.
  const int skip = argc > 0 ? 1 : 0;
  return ktstr::RunCli(absl::MakeConstSpan(argv + skip, argc - skip),
                       ktstr::AllStressors());
}
