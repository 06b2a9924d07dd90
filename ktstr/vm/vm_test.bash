#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The ktstr Authors.
#
# What a ktstr_vm_test runs: vm_test.bash KTSTR KERNEL FLAG...

set -uo pipefail

ktstr=$1
kernel=$2
shift 2

"$ktstr" --kernel="$kernel" --format=text \
  --output="${TEST_UNDECLARED_OUTPUTS_DIR:?}/report.pb" "$@"
status=$?
if (( status == 4 )) && [[ ${TEST_TOTAL_SHARDS:-1} -gt 1 ]]; then
  # Fewer stressors than shards: some have none.
  if "$ktstr" --kernel="$kernel" --dry_run "$@" | grep -q worker; then
    echo 'everything was skipped, which passes nothing' >&2
    exit 1
  fi
  echo 'this shard has no stressor'
  exit 0
fi
if (( status == 4 )); then
  echo 'everything was skipped, which passes nothing' >&2
fi
exit "$status"
