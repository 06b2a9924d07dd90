// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/scheduler_proto.h"

#include "ktstr/report/message/utf8.h"

namespace ktstr {

proto::Scheduler ToProto(const SchedulerResult& scheduler) {
  proto::Scheduler message;
  message.mutable_command()->Assign(scheduler.command.begin(),
                                    scheduler.command.end());
  message.set_state_before(scheduler.state_before);
  message.set_state_loaded(scheduler.state_loaded);
  message.set_state_after(scheduler.state_after);
  message.set_ops(scheduler.ops);
  message.set_failure(scheduler.failure);
  message.set_exit(scheduler.exit);
  message.mutable_kernel_log()->Assign(scheduler.kernel_log.begin(),
                                       scheduler.kernel_log.end());
  message.mutable_output()->Assign(scheduler.output.begin(),
                                   scheduler.output.end());
  MakeStringsUtf8(message);
  return message;
}

}  // namespace ktstr
