// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/applied_settings.h"

#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/file.h"
#include "ktstr/core/worker/settings.h"
#include "ktstr/core/worker/worker_record.h"
#include "ktstr/stats/zero_filled.h"

namespace ktstr {
namespace {

struct Outcome {
  WorkerRecord record;
  FixedText<1024> seen;
  FixedText<1024> beside;
};

bool Become(uid_t user) {
  if (user == 0) return true;
  return setgroups(0, nullptr) == 0 && setresgid(user, user, user) == 0 &&
         setresuid(user, user, user) == 0 &&
         // Its files in /proc would belong to root.
         prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

}  // namespace

std::string Applied::Text() const {
  std::string text;
  for (const SettingRecord& setting : settings) {
    absl::StrAppend(&text, setting.name.view(), " ", setting.asked.view(),
                    ", got ", setting.got.view());
    if (!setting.applied) {
      absl::StrAppend(&text, " !", setting.error, ": ", setting.why.view());
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

Applied ApplyApart(WorkerSettings settings, const ApplyOptions& options,
                   absl::FunctionRef<std::string()> look) {
  ZeroFilled<Outcome> outcome;
  settings.parent = getpid();
  const auto live = [&] {
    ApplySettings(settings, outcome->record);
    outcome->seen.Set(look());
  };
  absl::StatusOr<Child> child = Child::Spawn([&] {
    if (!Become(options.as_user)) return 1;
    if (options.in_thread) {
      std::thread(live).join();
      outcome->beside.Set(look());
    } else {
      live();
    }
    return 0;
  });
  const absl::StatusOr<ChildEnd> end =
      child.ok() ? child->Reap() : child.status();
  EXPECT_TRUE(end.ok() && end->kind == ChildEnd::kExited && end->value == 0)
      << (end.ok() ? DescribeEnd(*end) : end.status().ToString());
  const WorkerRecord& record = outcome->record;
  return {{record.settings, record.settings + record.setting_count.load()},
          std::string(outcome->seen.view()),
          std::string(outcome->beside.view())};
}

std::string StatField(int field) {
  const absl::StatusOr<std::string> stat = ReadFile("/proc/thread-self/stat");
  if (!stat.ok()) return std::string(stat.status().message());
  // Field 3 is behind the name, which may hold anything.
  const std::vector<std::string> fields =
      absl::StrSplit(stat->substr(stat->rfind(')') + 2), ' ');
  return fields.at(static_cast<size_t>(field) - 3);
}

std::string ProcLine(absl::string_view file, absl::string_view name) {
  const absl::StatusOr<std::string> text =
      ReadFile(absl::StrCat("/proc/thread-self/", file));
  if (!text.ok()) return std::string(text.status().message());
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (!absl::ConsumePrefix(&line, name)) continue;
    return absl::StrJoin(
        absl::StrSplit(line, absl::ByAnyChar("\t :"), absl::SkipEmpty()), " ");
  }
  return "";
}

}  // namespace ktstr
