# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The ktstr Authors.
#
# shellcheck shell=bash
#
# Sourced by the scripts in tools/ and ci/: which files are ours.

# our_files PATTERN...: files of the tree that match one of git's patterns, new
# ones included, ignored and deleted ones not. Run from the root.
our_files() {
  local file
  git ls-files --cached --others --exclude-standard -- "$@" |
    while IFS= read -r file; do
      if [[ -f $file && ! -L $file ]]; then printf '%s\n' "$file"; fi
    done
}

# our_scripts: files that a shell runs, known by their first line.
our_scripts() {
  our_files '*' | while IFS= read -r file; do
    if [[ $file == *.sh ]] || head -n 1 "$file" | grep -q '^#!.*sh\>'; then
      printf '%s\n' "$file"
    fi
  done
}
