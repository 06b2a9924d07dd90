// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What the first process of a guest does.
#ifndef KTSTR_VM_GUEST_INIT_H_
#define KTSTR_VM_GUEST_INIT_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "ktstr/vm/channel/channel.pb.h"
#include "ktstr/vm/channel/sender.h"

namespace ktstr {

// The run, in a process of its own: returns its exit code.
using GuestRun =
    absl::FunctionRef<int(const proto::GuestConfig& config, Sender& sender)>;

// Sets the guest up, has `run` run in a child, tells the host that the guest is
// alive, passes the host's signals on, reaps whatever is orphaned, tells how
// the run ended, and powers the machine off. `version` is ktstr's.
//
// FailedPrecondition at once, with nothing done, in any process but the first
// of a machine that was booted for this. Else it does not return.
absl::Status BeGuestInit(absl::string_view version, GuestRun run);

}  // namespace ktstr

#endif  // KTSTR_VM_GUEST_INIT_H_
