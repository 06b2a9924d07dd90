# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The ktstr Authors.
#
# shellcheck shell=bash
#
# Sourced by bash scripts that run several stages and count what came of them;
# they run with `set -euo pipefail`.
#
# A stage is a command. Where its last line reads `N passed, N failed, N
# skipped`, those are its numbers; else it is one case: exit status 0 passed, 4
# skipped, anything else failed. A stage that exits non-zero never counts as
# without failure.

stages_passed=0
stages_failed=0
stages_skipped=0

readonly counts_pattern='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'

# stage NAME COMMAND...: runs the command, shows its output, adds its numbers.
stage() {
  local name=$1 log status=0 started=$SECONDS passed=0 failed=0 skipped=0
  shift
  log=$(mktemp)
  printf '=== %s\n' "$name"
  "$@" </dev/null 2>&1 | tee "$log" || status=${PIPESTATUS[0]}
  if [[ $(tail -n 1 "$log") =~ $counts_pattern ]]; then
    passed=${BASH_REMATCH[1]}
    failed=${BASH_REMATCH[2]}
    skipped=${BASH_REMATCH[3]}
    if (( status != 0 && failed == 0 )); then failed=1; fi
  else
    case $status in
      0) passed=1 ;;
      4) skipped=1 ;;
      *) failed=1 ;;
    esac
  fi
  rm -f "$log"
  (( stages_passed += passed, stages_failed += failed,
     stages_skipped += skipped )) || true
  printf '=== %s: %s, %d s\n' "$name" \
    "$( (( failed )) && echo "FAILED (exit status $status)" || echo ok)" \
    $(( SECONDS - started ))
}

# Prints the sum as the last line; fails if a case failed, or if none passed.
stages_total() {
  printf '%d passed, %d failed, %d skipped\n' \
    "$stages_passed" "$stages_failed" "$stages_skipped"
  (( stages_failed == 0 && stages_passed > 0 ))
}
