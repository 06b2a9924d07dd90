// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Lists in the text output that stay short however much there is to say.
#ifndef KTSTR_REPORT_WRITERS_TEXT_LAYOUT_SHORT_LIST_H_
#define KTSTR_REPORT_WRITERS_TEXT_LAYOUT_SHORT_LIST_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace ktstr {

// Lines of which the first five are shown and the others counted; the message
// formats have all.
class ShortList final {
 public:
  // Before the first line stands `label`, which outlives this.
  explicit ShortList(absl::string_view label) : label_(label) {}

  void Add(absl::string_view text);
  // "" if nothing was added.
  std::string Render() const;

 private:
  const absl::string_view label_;
  std::string lines_;
  int count_ = 0;
};

// The same thing that happened to several, in one line.
class Grouped final {
 public:
  // "WHAT (WHO and 3 others): WHY", without the colon if there is no `why`.
  void Add(absl::string_view what, absl::string_view who,
           absl::string_view why = "");
  std::string Render(absl::string_view label) const;

 private:
  struct Group {
    std::string what;
    std::string first;
    std::string why;
    uint64_t count = 0;
  };
  std::map<std::pair<std::string, std::string>, size_t> at_;
  std::vector<Group> groups_;
};

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TEXT_LAYOUT_SHORT_LIST_H_
