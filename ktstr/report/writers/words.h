// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_WORDS_H_
#define KTSTR_REPORT_WRITERS_WORDS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// The phrases that the outputs for people share.

// "1 worker", "3 workers".
std::string Plural(uint64_t count, absl::string_view noun);

// "SIGKILL"; "signal 99" for one without a name.
std::string SignalName(int signal);

// "PASS", "FAIL", "SKIP"; "----" where nothing was judged.
absl::string_view VerdictWord(proto::Verdict verdict);

// "stage 3 (pid 812)": a worker by its role and index.
std::string WorkerName(const proto::Worker& worker);

// "depth=4 wake=pipe": all of `params`, as they would be set again.
std::string ParamWords(
    const google::protobuf::RepeatedPtrField<proto::Param>& params);

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_WORDS_H_
