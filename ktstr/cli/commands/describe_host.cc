// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/commands/describe_host.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "ktstr/cli/commands/columns.h"
#include "ktstr/core/host/abilities/abilities.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/vm/qemu/kvm_probe.h"

namespace ktstr {
namespace {

constexpr int kNameColumns = 20;
constexpr int kAnswerColumns = 5;

std::string Entry(absl::string_view label, absl::string_view text) {
  if (text.empty()) return "";
  return Paragraph(absl::StrFormat("  %-*s", kNameColumns, label),
                   2 + kNameColumns, text, kHelpColumns);
}

std::string Answer(bool can, bool color) {
  std::string word =
      absl::StrFormat("%-*s", kAnswerColumns, can ? "yes" : "no");
  if (!color) return word;
  return absl::StrCat(can ? "\x1b[32m" : "\x1b[33m", word, "\x1b[0m");
}

std::string Row(const Ability& ability, bool color) {
  return Paragraph(
      absl::StrCat(absl::StrFormat("  %-*s", kNameColumns, ability.name),
                   Answer(ability.can, color)),
      2 + kNameColumns + kAnswerColumns, ability.text, kHelpColumns);
}

Ability Kvm() {
  constexpr char kDevice[] = "/dev/kvm";
  const absl::Status status = ProbeKvm(kDevice);
  return {"KVM", status.ok(),
          status.ok() ? absl::StrCat(kDevice, " runs a virtual CPU")
                      : absl::StrCat(status.message(), "; --vm emulates")};
}

}  // namespace

std::string DescribeHost(const HostContext& host, bool color) {
  std::string text = absl::StrCat(
      Entry("kernel", absl::StrCat("Linux ", host.kernel_release, " ",
                                   host.machine, ", ", host.kernel_version)),
      Entry("kernel config", host.kernel_config_source),
      Entry("CPUs", host.topology ? host.topology->Summary() : ""),
      Entry("CPU model", host.cpu_model), Entry("hypervisor", host.hypervisor),
      Entry("cgroup", host.cgroup), Entry("sched_ext", host.sched_ext));
  for (const std::string& reason : host.unreadable) {
    absl::StrAppend(&text, Entry("not readable", reason));
  }
  absl::StrAppend(&text, "\nwhat runs can and cannot do here:\n");
  for (const Ability& ability : host.abilities) {
    absl::StrAppend(&text, Row(ability, color));
  }
  return text;
}

std::string DescribeHost(bool color) {
  HostContext host = ReadHostAndAbilities();
  host.abilities.push_back(Kvm());
  return DescribeHost(host, color);
}

}  // namespace ktstr
