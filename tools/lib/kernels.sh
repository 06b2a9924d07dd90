# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The ktstr Authors.
#
# shellcheck shell=bash
#
# Sourced by tools/get_kernel and tools/build_kernel: the cache of kernels. Each
# is a folder RELEASE/ with bzImage and config in it, moved there when whole.

kernels=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/ktstr/kernels

say() { printf '%s: %s\n' "tools/${0##*/}" "$*" >&2; }

# newest_kernel GLOB: prints the image of the newest release that matches.
newest_kernel() {
  local folder found=''
  while IFS= read -r folder; do
    # shellcheck disable=SC2053  # A glob.
    if [[ ${folder##*/} == $1 && -r $folder/bzImage ]]; then found=$folder; fi
  done < <(find "$kernels" -mindepth 1 -maxdepth 1 -type d 2>/dev/null |
    sort -V)
  [[ $found ]] && printf '%s\n' "$found/bzImage"
}

# lock_kernels SORT: one at a time makes kernels of one sort; the others wait,
# then find them.
lock_kernels() {
  mkdir -p "$kernels"
  exec 9>"$kernels/.lock.$1"
  if ! flock -n 9; then
    say "waiting for another one that is at it ($kernels/.lock.$1)"
    flock 9
  fi
}

# make_aside SORT: a folder beside the kernels, gone at the end: $aside. Those
# that were killed before their end, under the same lock, go too.
make_aside() {
  rm -rf "$kernels/.making.$1".*
  aside=$(mktemp -d "$kernels/.making.$1.XXXXXX")
  trap 'rm -rf "$aside"' EXIT
}
