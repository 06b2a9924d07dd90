// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/scheduler/output_keeper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {

// Zeroed memory is an empty one. Written by the process only.
struct OutputKeeper::Ring {
  // In all; released after the bytes that it counts.
  std::atomic<uint64_t> written;
  char bytes[kBytes];

  // What the process does: reads until the end of `output` or of its maker.
  int Fill(int output, int lifeline, pid_t group);
  // The next bytes; false at the end.
  bool Read(int output);
};

bool OutputKeeper::Ring::Read(int output) {
  // Relaxed: nobody else writes it.
  const uint64_t before = written.load(std::memory_order_relaxed);
  const size_t at = before % kBytes;
  const ssize_t got = read(output, bytes + at, kBytes - at);
  if (got > 0) {
    written.store(before + static_cast<uint64_t>(got),
                  std::memory_order_release);
  }
  return got > 0 || (got < 0 && errno == EINTR);
}

int OutputKeeper::Ring::Fill(int output, int lifeline, pid_t group) {
  struct pollfd fds[] = {{.fd = output, .events = POLLIN, .revents = 0},
                         {.fd = lifeline, .events = POLLIN, .revents = 0}};
  while (true) {
    if (poll(fds, std::size(fds), /*timeout=*/-1) < 0) continue;  // EINTR.
    if (fds[1].revents != 0) {
      kill(-group, SIGKILL);  // Refused if all have ended, as wanted.
      return 0;
    }
    if (fds[0].revents != 0 && !Read(output)) return 0;
  }
}

absl::StatusOr<OutputKeeper> OutputKeeper::Start(Fd output, pid_t group) {
  static_assert(std::is_trivially_destructible_v<Ring>);
  KTSTR_ASSIGN_OR_RETURN(Mapping memory, Mapping::CreateShared(sizeof(Ring)));
  KTSTR_ASSIGN_OR_RETURN(Pipe lifeline, MakePipe());
  auto* ring = static_cast<Ring*>(memory.data());
  const auto keep = [&] {
    // Out of reach of Ctrl-C. Cannot fail: a child leads no group yet.
    setsid();
    lifeline.write_end.reset();
    return ring->Fill(output.get(), lifeline.read_end.get(), group);
  };
  KTSTR_ASSIGN_OR_RETURN(Child process, Child::Spawn(keep));
  return OutputKeeper(std::move(memory), std::move(lifeline.write_end),
                      std::move(process));
}

std::string OutputKeeper::Tail() const {
  const auto* ring = static_cast<const Ring*>(memory_.data());
  const uint64_t written = ring->written.load(std::memory_order_acquire);
  if (written <= kBytes) return std::string(ring->bytes, written);
  const size_t oldest = written % kBytes;
  std::string tail(ring->bytes + oldest, kBytes - oldest);
  return tail.append(ring->bytes, oldest);
}

}  // namespace ktstr
