// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_IMAGE_INITRAMFS_H_
#define KTSTR_VM_IMAGE_INITRAMFS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ktstr/base/fd.h"

namespace ktstr {

struct InitramfsOptions {
  // The program that becomes the guest's init, without its symbols.
  std::string binary = "/proc/self/exe";
  // What /ktstr.config holds.
  std::string config = {};
  // A program of the host and its arguments; empty: none.
  std::vector<std::string> scheduler = {};
  // "HOST_PATH" or "HOST_PATH:GUEST_PATH", a file or a folder with all that is
  // in it. Without GUEST_PATH it has the same path in the guest. A colon always
  // separates.
  std::vector<std::string> includes = {};
  // More folders with libraries, as in LD_LIBRARY_PATH. The guest needs no such
  // variable to find what is taken from there.
  std::string library_path = {};
};

struct Initramfs {
  Fd file;            // A sealed memfd, from its begin on; close-on-exec.
  int64_t bytes = 0;  // Its size.
  // The scheduler's words for the guest, the first an absolute path.
  std::vector<std::string> scheduler_words;
  // What the user should know of; one line each.
  std::vector<std::string> notes;
};

// Makes the guest's file system, an uncompressed archive:
//
//   /ktstr                 the binary, and what it needs if it is not static
//   /init                  a link to it
//   /ktstr.config          the config
//   /proc /sys /dev /run   empty, to be mounted on
//   /tmp                   where all may write
//   /dev/console /dev/null
//
// and the scheduler and the included files with the interpreters and libraries
// that they need, so that the guest's loader finds them: at the paths that it
// searches, or named in its /etc/ld.so.cache. Nothing may be mounted on /tmp or
// /run, where included files may lie.
//
// An included file keeps its mode. Links in an included folder stay links if
// they lead to something in it, else the file behind them is taken. Programs in
// a folder whose needs cannot be met are taken without, which makes a note;
// with a program that was named itself it is an error.
//
// Errors: "cannot read 'PATH': ..."; InvalidArgument for what is neither file
// nor folder (devices, FIFOs and sockets are never opened), for two files with
// one path in the guest, for programs that the guest cannot run, and for paths
// below /proc, /sys and /dev of the guest; NotFound for missing libraries.
absl::StatusOr<Initramfs> MakeInitramfs(const InitramfsOptions& options);

}  // namespace ktstr

#endif  // KTSTR_VM_IMAGE_INITRAMFS_H_
