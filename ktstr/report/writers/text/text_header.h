// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TEXT_TEXT_HEADER_H_
#define KTSTR_REPORT_WRITERS_TEXT_TEXT_HEADER_H_

#include <string>

#include "ktstr/report/report.pb.h"

namespace ktstr {

// The head of the text output: the virtual machine and the scheduler that were
// started, the kernel, its scheduler, the CPUs, what runs and how it was asked
// to be placed; of a merged report its cells. What is not known has no line.
// Lines of at most kTextColumns.
std::string TextHeader(const proto::Report& report);

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TEXT_TEXT_HEADER_H_
