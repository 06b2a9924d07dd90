// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/qemu/kvm_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

// Linux's Documentation/virt/kvm/api.rst; Intel's manual, volume 3, for what
// the registers mean.

namespace ktstr {
namespace {

constexpr absl::Duration kMostTime = absl::Seconds(1);

// What the child tells of its status, in memory shared with the parent.
struct Outcome {
  int code;
  char message[500];
};

}  // namespace

absl::Status RunBounded(absl::FunctionRef<absl::Status()> body,
                        absl::Duration limit) {
  KTSTR_ASSIGN_OR_RETURN(const Mapping shared,
                         Mapping::CreateShared(sizeof(Outcome)));
  auto& outcome = *static_cast<Outcome*>(shared.data());
  KTSTR_ASSIGN_OR_RETURN(Child child, Child::Spawn([&body, &outcome] {
                           const absl::Status status = body();
                           outcome.code = static_cast<int>(status.code());
                           const absl::string_view message = status.message();
                           message.copy(outcome.message,
                                        sizeof(outcome.message) - 1);
                           return 0;
                         }));
  const absl::Time deadline = absl::Now() + limit;
  struct pollfd ended = {.fd = child.pidfd(), .events = POLLIN, .revents = 0};
  int ready = 0;
  do {
    const int64_t left_ms = absl::ToInt64Milliseconds(
        std::max(absl::ZeroDuration(), deadline - absl::Now()));
    ready = poll(&ended, 1, static_cast<int>(left_ms));
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) return PosixError("poll");
  if (ready == 0) {
    return absl::DeadlineExceededError(
        absl::StrCat("did not end within ", absl::FormatDuration(limit)));
  }
  KTSTR_ASSIGN_OR_RETURN(const ChildEnd end, child.Reap());
  if (end.kind != ChildEnd::kExited || end.value != 0) {
    return absl::AbortedError(absl::StrCat("the process ", DescribeEnd(end)));
  }
  return absl::Status(static_cast<absl::StatusCode>(outcome.code),
                      outcome.message);
}

#if defined(__x86_64__)

namespace {

// The guest's memory: page tables and code, each in a page of its own.
constexpr uint64_t kPml4 = 0x1000;
constexpr uint64_t kPdpt = 0x2000;
constexpr uint64_t kDirectory = 0x3000;
constexpr uint64_t kRealCode = 0x4000;
constexpr uint64_t kLongCode = 0x5000;
constexpr size_t kMemoryBytes = 0x6000;

// Present, writable; in a directory also: a page of 2 MiB.
constexpr uint64_t kTable = 0x3;
constexpr uint64_t kLargePage = 0x83;

// Where firmware reports its progress (POST codes).
constexpr uint16_t kPort = 0x80;

constexpr uint8_t kRealMode[] = {
    0xba, 0x80, 0x00,  // mov $kPort, %dx
    0xb0, 0x5a,        // mov $0x5a, %al
    0xee,              // out %al, (%dx)
    0xf4,              // hlt
};
constexpr uint32_t kRealAnswer = 0x5a;

// PADDD belongs to SSE2, which every x86-64 CPU has and KVM's own interpreter
// does not know.
constexpr uint8_t kLongMode[] = {
    0xb8, 0x78, 0x56, 0x34, 0x12,  // mov $0x12345678, %eax
    0x66, 0x0f, 0x6e, 0xc0,        // movd %eax, %xmm0
    0x66, 0x0f, 0xfe, 0xc0,        // paddd %xmm0, %xmm0
    0x66, 0x0f, 0x7e, 0xc0,        // movd %xmm0, %eax
    0x66, 0xba, 0x80, 0x00,        // mov $kPort, %dx
    0xef,                          // out %eax, (%dx)
    0xf4,                          // hlt
};
constexpr uint32_t kLongAnswer = 2 * 0x12345678;

// Where Intel CPUs that cannot run real mode keep a task segment of three
// pages: below the firmware, out of everyone's way.
constexpr unsigned long kTaskSegment = 0xfffbd000;

// A struct kvm_cpuid2 with room for all entries. The kernel's own header makes
// that 12 bytes long in C++, where an empty struct takes room, instead of 8,
// and the size is part of a request's number.
struct Features {
  uint32_t count = 0;
  uint32_t padding = 0;
  struct kvm_cpuid_entry2 entries[256] = {};  // KVM_MAX_CPUID_ENTRIES.
};
constexpr unsigned long kGetSupportedCpuid = _IOWR(KVMIO, 0x05, uint64_t);
constexpr unsigned long kSetCpuid2 = _IOW(KVMIO, 0x90, uint64_t);

template <typename Argument>
absl::StatusOr<int> Ioctl(const Fd& fd, unsigned long request,
                          absl::string_view name, Argument argument) {
  const int result = ioctl(fd.get(), request, argument);
  if (result < 0) return PosixError(name);
  return result;
}

std::string DescribeExit(const struct kvm_run& run) {
  switch (run.exit_reason) {
    case KVM_EXIT_INTERNAL_ERROR:
      return run.internal.suberror == KVM_INTERNAL_ERROR_EMULATION
                 ? "KVM could not emulate an instruction that a CPU would run"
                 : absl::StrCat("KVM internal error ", run.internal.suberror);
    case KVM_EXIT_SHUTDOWN:
      return "triple fault";
    case KVM_EXIT_FAIL_ENTRY:
      return absl::StrCat("the CPU refused to enter the guest (reason ",
                          run.fail_entry.hardware_entry_failure_reason, ")");
    default:
      return absl::StrCat("unexpected exit ", run.exit_reason);
  }
}

// A machine of one CPU. Used in the probing child only.
class Guest final {
 public:
  absl::Status Create(const std::string& dev_kvm) {
    KTSTR_ASSIGN_OR_RETURN(kvm_, OpenFile(dev_kvm, O_RDWR));
    KTSTR_ASSIGN_OR_RETURN(const int version, Ioctl(kvm_, KVM_GET_API_VERSION,
                                                    "KVM_GET_API_VERSION", 0));
    if (version != KVM_API_VERSION) {
      return absl::UnimplementedError(
          absl::StrCat("version ", version, " of KVM's interface"));
    }
    KTSTR_ASSIGN_OR_RETURN(const int vm,
                           Ioctl(kvm_, KVM_CREATE_VM, "KVM_CREATE_VM", 0));
    vm_.reset(vm);
    KTSTR_RETURN_IF_ERROR(
        Ioctl(vm_, KVM_SET_TSS_ADDR, "KVM_SET_TSS_ADDR", kTaskSegment)
            .status());
    KTSTR_RETURN_IF_ERROR(MakeMemory());
    return MakeCpu();
  }

