// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/qemu/qemu_command.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/check.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/vm/channel/names.h"
#include "ktstr/vm/machine_spec/node_distances.h"
#include "ktstr/vm/machine_spec/vm_memory.h"
#include "ktstr/vm/machine_spec/vm_spec.h"
#include "ktstr/vm/qemu/accelerator.h"

namespace ktstr {
namespace {

// What the kernel needs to know about each accelerator; see the header.
constexpr absl::string_view kTcgArguments =
    "tsc=reliable pti=off cpuhp.parallel=0 ";

// COMMAND_LINE_SIZE of Linux's arch/x86, without the NUL at the end.
constexpr size_t kMostArgumentBytes = 2047 - kTcgArguments.size();

using Words = std::vector<std::string>;

void Add(Words& words, absl::string_view option, std::string value) {
  words.push_back(std::string(option));
  words.push_back(std::move(value));
}

// No network, disk, display or configuration file: what is not asked for below
// is not there. A reset, as after a panic, ends QEMU.
void AddMachine(Words& words) {
  for (const char* word : {"-nodefaults", "-no-user-config", "-no-reboot"}) {
    words.push_back(word);
  }
  Add(words, "-display", "none");
  // After start-up QEMU may neither start programs nor change users.
  Add(words, "-sandbox",
      "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol="
      "deny");
  // What a q35 has on board and we have no use for costs time to probe.
  Add(words, "-machine", "q35,sata=off,smbus=off,vmport=off");
}

std::string CpuModel(const QemuOptions& options) {
  if (options.accelerator == Accelerator::kTcg) {
    // Without MONITOR: TCG runs MWAIT, with which older kernels idle an Intel
    // CPU, as a busy loop.
    return "max,vendor=GenuineIntel,monitor=off";
  }
  // What cannot be migrated is the invariant TSC, by which Linux keeps time.
  // QEMU leaves TOPOEXT out unless asked.
  return options.amd_host ? "host,migratable=off,topoext=on"
                          : "host,migratable=off";
}

void AddCpus(const QemuOptions& options, Words& words) {
  const VmSpec& spec = options.spec;
  Add(words, "-accel",
      options.accelerator == Accelerator::kKvm ? "kvm" : "tcg,thread=multi");
  Add(words, "-cpu", CpuModel(options));
  Add(words, "-smp",
      absl::StrCat(spec.cpus(), ",sockets=", spec.nodes, ",dies=", spec.llcs,
                   ",cores=", spec.cores, ",threads=", spec.threads));
}

void AddNodes(const QemuOptions& options, Words& words) {
  const uint32_t nodes = options.spec.nodes;
  const int64_t node_bytes = options.memory_bytes / nodes;
  Add(words, "-m", absl::StrCat("size=", options.memory_bytes >> 20, "M"));
  for (uint32_t node = 0; node < nodes; ++node) {
    Add(words, "-object",
        absl::StrCat("memory-backend-ram,id=memory", node,
                     ",size=", node_bytes >> 20, "M"));
    Add(words, "-numa",
        absl::StrCat("node,nodeid=", node, ",memdev=memory", node));
    Add(words, "-numa",
        absl::StrCat("cpu,node-id=", node, ",socket-id=", node));
  }
}

void AddDistances(const QemuOptions& options, Words& words) {
  const NodeDistances& distances = options.distances;
  for (size_t from = 0; from < distances.size(); ++from) {
    for (size_t to = 0; to < distances.size(); ++to) {
      if (from == to) continue;
      Add(words, "-numa",
          absl::StrCat("dist,src=", from, ",dst=", to,
                       ",val=", distances[from][to]));
    }
  }
}

void AddSocket(absl::string_view id, int fd, Words& words) {
  Add(words, "-chardev", absl::StrCat("socket,id=", id, ",fd=", fd));
}

// Serial ports are numbered in the order of their options.
void AddSerialPort(absl::string_view id, int fd, Words& words) {
  if (fd < 0) return Add(words, "-serial", "null");
  AddSocket(id, fd, words);
  Add(words, "-serial", absl::StrCat("chardev:", id));
}

void AddChannels(const QemuOptions& options, Words& words) {
  AddSerialPort(kConsoleChardev, options.console_fd, words);
  if (options.channel_serial_fd >= 0) {
    AddSerialPort("channel_serial", options.channel_serial_fd, words);
  }
  if (options.channel_virtio_fd >= 0) {
    AddSocket("channel_virtio", options.channel_virtio_fd, words);
    Add(words, "-device", "virtio-serial-pci");
    Add(words, "-device",
        absl::StrCat("virtserialport,chardev=channel_virtio,name=",
                     kChannelPortName));
  }
  if (options.monitor_fd >= 0) {
    AddSocket("monitor", options.monitor_fd, words);
    Add(words, "-mon", "chardev=monitor,mode=control");
  }
}

void AddKernel(const QemuOptions& options, Words& words) {
  Add(words, "-kernel", options.kernel);
  if (!options.initrd.empty()) Add(words, "-initrd", options.initrd);
  Add(words, "-append",
      options.accelerator == Accelerator::kTcg
          ? absl::StrCat(kTcgArguments, options.kernel_args)
          : options.kernel_args);
}

bool IsPlainWord(absl::string_view word) {
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](unsigned char c) {
           return absl::ascii_isgraph(c) && c != '"' && c != '\'';
         });
}

