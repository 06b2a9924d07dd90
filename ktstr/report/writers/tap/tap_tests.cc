// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/tap/tap_tests.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"

namespace ktstr {
namespace {

constexpr char kIndent[] = "  ";

// A description may be anything but a '#', which begins the directive.
std::string Plain(absl::string_view text) {
  return absl::StrReplaceAll(OneLine(text), {{"#", "_"}});
}

}  // namespace

TapTests::TapTests(const TapTests& parent, const std::string& name)
    : sink_(parent.sink_),
      indent_(absl::StrCat(parent.indent_, kIndent)),
      title_(name),
      ancestors_(parent.ancestors_) {
  ancestors_.insert(name);
  names_ = ancestors_;
}

absl::Status TapTests::Begin(int tests) {
  KTSTR_RETURN_IF_ERROR(Line("KTAP version 1"));
  if (!title_.empty()) {
    KTSTR_RETURN_IF_ERROR(Line(absl::StrCat("# Subtest: ", title_)));
  }
  return Line(absl::StrCat("1..", tests));
}

absl::Status TapTests::Diagnose(absl::string_view text) {
  for (const absl::string_view line :
       absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    // The one diagnostic that parsers take for more.
    const bool forged = absl::StartsWith(line, "Subtest:");
    KTSTR_RETURN_IF_ERROR(
        Line(absl::StrCat("# ", forged ? kIndent : "", OneLine(line))));
  }
  return absl::OkStatus();
}

std::string TapTests::Name(absl::string_view wanted) {
  const std::string plain = Plain(wanted);
  std::string unique = plain;
  for (int i = 2; !names_.insert(unique).second; ++i) {
    unique = absl::StrCat(plain, ".", i);
  }
  return unique;
}

absl::Status TapTests::Result(const std::string& name, proto::Verdict verdict,
                              absl::string_view skip_reason) {
  int& count = verdict == proto::PASS   ? passed_
               : verdict == proto::SKIP ? skipped_
                                        : failed_;
  ++count;
  const bool ok = verdict == proto::PASS || verdict == proto::SKIP;
  std::string line = absl::StrCat(ok ? "ok " : "not ok ",
                                  passed_ + failed_ + skipped_, " ", name);
  if (verdict == proto::SKIP) {
    absl::StrAppend(&line, " # SKIP ", Plain(skip_reason));
  }
  return Line(line);
}

absl::Status TapTests::End(absl::string_view bail_out) {
  KTSTR_RETURN_IF_ERROR(
      Line(absl::StrCat("# Totals: pass:", passed_, " fail:", failed_,
                        " xfail:0 xpass:0 skip:", skipped_, " error:0")));
  return bail_out.empty() ? absl::OkStatus()
                          : Line(absl::StrCat("Bail out! ", bail_out));
}

absl::Status TapTests::Line(absl::string_view text) {
  return sink_.Write(absl::StrCat(indent_, text, "\n"));
}

}  // namespace ktstr
