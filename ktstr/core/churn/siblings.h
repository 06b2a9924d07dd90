// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_CHURN_SIBLINGS_H_
#define KTSTR_CORE_CHURN_SIBLINGS_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "ktstr/core/churn/arrivals.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// Workers of a group that name each other's thread ids in system calls. None
// leaves while another may yet name it, so that no call reaches a stranger who
// got its id. Of one that is killed the id may be free until the others see
// the stop, or ESRCH.
//
// A member of the stressor. A body calls, in this order, Enter, Begin and
// Leave; it names siblings between the last two only.
class Siblings final {
 public:
  absl::Status Prepare(Preparation& preparation);

  // Publishes the caller's id and waits for all others'. False on stop: then
  // the body returns.
  bool Enter(Worker& worker);
  // Waits until all are so far. False on stop, as above. From here on up to
  // Leave a body is at work.
  bool Begin(Worker& worker);
  // Waits until nobody will name the caller again.
  void Leave(Worker& worker);

  // Of the one at `position` of the worker's group, once it has entered.
  pid_t TidOf(const Worker& worker, uint32_t position) const;
  // It has left, or was found dead.
  bool IsGone(const Worker& worker, uint32_t position) const;
  void MarkDead(const Worker& worker, uint32_t position);

 private:
  enum State : uint32_t { kAway, kAtWork, kThrough };
  struct Member {
    alignas(64) std::atomic<pid_t> tid;
    std::atomic<uint32_t> state;
  };
  struct Group {
    Arrivals entered;
    Arrivals begun;
  };

  Member& MemberOf(const Worker& worker, uint32_t position) const {
    return members_[worker.group() * size_ + position];
  }
  static void AwaitLastCall(Member& sibling, int64_t deadline);

  uint32_t size_ = 0;  // Of a group.
  absl::Span<Group> groups_;
  absl::Span<Member> members_;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_CHURN_SIBLINGS_H_
