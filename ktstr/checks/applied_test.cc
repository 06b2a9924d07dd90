// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/applied.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/checks/stressor_text.h"

namespace ktstr {
namespace {

TEST(AppliedTest, PassesWithWhatHolds) {
  EXPECT_THAT(
      CheckApplied(StressorFromText(R"pb(
        workers {
          settings { name: "affinity" asked: "0" got: "0" applied: true }
          settings { name: "timer_slack" asked: "1ns" got: "1ns" applied: true }
        }
        workers {
          settings { name: "affinity" asked: "0" got: "0" applied: true }
        }
      )pb")),
      IsLine("applied", proto::PASS, "affinity 0, timer_slack 1ns"));
}

TEST(AppliedTest, ShowsWhatWasAskedAndWhatCameOfIt) {
  EXPECT_THAT(
      CheckApplied(StressorFromText(R"pb(
        workers {
          settings { name: "affinity" asked: "0" got: "0" applied: true }
        }
        workers {
          index: 1
          role: "stage"
          settings { name: "affinity" asked: "0-3" got: "0-1" }
        }
      )pb")),
      IsLine("applied", proto::FAIL,
             "worker 1 (stage): affinity asked 0-3, got 0-1"));
}

TEST(AppliedTest, NamesTheErrnoAndTheReason) {
  EXPECT_THAT(
      CheckApplied(StressorFromText(R"pb(
        workers {
          role: "worker"
          settings {
            name: "nice"
            asked: "-5"
            error: 1
            error_name: "EPERM"
            why: "needs CAP_SYS_NICE"
          }
        }
      )pb")),
      IsLine("applied", proto::FAIL,
             "worker 0 (worker): nice asked -5, got no answer (EPERM): needs "
             "CAP_SYS_NICE"));
}

// Workers to whom the same happened, and one to whom it did not.
constexpr char kCrowd[] = R"pb(
  workers {
    role: "hog"
    settings {
      name: "policy"
      asked: "fifo:50"
      got: "normal"
      error: 1
      error_name: "EPERM"
      why: "no right"
    }
  }
  workers {
    index: 1
    role: "hog"
    settings {
      name: "policy"
      asked: "fifo:50"
      got: "normal"
      error: 1
      error_name: "EPERM"
      why: "no right"
    }
  }
  workers {
    index: 2
    settings { name: "policy" asked: "normal" got: "normal" applied: true }
  }
  workers { index: 3 }
)pb";

TEST(AppliedTest, SaysOnceWhatHappenedToMany) {
  EXPECT_THAT(CheckApplied(StressorFromText(kCrowd)),
              IsLine("applied", proto::FAIL,
                     "2 of 3 workers: policy asked fifo:50, got normal "
                     "(EPERM): no right"));
}

TEST(AppliedTest, ShowsTheFirstOfManyThatWantedDifferentThings) {
  proto::Stressor stressor = StressorFromText(kCrowd);
  stressor.mutable_workers(1)->mutable_settings(0)->set_asked("fifo:51");
  EXPECT_THAT(CheckApplied(stressor),
              IsLine("applied", proto::FAIL,
                     "2 of 3 workers, the first worker 0 (hog): policy asked "
                     "fifo:50, got normal (EPERM): no right"));
}

TEST(AppliedTest, TellsDifferentReasonsApart) {
  proto::Stressor stressor = StressorFromText(kCrowd);
  stressor.mutable_workers(1)->mutable_settings(0)->set_why("no time");
  EXPECT_THAT(CheckApplied(stressor),
              IsLine("applied", proto::FAIL,
                     "worker 0 (hog): policy asked fifo:50, got normal "
                     "(EPERM): no right; worker 1 (hog): policy asked fifo:50, "
                     "got normal (EPERM): no time"));
}

TEST(AppliedTest, CountsWhatIsTooMuchToShow) {
  proto::Stressor stressor;
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
    proto::Setting& setting = *stressor.add_cgroups()->add_settings();
    setting.set_name(name);
  }
  EXPECT_THAT(CheckApplied(stressor),
              IsLine("applied", proto::FAIL,
                     testing::EndsWith("d asked , got no answer; and 2 more")));
}

TEST(AppliedTest, LooksAtCgroupsToo) {
  constexpr char kCgroups[] = R"pb(
    workers {
      settings { name: "timer_slack" asked: "1ns" got: "1ns" applied: true }
    }
    cgroups {
      name: "a"
      settings { name: "weight" asked: "100" got: "100" applied: true }
    }
    cgroups {
      name: "b"
      settings { name: "weight" asked: "300" got: "300" applied: true }
    }
  )pb";
  proto::Stressor stressor = StressorFromText(kCgroups);
  EXPECT_THAT(CheckApplied(stressor),
              IsLine("applied", proto::PASS,
                     "cgroup a weight 100, cgroup b weight 300, timer_slack "
                     "1ns"));
  stressor.mutable_cgroups(1)->mutable_settings(0)->set_applied(false);
  stressor.mutable_cgroups(1)->mutable_settings(0)->set_got("100");
  stressor.mutable_cgroups(1)->mutable_settings(0)->set_why("not delegated");
  stressor.mutable_cgroups(0)->set_trouble("rmdir: busy");
  EXPECT_THAT(CheckApplied(stressor),
              IsLine("applied", proto::FAIL,
                     "cgroup a is left behind: rmdir: busy; cgroup b: weight "
                     "asked 300, got 100: not delegated"));
}

TEST(AppliedTest, OnlyCountsWhatIsTooMuchToRead) {
  proto::Stressor stressor;
  for (const char* cpu : {"0", "1", "2", "3", "4"}) {
    proto::Setting& setting = *stressor.add_workers()->add_settings();
    setting.set_name("affinity");
    setting.set_got(cpu);
    setting.set_applied(true);
  }
  EXPECT_THAT(CheckApplied(stressor),
              IsLine("applied", proto::PASS, "5 settings read back"));
}

TEST(AppliedTest, PassesWhenNothingWasAsked) {
  EXPECT_THAT(
      CheckApplied(StressorFromText("workers {}")),
      IsLine("applied", proto::PASS, "nothing was asked of the kernel"));
}

}  // namespace
}  // namespace ktstr
