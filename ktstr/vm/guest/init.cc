// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/guest/init.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "ktstr/base/child.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/vm/channel/channel.pb.h"
#include "ktstr/vm/channel/frame.h"
#include "ktstr/vm/channel/names.h"
#include "ktstr/vm/channel/sender.h"
#include "ktstr/vm/guest/mounts.h"
#include "ktstr/vm/guest/report_channel.h"

namespace ktstr {
namespace {

// A virtio port is there some milliseconds after its device, emulated ones
// perhaps some hundred.
constexpr absl::Duration kPortPatience = absl::Seconds(5);
constexpr int kBeatMs = 1000;
// As a login session has it: 200 workers hold more than init's 1024.
constexpr rlim_t kOpenFiles = 1 << 20;

// QEMU was told to end when the machine resets, which works with and without
// ACPI; without it, powering off would only halt.
void PowerOff() {
  sync();
  reboot(RB_AUTOBOOT);
}

// For what goes wrong before there is a channel: the host keeps the console.
void SayOnConsole(absl::string_view text) {
  WriteAll(STDERR_FILENO, absl::StrCat("ktstr: ", text, "\n")).IgnoreError();
}

absl::StatusOr<proto::GuestConfig> ReadConfig() {
  KTSTR_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(kGuestConfigFile));
  proto::GuestConfig config;
  if (!config.ParseFromString(bytes)) {
    return absl::DataLossError(
        absl::StrCat(kGuestConfigFile, " is no configuration"));
  }
  return config;
}

void SetUpProcess(const proto::GuestConfig& config) {
  const struct timespec now = ToTimespec(config.host_unix_ns());
  clock_settime(CLOCK_REALTIME, &now);  // Reports have the host's dates then.
  const struct rlimit files = {kOpenFiles, kOpenFiles};
  setrlimit(RLIMIT_NOFILE, &files);
  clearenv();
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
         /*replace=*/1);
  for (const std::string& variable : config.environment()) {
    const size_t equals = variable.find('=');
    if (equals == std::string::npos) continue;
    setenv(variable.substr(0, equals).c_str(),
           variable.substr(equals + 1).c_str(), /*replace=*/1);
  }
}

proto::ToHost ReadyEvent(const ReportChannel& channel, int64_t started_ns,
                         absl::string_view version) {
  proto::ToHost event;
  proto::Ready& ready = *event.mutable_ready();
  struct utsname kernel;
  if (uname(&kernel) == 0) ready.set_kernel_release(kernel.release);
  ready.set_channel(channel.name);
  ready.set_init_started_uptime_ns(started_ns);
  ready.set_version(std::string(version));
  return event;
}

// Watches the run's process to its end.
class Watch {
 public:
  Watch(Child& run, int channel, Sender& sender)
      : run_(run), channel_(channel), sender_(sender) {}

  proto::Ended UntilEnd() {
    for (;;) {
      pollfd polls[] = {{run_.pidfd(), POLLIN, 0}, {channel_, POLLIN, 0}};
      // Without the host there is nothing to read, but always POLLHUP.
      poll(polls, host_gone_ ? 1 : 2, kBeatMs);
      if (polls[1].revents != 0) PassSignals();
      if (absl::optional<proto::Ended> ended = Reap()) return *ended;
      Beat();
    }
  }

 private:
  // Everything that ended, orphans included; the result is the run's end.
  absl::optional<proto::Ended> Reap() {
    siginfo_t info;
    for (;;) {
      info.si_pid = 0;
      if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
          info.si_pid == 0) {
        return absl::nullopt;
      }
      if (info.si_pid == run_.pid()) return EndOfRun();
      waitid(P_PID, static_cast<id_t>(info.si_pid), &info, WEXITED | WNOHANG);
    }
  }

  proto::Ended EndOfRun() {
    proto::Ended ended;
    const absl::StatusOr<ChildEnd> end = run_.Reap();
    if (!end.ok()) {
      ended.set_exit_code(-1);
      ended.set_text(std::string(end.status().message()));
      return ended;
    }
    ended.set_text(DescribeEnd(*end));
    if (end->kind == ChildEnd::kSignaled) {
      ended.set_signal(end->value);
    } else {
      ended.set_exit_code(end->value);
    }
    return ended;
  }

  void Beat() {
    const int64_t now = MonotonicNanos();
    if (now < next_beat_ns_) return;
    next_beat_ns_ = now + int64_t{kBeatMs} * 1'000'000;
    proto::ToHost event;
    event.mutable_beat();
    sender_.Send(std::move(event)).IgnoreError();  // Nobody else to tell.
  }

  void PassSignals() {
    char bytes[256];
    const ssize_t got = read(channel_, bytes, sizeof(bytes));
    if (got <= 0) {
      host_gone_ = true;
      return;
    }
    decoder_.Append(absl::string_view(bytes, static_cast<size_t>(got)));
    while (const absl::optional<std::string> payload = decoder_.Next()) {
      proto::ToGuest order;
      if (order.ParseFromString(*payload) && order.signal() > 0) {
        run_.Signal(order.signal()).IgnoreError();  // It may just have ended.
      }
    }
  }

  Child& run_;
  const int channel_;
  Sender& sender_;
  FrameDecoder decoder_;
  int64_t next_beat_ns_ = 0;
  bool host_gone_ = false;
};

absl::Status LiveAsInit(int64_t started_ns, absl::string_view version,
                        GuestRun run) {
  const std::vector<std::string> troubles = MountGuest();
  KTSTR_ASSIGN_OR_RETURN(const proto::GuestConfig config, ReadConfig());
  SetUpProcess(config);
  KTSTR_ASSIGN_OR_RETURN(
      const ReportChannel channel,
      OpenReportChannel(kChannelPortName, kChannelTty, kPortPatience));
  KTSTR_ASSIGN_OR_RETURN(Sender sender, Sender::Create(channel.fd.get()));
  KTSTR_RETURN_IF_ERROR(sender.Send(ReadyEvent(channel, started_ns, version)));
  for (const std::string& trouble : troubles) {
    proto::ToHost event;
    event.set_trouble(trouble);
    KTSTR_RETURN_IF_ERROR(sender.Send(std::move(event)));
  }
  proto::ToHost event;
  absl::StatusOr<Child> child = Child::Spawn([&] {
    setsid();  // Its own, so that autogroup does not mix it with init.
    return run(config, sender);
  });
  if (child.ok()) {
    *event.mutable_ended() = Watch(*child, channel.fd.get(), sender).UntilEnd();
  } else {
    event.mutable_ended()->set_exit_code(-1);
    event.mutable_ended()->set_text(std::string(child.status().message()));
  }
  KTSTR_RETURN_IF_ERROR(sender.Send(std::move(event)));
  if (isatty(channel.fd.get())) tcdrain(channel.fd.get());
  return absl::OkStatus();
}

}  // namespace

absl::Status BeGuestInit(absl::string_view version, GuestRun run) {
  if (getpid() != 1 || access(kGuestConfigFile, R_OK) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "only the first process of a virtual machine that ktstr --vm booted "
        "may do this"));
  }
  const absl::Status lived = LiveAsInit(BootNanos(), version, run);
  if (!lived.ok()) SayOnConsole(lived.message());
  PowerOff();
  // Refused: what is left is that the kernel panics as init ends.
  return absl::InternalError("the machine does not power off");
}

}  // namespace ktstr
