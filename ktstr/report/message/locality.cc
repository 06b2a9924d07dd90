// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/locality.h"

#include <cstdint>

#include "absl/strings/string_view.h"
#include "ktstr/base/check.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

uint64_t Locality::Away() const {
  uint64_t pages = 0;
  for (const auto& [node, count] : away) pages += count;
  return pages;
}

double Locality::Share() const {
  KTSTR_CHECK(Pages() > 0);
  return static_cast<double>(at_home) / static_cast<double>(Pages());
}

Locality LocalityOf(absl::string_view role, const proto::Stressor& stressor) {
  Locality locality;
  for (const proto::Worker& worker : stressor.workers()) {
    if (worker.role() != role) continue;
    const proto::Pages& pages = worker.pages();
    if (!pages.has_home_node()) {
      ++locality.unknown;
      continue;
    }
    ++locality.workers;
    for (const proto::Pages::OnNode& on : pages.on_nodes()) {
      if (on.node() == pages.home_node()) {
        locality.at_home += on.pages();
      } else if (on.pages() > 0) {
        locality.away[on.node()] += on.pages();
      }
    }
  }
  return locality;
}

}  // namespace ktstr
