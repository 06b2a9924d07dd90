// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_SCHEDULER_LEASH_H_
#define KTSTR_SCHEDULER_LEASH_H_

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {

// For tests: a FIFO that a shell and all that it starts hold open, so that one
// can wait for what they do and for the end of the last of them.
class Leash final {
 public:
  Leash() : path_(dir_.path() + "/leash") {
    EXPECT_EQ(mkfifo(path_.c_str(), S_IRWXU), 0);
    // Does not wait for somebody who writes, but reading then does.
    fd_.reset(open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    EXPECT_EQ(fcntl(fd_.get(), F_SETFL, 0), 0);
  }

  // A shell that runs `script` on the leash; `echo >&9` there is a sign.
  std::vector<std::string> Shell(absl::string_view script) const {
    return {"/bin/sh", "-c", absl::StrCat("exec 9>", path_, "; ", script)};
  }

  // Waits for the next sign.
  void AwaitSign() const {
    // A FIFO that nobody has opened yet is at its end without POLLHUP.
    struct pollfd readable = {.fd = fd_.get(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(poll(&readable, 1, /*timeout=*/-1), 1);
    char sign;
    EXPECT_EQ(read(fd_.get(), &sign, 1), 1);
  }

  // Waits until no process holds it any more; at least one sign was seen.
  void AwaitNobody() const {
    char buffer[64];
    while (read(fd_.get(), buffer, sizeof(buffer)) > 0) {
    }
  }

 private:
  const TempDir dir_;
  std::string path_;
  Fd fd_;
};

}  // namespace ktstr

#endif  // KTSTR_SCHEDULER_LEASH_H_
