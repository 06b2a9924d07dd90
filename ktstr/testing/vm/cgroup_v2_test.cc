// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What ktstr/cgroup does with a cgroup v2 that has all its controllers.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/file.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"
#include "ktstr/testing/vm/run_in_vm.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// In the runfiles.
constexpr char kCheck[] = "ktstr/cgroup/cgroup_guest_check";
constexpr size_t kChecks = 12;

std::vector<std::string> LinesWith(absl::string_view words,
                                   const std::string& text) {
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line.find(words) != line.npos) lines.push_back(std::string(line));
  }
  return lines;
}

TEST(CgroupV2Test, AllChecksHoldInAGuest) {
  const TempDir folder;
  const std::string console = folder.path() + "/console";
  const VmOutcome result = RunInVm(
      "1n1l2c1t", {"--stressor=spin_wait", "--duration=200ms",
                   absl::StrCat("--vm_include=", kCheck, ":/check"),
                   "--vm_append=rdinit=/check", "--vm_console=" + console});
  const absl::StatusOr<std::string> text = ReadFile(console);
  ASSERT_THAT(text, IsOk());
  EXPECT_THAT(LinesWith("cgroup_guest_check: NOT OK", *text), IsEmpty());
  EXPECT_THAT(LinesWith("cgroup_guest_check: ok ", *text), SizeIs(kChecks))
      << *text;
  EXPECT_THAT(*text, HasSubstr("cgroup_guest_check: all hold"));
  // And the guest is as good as before.
  EXPECT_EQ(result.outcome.exit_code, 0) << result.outcome.err;
  EXPECT_EQ(result.report.vm().end(), proto::Vm::COMPLETED);
}

}  // namespace
}  // namespace ktstr