absl::Status BadArguments(absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("cannot make the kernel's command line: ", why));
}

absl::Status CheckAppended(absl::string_view append) {
  if (!std::all_of(append.begin(), append.end(), [](unsigned char c) {
        return c == ' ' || absl::ascii_isgraph(c);
      })) {
    return BadArguments("what is appended has bytes that are not printable");
  }
  // The kernel leaves what follows to init; quotes do not change that.
  for (const absl::string_view word : absl::StrSplit(append, ' ')) {
    if (word != "--") continue;
    return BadArguments(absl::StrCat(
        "'--' in '", append, "' would hide our own words from the kernel"));
  }
  return absl::OkStatus();
}

// What a shell takes as it is.
bool NeedsNoQuotes(absl::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::string_view("_-+=.,/:@%").find(c) != absl::string_view::npos;
  });
}

std::string Quoted(absl::string_view word) {
  if (NeedsNoQuotes(word)) return std::string(word);
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

}  // namespace

std::vector<std::string> QemuCommand(const QemuOptions& options) {
  const uint32_t nodes = options.spec.nodes;
  KTSTR_CHECK(options.memory_bytes > 0 &&
              options.memory_bytes % (kHugePageBytes * nodes) == 0);
  KTSTR_CHECK(options.distances.empty() || options.distances.size() == nodes);
  Words words = {options.qemu};
  AddMachine(words);
  AddCpus(options, words);
  AddNodes(options, words);
  AddDistances(options, words);
  AddChannels(options, words);
  AddKernel(options, words);
  words.insert(words.end(), options.extra_args.begin(),
               options.extra_args.end());
  return words;
}

absl::StatusOr<std::string> KernelArguments(
    absl::string_view append, absl::Span<const std::string> init_words) {
  for (const std::string& word : init_words) {
    if (IsPlainWord(word)) continue;
    return BadArguments(absl::StrCat("'", word, "' is no word for init"));
  }
  KTSTR_RETURN_IF_ERROR(CheckAppended(append));
  std::string line = absl::StrCat("console=", kConsoleTty,
                                  " loglevel=5 panic=-1 no_timer_check "
                                  "sysrq_always_enabled");
  if (!append.empty()) absl::StrAppend(&line, " ", append);
  if (!init_words.empty()) {
    absl::StrAppend(&line, " -- ", absl::StrJoin(init_words, " "));
  }
  if (line.size() <= kMostArgumentBytes) return line;
  return BadArguments(absl::StrCat("it is ", line.size(), " bytes long, ",
                                   kMostArgumentBytes, " is the most: ", line));
}

std::string ShellQuoted(absl::Span<const std::string> argv) {
  return absl::StrJoin(argv, " ", [](std::string* out, const std::string& w) {
    absl::StrAppend(out, Quoted(w));
  });
}

}  // namespace ktstr
