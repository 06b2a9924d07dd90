// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_PLAN_FAKE_STRESSORS_H_
#define KTSTR_CLI_PLAN_FAKE_STRESSORS_H_

#include "ktstr/cli/plan/run_machine.h"
#include "ktstr/cli/plan/selection.h"

namespace ktstr {

// For tests: a table of `spin`, alone and without parameters, and `wake`,
// pairs of a waker and a sleeper with depth=2 (1 .. 64), how=pipe and
// period=1ms.
StressorTable FakeStressors();

// A host with CPUs 0-3, of which 3 is offline and 2 is not allowed.
RunMachine FakeMachine();

}  // namespace ktstr

#endif  // KTSTR_CLI_PLAN_FAKE_STRESSORS_H_
