// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_QEMU_KERNEL_IMAGE_H_
#define KTSTR_VM_QEMU_KERNEL_IMAGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

struct KernelImage {
  enum class Kind { kBzImage, kVmlinux };

  std::string path;
  Kind kind = Kind::kBzImage;
  std::string release;  // "6.12.117+deb12-cloud-amd64"; "" where it hides.
};

// Reads what `path` says of itself: the setup header of a bzImage (Linux's
// Documentation/arch/x86/boot.rst), the "Linux version " of an ELF vmlinux.
// kInvalidArgument for what is no x86-64 kernel, with what it seems to be; the
// errno's code where it cannot be read. Reads at most 64 MiB.
absl::StatusOr<KernelImage> InspectKernel(const std::string& path);

// The kernel with the highest release among the readable `boot`/vmlinuz-*, else
// among `cache`/kernels/*/bzImage; "" for either leaves it out. kNotFound says
// where it looked, what it could not use, and how to get one.
absl::StatusOr<KernelImage> FindKernel(const std::string& boot,
                                       const std::string& cache);

// Compares releases as people do: numbers by value, so that 6.9 < 6.12, and
// 6.12-rc1 before 6.12. Negative, zero or positive.
int CompareReleases(absl::string_view a, absl::string_view b);

}  // namespace ktstr

#endif  // KTSTR_VM_QEMU_KERNEL_IMAGE_H_
