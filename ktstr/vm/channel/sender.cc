// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/channel/sender.h"

#include <errno.h>
#include <pthread.h>

#include <cstdint>
#include <new>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/vm/channel/channel.pb.h"
#include "ktstr/vm/channel/frame.h"

namespace ktstr {
namespace {

struct Shared {
  pthread_mutex_t lock;
  uint32_t next_sequence = 0;
};

absl::Status InitLock(pthread_mutex_t& lock) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  // Its owner may be killed.
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  const int error = pthread_mutex_init(&lock, &attributes);
  pthread_mutexattr_destroy(&attributes);
  return error == 0 ? absl::OkStatus()
                    : PosixError(error, "pthread_mutex_init");
}

absl::Status Lock(pthread_mutex_t& lock) {
  const int error = pthread_mutex_lock(&lock);
  if (error == 0) return absl::OkStatus();
  if (error != EOWNERDEAD) return PosixError(error, "pthread_mutex_lock");
  // The number that it left is right, or that of its broken frame.
  return pthread_mutex_consistent(&lock) == 0
             ? absl::OkStatus()
             : PosixError(error, "pthread_mutex_consistent");
}

}  // namespace

absl::StatusOr<Sender> Sender::Create(int fd) {
  KTSTR_ASSIGN_OR_RETURN(Mapping shared, Mapping::CreateShared(sizeof(Shared)));
  Shared* state = new (shared.data()) Shared;
  KTSTR_RETURN_IF_ERROR(InitLock(state->lock));
  return Sender(fd, std::move(shared));
}

absl::Status Sender::Send(proto::ToHost event) {
  Shared& shared = *static_cast<Shared*>(shared_.data());
  event.set_uptime_ns(BootNanos());
  const std::string payload = event.SerializeAsString();
  KTSTR_RETURN_IF_ERROR(Lock(shared.lock));
  const absl::Cleanup unlock = [&] { pthread_mutex_unlock(&shared.lock); };
  KTSTR_ASSIGN_OR_RETURN(const std::string frame,
                         EncodeFrame(payload, shared.next_sequence));
  ++shared.next_sequence;
  return WriteAll(fd_, frame);
}

}  // namespace ktstr
