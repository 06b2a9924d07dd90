// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/qemu/kvm_probe.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr absl::Duration kLong = absl::Minutes(1);

TEST(RunBoundedTest, BringsTheStatusBack) {
  EXPECT_THAT(RunBounded([] { return absl::OkStatus(); }, kLong), IsOk());
  EXPECT_THAT(
      RunBounded([] { return absl::NotFoundError("no such thing"); }, kLong),
      StatusIs(absl::StatusCode::kNotFound, Eq("no such thing")));
}

TEST(RunBoundedTest, CutsLongMessages) {
  EXPECT_THAT(
      RunBounded([] { return absl::InternalError(std::string(10000, 'x')); },
                 kLong),
      StatusIs(absl::StatusCode::kInternal, SizeIs(499)));
}

TEST(RunBoundedTest, EndsWhatNeverEnds) {
  EXPECT_THAT(RunBounded(
                  [] {
                    while (true) pause();
                    return absl::OkStatus();
                  },
                  absl::Milliseconds(1)),
              StatusIs(absl::StatusCode::kDeadlineExceeded,
                       Eq("did not end within 1ms")));
}

TEST(RunBoundedTest, ReportsADeath) {
  EXPECT_THAT(RunBounded(
                  [] {
                    raise(SIGKILL);
                    return absl::OkStatus();
                  },
                  kLong),
              StatusIs(absl::StatusCode::kAborted,
                       Eq("the process was killed by SIGKILL")));
}

TEST(KvmProbeTest, SaysWhatToDoWithoutTheDevice) {
  EXPECT_THAT(ProbeKvm("/dev/no_such_kvm"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("(no KVM in this kernel, or the firmware")));
}

TEST(KvmProbeTest, SaysWhatToDoWithoutPermission) {
  if (geteuid() == 0) GTEST_SKIP() << "root may open everything";
  const TempDir dir;
  const std::string device = dir.Write("kvm", "");
  ASSERT_THAT(chmod(device.c_str(), 0), Eq(0));
  EXPECT_THAT(ProbeKvm(device),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("(add yourself to the group kvm)")));
}

TEST(KvmProbeTest, RefusesWhatIsNoKvm) {
  EXPECT_THAT(ProbeKvm("/dev/null").message(),
              Eq("/dev/null: KVM_GET_API_VERSION: Inappropriate ioctl for "
                 "device"));
  EXPECT_THAT(std::string(ProbeKvm("/").message()), StartsWith("/: open(/): "));
}

// Page-table-switching KVM runs user space of its own guests natively and
// interprets all else: the reason that the probe goes beyond questions.
TEST(KvmProbeTest, SeesThroughParavirtualKvm) {
  if (access("/sys/module/kvm_pvm", F_OK) != 0 ||
      access("/dev/kvm", R_OK | W_OK) != 0) {
    GTEST_SKIP() << "this host has no paravirtual KVM";
  }
  EXPECT_THAT(ProbeKvm("/dev/kvm"),
              StatusIs(absl::StatusCode::kInternal,
                       HasSubstr("64-bit code does not run natively")));
}

}  // namespace
}  // namespace ktstr
