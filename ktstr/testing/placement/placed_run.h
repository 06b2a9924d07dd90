// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Runs of the binary whose workers are looked at while they are going on.
#ifndef KTSTR_TESTING_PLACEMENT_PLACED_RUN_H_
#define KTSTR_TESTING_PLACEMENT_PLACED_RUN_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/binary/run_binary.h"

namespace ktstr {

// The threads that are the workers of the running binary `pid`, in the order
// of their making: its children, or, where there is one child with threads,
// these without their process's first, which only watches.
std::vector<pid_t> WorkersOf(pid_t pid);

// One run until its workers are busy, then until it is interrupted.
class PlacedRun final {
 public:
  // `call` gets the flags that make it last, and a report. Fails the test if
  // it ends before `workers` of them are in their loops.
  PlacedRun(BinaryCall call, size_t workers);

  // From the start barrier on these stand still, with all that they were
  // given: reading takes its time, and a real-time worker none of the CPU's.
  const std::vector<pid_t>& workers() const { return workers_; }

  RunningBinary& binary() { return binary_; }

  // Lets them go on, interrupts the run and returns the stressor's report.
  // Fails the test unless all ends well and everything was applied.
  proto::Stressor End();

  // Until the test does something else with binary() and Finish().
  void Thaw();

 private:
  static BinaryCall Lasting(BinaryCall call);

  RunningBinary binary_;
  std::vector<pid_t> children_;
  std::vector<pid_t> workers_;
};

// Names the instance of a test whose parameter is a --mode.
std::string ModeName(const testing::TestParamInfo<const char*>& mode);

}  // namespace ktstr

#endif  // KTSTR_TESTING_PLACEMENT_PLACED_RUN_H_
