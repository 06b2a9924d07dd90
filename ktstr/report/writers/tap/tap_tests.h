// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TAP_TAP_TESTS_H_
#define KTSTR_REPORT_WRITERS_TAP_TAP_TESTS_H_

#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"

namespace ktstr {

// Tests of one depth in KTAP: all of the output, or the subtests of one test.
// Counts their results. Each line is one write.
class TapTests final {
 public:
  explicit TapTests(Sink& sink) : sink_(sink) {}
  // The subtests of `name`, which is one of the names that `parent` gave.
  TapTests(const TapTests& parent, const std::string& name);

  // The version, the name and the plan.
  absl::Status Begin(int tests);

  // The lines of `text`, as diagnostics.
  absl::Status Diagnose(absl::string_view text);

  // A name for the next test that no parser takes for another one's: in one
  // line without '#', and different from its siblings' and from those of the
  // tests that it is in ("gap", "gap.2").
  std::string Name(absl::string_view wanted);

  // "ok 1 completed", "not ok 2 applied", "ok 3 exercised # SKIP one CPU".
  absl::Status Result(const std::string& name, proto::Verdict verdict,
                      absl::string_view skip_reason);

  // What ends the output: the numbers of results, and why there are no more
  // if `bail_out` is not empty.
  absl::Status End(absl::string_view bail_out);

 private:
  absl::Status Line(absl::string_view text);

  Sink& sink_;
  std::string indent_;
  std::string title_;                // Of the test that these are in.
  std::set<std::string> ancestors_;  // Names of the tests that these are in.
  std::set<std::string> names_;
  int passed_ = 0;
  int failed_ = 0;
  int skipped_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TAP_TAP_TESTS_H_