  absl::Status RunReal() {
    KTSTR_RETURN_IF_ERROR(SetUp(kRealCode, [](struct kvm_sregs& sregs) {
      sregs.cs.base = 0;
      sregs.cs.selector = 0;
    }));
    return ExpectOutput(kRealAnswer);
  }

  absl::Status RunLong() {
    KTSTR_RETURN_IF_ERROR(SetUp(kLongCode, EnterLongMode));
    return ExpectOutput(kLongAnswer);
  }

 private:
  absl::Status MakeMemory() {
    KTSTR_ASSIGN_OR_RETURN(memory_, Mapping::CreateShared(kMemoryBytes));
    Put(kPml4, kPdpt | kTable);
    Put(kPdpt, kDirectory | kTable);
    Put(kDirectory, kLargePage);
    memcpy(At(kRealCode), kRealMode, sizeof(kRealMode));
    memcpy(At(kLongCode), kLongMode, sizeof(kLongMode));
    struct kvm_userspace_memory_region region = {};
    region.memory_size = kMemoryBytes;
    region.userspace_addr = reinterpret_cast<uintptr_t>(memory_.data());
    return Ioctl(vm_, KVM_SET_USER_MEMORY_REGION, "KVM_SET_USER_MEMORY_REGION",
                 &region)
        .status();
  }

  absl::Status MakeCpu() {
    KTSTR_ASSIGN_OR_RETURN(const int cpu,
                           Ioctl(vm_, KVM_CREATE_VCPU, "KVM_CREATE_VCPU", 0));
    cpu_.reset(cpu);
    KTSTR_RETURN_IF_ERROR(SetFeatures());
    KTSTR_ASSIGN_OR_RETURN(const int bytes, Ioctl(kvm_, KVM_GET_VCPU_MMAP_SIZE,
                                                  "KVM_GET_VCPU_MMAP_SIZE", 0));
    // Left to the child's end.
    void* const run = mmap(/*addr=*/nullptr, static_cast<size_t>(bytes),
                           PROT_READ | PROT_WRITE, MAP_SHARED, cpu_.get(), 0);
    if (run == MAP_FAILED) return PosixError("mmap of the virtual CPU");
    run_ = static_cast<struct kvm_run*>(run);
    return absl::OkStatus();
  }

  // Gives the CPU all that KVM offers: one without long mode cannot enter it.
  absl::Status SetFeatures() {
    auto features = std::make_unique<Features>();
    features->count = std::size(features->entries);
    KTSTR_RETURN_IF_ERROR(Ioctl(kvm_, kGetSupportedCpuid,
                                "KVM_GET_SUPPORTED_CPUID", features.get())
                              .status());
    return Ioctl(cpu_, kSetCpuid2, "KVM_SET_CPUID2", features.get()).status();
  }

