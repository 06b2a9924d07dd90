// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/setting_proto.h"

#include "ktstr/base/posix_error.h"
#include "ktstr/core/run_result.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

proto::Setting ToProto(const SettingResult& setting) {
  proto::Setting message;
  message.set_name(setting.name);
  message.set_asked(setting.asked);
  message.set_got(setting.got);
  message.set_error(setting.error);
  if (setting.error != 0) message.set_error_name(ErrnoName(setting.error));
  message.set_applied(setting.applied);
  message.set_why(setting.why);
  return message;
}

}  // namespace ktstr
