// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_SINK_H_
#define KTSTR_REPORT_SINK_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"

namespace ktstr {

// Where an output goes: a file that it owns, or standard output. Every Write
// is at least one write(2), so what was written is out of our hands, and a
// full disk or a closed pipe is an error of the Write that met it. SIGPIPE
// must be ignored. After an error nothing is written any more.
class Sink final {
 public:
  // Makes `path` anew. An error names it.
  static absl::StatusOr<Sink> Create(const std::string& path);
  // Standard output, or any descriptor of the caller's; `name` is for errors.
  static Sink To(int fd, absl::string_view name);

  absl::Status Write(absl::string_view bytes);

  // Ends the output; the last chance to hear that a file system is full. Write
  // no more. Nothing is closed that is not owned.
  absl::Status Close();

 private:
  Sink(Fd owned, int fd, absl::string_view name)
      : owned_(std::move(owned)), fd_(fd), name_(name) {}

  Fd owned_;  // Not valid for the caller's descriptor.
  int fd_;
  std::string name_;
  absl::Status status_;  // The first error.
};

}  // namespace ktstr

#endif  // KTSTR_REPORT_SINK_H_
