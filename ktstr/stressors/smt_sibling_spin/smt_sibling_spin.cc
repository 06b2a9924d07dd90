// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/smt_sibling_spin/smt_sibling_spin.h"

#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/stressor.h"
#include "ktstr/stressors/smt_sibling_spin/sibling_spin.h"

namespace ktstr {
namespace {

constexpr FieldDef kFields[] = {
    Field<&SiblingSpin::Params::spin_iters>(
        "spin_iters", "rounds of one work unit and one pause hint", 0, 1 << 24),
};
constexpr Metric kMetrics[] = {Metric::kIterationCost, Metric::kSoloCost};

}  // namespace

constinit const StressorDef kSmtSiblingSpin = DefineStressor<SiblingSpin>({
    .name = "smt_sibling_spin",
    .summary = "pairs that spin on the two SMT siblings of a core",
    .kernel_path = "tick on busy SMT siblings, sched_setaffinity(2)",
    .needs = "SMT",
    .proof = "both stay on sibling CPUs, where the kernel saw them, and spin "
             "beside each other after each has spun alone",
    .fields = kFields,
    .metrics = kMetrics,
    .own_place = true,
});

}  // namespace ktstr
