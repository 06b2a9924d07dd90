#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
# Copyright 2026 The ktstr Authors.
#
# The wrappers in this folder are those of the stressors that the program has,
# and each way of being out of step is noticed.
# usage: wrappers_test.bash GENERATE PROGRAM
set -euo pipefail

generate=$1
program=$2
folder=$(dirname "$generate")
failed=0

fail() {
  echo "FAILED: $1"
  failed=1
}

check() {
  "$generate" --check --binary="$program" --dir="$1"
}

if ! check "$folder"; then
  fail "wrappers and stressors differ; to mend it run: selftests/generate"
fi

# refuses WHAT: the copy is out of step, and generate mends it.
copy=$(mktemp -d "${TEST_TMPDIR:-/tmp}/wrappers.XXXXXX")
trap 'rm -rf "$copy"' EXIT
refuses() {
  if check "$copy" >/dev/null; then fail "did not notice $1"; fi
  "$generate" --binary="$program" --dir="$copy" >/dev/null
  if ! check "$copy"; then fail "did not mend $1"; fi
}

refuses "an empty folder"
some=$(find "$copy" -name '*.sh' | sort | head -n 1)
rm "$some"
refuses "a missing wrapper"
echo "# more" >>"$some"
refuses "other content"
chmod 644 "$some"
refuses "a wrapper that is not executable"
cp "$some" "$copy/gone_stressor.sh"
refuses "a wrapper without a stressor"

exit "$failed"
