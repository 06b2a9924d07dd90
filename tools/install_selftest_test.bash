#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The ktstr Authors.
#
# usage: install_selftest_test.bash INSTALL_SELFTEST PACKAGE
set -uo pipefail

install=$(realpath -s "$1")
package=$(realpath "$2")
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/install_selftest.XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0

# expect TEXT STATUS PATTERN ARGUMENT...: runs install_selftest.
expect() {
  local said status=0
  said=$("$install" "${@:4}" 2>&1) || status=$?
  if ((status != $2)) || ! grep -qE -- "$3" <<<"$said"; then
    echo "FAILED: $1: exit $status and said: $said"
    failed=1
  fi
}

new_tree() {
  tree=$work/$1
  folder=$tree/tools/testing/selftests/ktstr
  mkdir -p "$(dirname "$folder")"
  touch "$(dirname "$folder")/lib.mk"
}

tar -C "$work" -xzf "$package"
program=$work/ktstr/ktstr

expect "help" 0 '^usage:' --help
expect "no tree" 64 'which Linux tree'
expect "unknown flag" 64 "unknown flag '--lnik'" "$work" --lnik
expect "two trees" 64 'one tree' "$work" "$work"
expect "both ways" 64 'exclude' "$work" --link --no_program
expect "no folder" 1 'no such folder' "$work/none" --no_program
expect "other folder" 1 'not a Linux tree' "$work" --no_program

new_tree copy
expect "no such program" 1 'not a program' "$tree" --program=/none
expect "first time" 0 "added .*/wake_chain.sh" "$tree" --program="$program"
if ! diff -r "$work/ktstr" "$folder"; then
  echo "FAILED: it and the package put different files there"
  failed=1
fi
expect "second time" 0 "^unchanged " "$tree" --program="$program"
echo "# more" >>"$folder/Makefile"
expect "changed file" 0 "^updated .*/Makefile" "$tree" --program="$program"
chmod 644 "$folder/wake_chain.sh"
expect "changed mode" 0 "^updated .*/wake_chain.sh" "$tree" --no_program
cp "$folder/wake_chain.sh" "$folder/gone.sh"
echo "echo mine" >"$folder/mine.sh"
expect "stale wrapper" 0 "^removed .*/gone.sh" "$tree" --no_program
expect "own script stays" 0 "^unchanged " "$tree" --no_program
expect "link over folder" 1 'is a folder already' "$tree" --link

new_tree foreign
mkdir "$folder"
expect "somebody's folder" 1 "not ktstr's" "$tree" --no_program

new_tree link
expect "first link" 0 '^linked ' "$tree" --link
expect "second link" 0 '^unchanged ' "$tree" --link
expect "copy over link" 1 'is a link to' "$tree" --no_program

exit "$failed"
