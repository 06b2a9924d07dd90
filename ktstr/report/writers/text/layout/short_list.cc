// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/layout/short_list.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/writers/words.h"

namespace ktstr {
namespace {

constexpr int kMaxLines = 5;

}  // namespace

void ShortList::Add(absl::string_view text) {
  if (++count_ > kMaxLines) return;
  absl::StrAppend(&lines_, Labelled(count_ == 1 ? label_ : "", text));
}

std::string ShortList::Render() const {
  if (count_ <= kMaxLines) return lines_;
  return absl::StrCat(
      lines_, Labelled("", absl::StrCat("and ", count_ - kMaxLines, " more")));
}

void Grouped::Add(absl::string_view what, absl::string_view who,
                  absl::string_view why) {
  auto [it, fresh] = at_.emplace(std::pair(std::string(what), std::string(why)),
                                 groups_.size());
  if (fresh) {
    groups_.push_back({it->first.first, std::string(who), it->first.second});
  }
  ++groups_[it->second].count;
}

std::string Grouped::Render(absl::string_view label) const {
  ShortList list(label);
  for (const Group& group : groups_) {
    std::string text = absl::StrCat(group.what, " (", group.first);
    if (group.count > 1) {
      absl::StrAppend(&text, " and ", Plural(group.count - 1, "other"));
    }
    absl::StrAppend(&text, group.why.empty() ? ")" : "): ", group.why);
    list.Add(text);
  }
  return list.Render();
}

}  // namespace ktstr
