// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/plan/run_machine.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/topology/cpu_words.h"

namespace ktstr {

absl::StatusOr<RunMachine> ReadRunMachine(const std::string& root) {
  KTSTR_ASSIGN_OR_RETURN(CpuSet allowed, GetAffinity());
  absl::StatusOr<Topology> topology = Topology::Read(root);
  if (!topology.ok()) {
    topology = Topology::Unknown(std::string(topology.status().message()));
  }
  KTSTR_RETURN_IF_ERROR(topology.status());
  return RunMachine{*std::move(topology), std::move(allowed)};
}

absl::StatusOr<CpuSet> ChooseCpus(absl::string_view words,
                                  const RunMachine& machine) {
  if (absl::StripAsciiWhitespace(words).empty()) {
    return absl::InvalidArgumentError(
        "--cpus is empty; it takes a list such as 0-3,8 or llc:0,!cpu:1");
  }
  absl::StatusOr<CpuSet> cpus =
      ParseCpuWords(words, machine.topology, machine.allowed);
  if (cpus.ok()) return cpus;
  // It begins with the word at fault, which may be all of them.
  absl::string_view why = cpus.status().message();
  absl::ConsumePrefix(&why, absl::StrCat(words, ": "));
  return absl::InvalidArgumentError(absl::StrCat("--cpus=", words, ": ", why));
}

}  // namespace ktstr
