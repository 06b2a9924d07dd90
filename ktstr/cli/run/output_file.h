// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The file of --output.
#ifndef KTSTR_CLI_RUN_OUTPUT_FILE_H_
#define KTSTR_CLI_RUN_OUTPUT_FILE_H_

#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/fd.h"

namespace ktstr {

// A place for a report, tried before the run and written after it. A regular
// file is replaced as a whole (written beside it, then renamed), so that the
// old report stays whatever goes wrong. Anything else (pipes, terminals,
// /dev/stdout) is opened at once and written to; opening a FIFO waits for its
// reader. Never a block device.
class OutputFile final {
 public:
  // Finds out whether `path` can be written and leaves nothing behind. The
  // message of an error names the path and the reason.
  static absl::StatusOr<OutputFile> Open(const std::string& path);

  // Has `write` put the whole report into the descriptor that it gets. To be
  // called once. After an error a regular file is what it was before.
  absl::Status Write(absl::FunctionRef<absl::Status(int fd)> write);

  const std::string& path() const { return path_; }

 private:
  OutputFile(std::string path, std::string target, Fd direct)
      : path_(std::move(path)),
        target_(std::move(target)),
        direct_(std::move(direct)) {}

  std::string path_;    // As given, for messages.
  std::string target_;  // Of a regular file: its symbolic links resolved.
  Fd direct_;           // Of anything else.
};

}  // namespace ktstr

#endif  // KTSTR_CLI_RUN_OUTPUT_FILE_H_
