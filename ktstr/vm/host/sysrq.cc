// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/host/sysrq.h"

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"

namespace ktstr {
namespace {

constexpr int64_t kNanosPerMilli = 1'000'000;
// The kernel takes a key within 5 s of the break; QEMU may not mix them up.
constexpr int64_t kBetweenNs = 100 * kNanosPerMilli;
constexpr char kBreak = '\0';

// Stacks of the CPUs that are not idle, then the tasks that are blocked.
constexpr char kKeys[] = {kBreak, 'l', kBreak, 'w'};

}  // namespace

int64_t Sysrq::Next(int monitor_fd, int console_fd, absl::string_view console) {
  if (step_ >= std::size(kKeys)) return 0;
  const char key = kKeys[step_++];
  // A QEMU that takes neither hangs as well, and is killed next.
  if (key != kBreak) {
    WriteAll(console_fd, absl::string_view(&key, 1)).IgnoreError();
  } else {
    WriteAll(monitor_fd,
             absl::StrCat(R"({"execute":"qmp_capabilities"})",
                          R"({"execute":"chardev-send-break",)",
                          R"("arguments":{"id":")", console, "\"}}\n"))
        .IgnoreError();
  }
  return key == kBreak ? kBetweenNs : answer_ns_;
}

}  // namespace ktstr
