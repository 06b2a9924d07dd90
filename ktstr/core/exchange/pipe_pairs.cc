// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/exchange/pipe_pairs.h"

#include <errno.h>

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/wake_stamp.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

absl::Status PipePairs::Prepare(Preparation& preparation) {
  KTSTR_ASSIGN_OR_RETURN(stamps_,
                         preparation.Share<WakeStamp>(preparation.workers()));
  for (uint32_t i = 0; i < preparation.workers(); ++i) {
    KTSTR_ASSIGN_OR_RETURN(Pipe pipe, MakePipe());
    pipes_.push_back(std::move(pipe));
  }
  return absl::OkStatus();
}

bool PipePairs::Await(Worker& worker, uint64_t turn) const {
  if (turn == 0) return true;
  uint8_t byte;
  if (!worker.AwaitRead(pipes_[worker.index()].read_end.get(), &byte,
                        sizeof(byte))) {
    return false;
  }
  worker.MatchWake(stamps_[worker.index()], turn);
  if (byte == static_cast<uint8_t>(turn)) return true;
  worker.CountFailure("read of another turn", EBADMSG);
  return false;
}

bool PipePairs::Pass(Worker& worker, uint64_t turn) const {
  const uint32_t partner = worker.index() ^ 1;
  const auto byte = static_cast<uint8_t>(turn + 1);
  worker.StampWake(stamps_[partner], turn + 1);
  return worker.Write(pipes_[partner].write_end.get(), &byte, sizeof(byte));
}

}  // namespace ktstr
