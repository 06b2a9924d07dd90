// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Where the memory of workers is, seen from where they run.
#ifndef KTSTR_REPORT_MESSAGE_LOCALITY_H_
#define KTSTR_REPORT_MESSAGE_LOCALITY_H_

#include <cstdint>
#include <map>

#include "absl/strings/string_view.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// Pages of the workers of one role. Only pages that are on a node count.
struct Locality {
  uint64_t at_home = 0;          // On the node where their worker ended.
  std::map<int, uint64_t> away;  // On others, by node.
  uint32_t workers = 0;          // That these are of,
  uint32_t unknown = 0;          // and those of which nothing is known.

  uint64_t Away() const;
  uint64_t Pages() const { return at_home + Away(); }
  // Those at home among all, 0 .. 1. There is at least one page (checked).
  double Share() const;
};

Locality LocalityOf(absl::string_view role, const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_REPORT_MESSAGE_LOCALITY_H_