  static void EnterLongMode(struct kvm_sregs& sregs) {
    // Ring 0, 4 GiB, present; code is executable and 64-bit.
    struct kvm_segment segment = {};
    segment.limit = 0xffffffff;
    segment.present = 1;
    segment.s = 1;
    segment.g = 1;
    segment.selector = 0x10;
    segment.type = 3;
    segment.db = 1;
    sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = segment;
    segment.selector = 0x8;
    segment.type = 11;
    segment.db = 0;
    segment.l = 1;
    sregs.cs = segment;
    sregs.cr3 = kPml4;
    sregs.cr4 = 0x620;       // PAE, OSFXSR, OSXMMEXCPT.
    sregs.efer = 0x500;      // LME, LMA.
    sregs.cr0 = 0x80050033;  // PE, MP, ET, NE, WP, AM, PG.
  }

  absl::Status SetUp(uint64_t code,
                     absl::FunctionRef<void(struct kvm_sregs&)> change) {
    struct kvm_sregs sregs;
    KTSTR_RETURN_IF_ERROR(
        Ioctl(cpu_, KVM_GET_SREGS, "KVM_GET_SREGS", &sregs).status());
    change(sregs);
    KTSTR_RETURN_IF_ERROR(
        Ioctl(cpu_, KVM_SET_SREGS, "KVM_SET_SREGS", &sregs).status());
    struct kvm_regs regs = {};
    regs.rip = code;
    regs.rflags = 0x2;  // Bit 1 is always set.
    return Ioctl(cpu_, KVM_SET_REGS, "KVM_SET_REGS", &regs).status();
  }

  absl::Status Run() {
    int result = 0;
    do {
      result = ioctl(cpu_.get(), KVM_RUN, 0);
    } while (result < 0 && errno == EINTR);
    return result < 0 ? PosixError("KVM_RUN") : absl::OkStatus();
  }

  absl::Status ExpectOutput(uint32_t answer) {
    KTSTR_RETURN_IF_ERROR(Run());
    if (run_->exit_reason != KVM_EXIT_IO) {
      return absl::InternalError(DescribeExit(*run_));
    }
    uint32_t data = 0;
    memcpy(&data, reinterpret_cast<char*>(run_) + run_->io.data_offset,
           std::min<size_t>(run_->io.size, sizeof(data)));
    if (run_->io.direction != KVM_EXIT_IO_OUT || run_->io.port != kPort ||
        data != answer) {
      return absl::InternalError(absl::StrCat("port ", run_->io.port, " got ",
                                              data, " instead of ", answer));
    }
    KTSTR_RETURN_IF_ERROR(Run());
    if (run_->exit_reason == KVM_EXIT_HLT) return absl::OkStatus();
    return absl::InternalError(DescribeExit(*run_));
  }

  char* At(uint64_t address) {
    return static_cast<char*>(memory_.data()) + address;
  }
  void Put(uint64_t address, uint64_t entry) {
    memcpy(At(address), &entry, sizeof(entry));
  }

  Fd kvm_;
  Fd vm_;
  Mapping memory_;
  Fd cpu_;
  struct kvm_run* run_ = nullptr;
};

absl::Status Annotated(absl::string_view what, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(what, ": ", status.message()));
}

absl::Status RunGuest(const std::string& dev_kvm) {
  Guest guest;
  KTSTR_RETURN_IF_ERROR(guest.Create(dev_kvm));
  KTSTR_RETURN_IF_ERROR(
      Annotated("a guest's first instructions fail", guest.RunReal()));
  return Annotated("a guest's 64-bit code does not run natively",
                   guest.RunLong());
}

// What people who meet this most often have to do. "" where that is not known.
absl::string_view Advice(const std::string& dev_kvm) {
  const absl::StatusOr<Fd> fd = OpenFile(dev_kvm, O_RDWR);
  switch (ErrnoOf(fd.status())) {
    case EACCES:
      return " (add yourself to the group kvm)";
    case ENOENT:
      return " (no KVM in this kernel, or the firmware has virtualization "
             "switched off)";
    default:
      return "";
  }
}

}  // namespace

absl::Status ProbeKvm(const std::string& dev_kvm) {
  absl::Status status =
      RunBounded([&dev_kvm] { return RunGuest(dev_kvm); }, kMostTime);
  if (status.ok()) return status;
  return Annotated(
      dev_kvm, absl::Status(status.code(),
                            absl::StrCat(status.message(), Advice(dev_kvm))));
}

bool HostIsAmd() { return __builtin_cpu_is("amd"); }

#else

absl::Status ProbeKvm(const std::string& dev_kvm) {
  return absl::UnimplementedError(
      absl::StrCat(dev_kvm, ": guests are x86-64, and this host is not"));
}

bool HostIsAmd() { return false; }

#endif

}  // namespace ktstr
