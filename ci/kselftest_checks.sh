# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The ktstr Authors.
# shellcheck shell=bash disable=SC2154
#
# For ci/kselftest and ci/kselftest_vm, which set repository and work: finds
# what they test, runs commands, and holds their output to what it should be.

passed=0 failed=0 skipped=0
# The stressors that this machine lacks something for, and what that is.
declare -A lacking=()

parse_arguments() {
  program='' package=''
  local arg
  for arg in "$@"; do
    case $arg in
      --program=*) program=$(realpath "${arg#*=}") ;;
      --package=*) package=$(realpath "${arg#*=}") ;;
      --help) usage; exit 0 ;;
      *) echo "${0##*/}: unknown argument '$arg'" >&2; usage >&2; exit 64 ;;
    esac
  done
}

# Sets program, package, pristine (a kernel tree) and names (of stressors).
find_what_is_tested() {
  if [[ -z $program || -z $package ]]; then build || exit 1; fi
  pristine=$("$repository/ci/kselftest_tree") || exit 1
  mapfile -t names < <("$program" list | awk '/^[^[:space:]]/ { print $1 }')
  if ((${#names[@]} == 0)); then
    echo "${0##*/}: $program lists no stressor" >&2
    exit 1
  fi
}

build() {
  cd "$repository" || return 1
  bazel build --noshow_progress //ktstr:ktstr.stripped //selftests:package ||
    return 1
  local bin
  bin=$(bazel info bazel-bin) || return 1
  program=$bin/ktstr/ktstr.stripped
  package=$bin/selftests/ktstr-selftests.tar.gz
}

# report OUTCOME TEXT
report() {
  case $1 in
    passed) passed=$((passed + 1)) ;;
    failed) failed=$((failed + 1)) ;;
    skipped) skipped=$((skipped + 1)) ;;
  esac
  printf '%-7s %s\n' "$1" "$2"
}

totals() {
  echo "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0))
}

# run TEXT COMMAND...: must exit with 0; its output is in $log. Through a pipe,
# because runner.sh opens /dev/stdout anew and would write over a file.
run() {
  what=$1 log=$work/log shown=''
  "${@:2}" </dev/null 2>&1 | cat >"$log"
  local status=${PIPESTATUS[0]}
  if ((status == 0)); then
    report passed "$what"
  else
    report failed "$what: exit $status"
    show_log
  fi
}

# refused TEXT MESSAGE COMMAND...: must fail, with the message.
refused() {
  log=$work/log shown=''
  if "${@:3}" </dev/null &>"$log"; then
    report failed "$1: was accepted"
  elif ! grep -qF "$2" "$log"; then
    report failed "$1: does not say '$2'"
    show_log
  else
    report passed "$1 is refused"
  fi
}

# holds TEXT COMMAND...
holds() {
  local said
  if said=$("${@:2}" 2>&1); then
    report passed "$1"
  else
    report failed "$1: $said"
    show_log
  fi
}

# Once for each run, however many checks of it fail.
show_log() {
  if [[ -z $shown ]]; then tail -n 60 "$log" | sed 's/^/        | /'; fi
  shown=1
}

# all_are STATUS [except NAME STATUS]: the last run has this result for every
# stressor, and nothing else. Who could be `ok` but is lacking something `needs`.
all_are() {
  local name
  expected=()
  for name in "${names[@]}"; do
    if [[ ${2:-} == except && $name == "$3" ]]; then
      expected+=("$name:$4")
    elif [[ $1 == ok && ${lacking[$name]:-} ]]; then
      expected+=("$name:needs")
    else
      expected+=("$name:$1")
    fi
  done
  results_are_expected
}

# these_are STATUS NAME...
these_are() {
  local name
  expected=()
  for name in "${@:2}"; do expected+=("$name:$1"); done
  results_are_expected
}

results_are_expected() {
  local entry number=0 lines="1..${#expected[@]}" worst=''
  for entry in "${expected[@]}"; do
    number=$((number + 1))
    lines+=$'\n'$(result_line "$number" "${entry%%:*}" "${entry#*:}")
    case ${entry#*:}:$worst in
      *:bad) ;;
      ok:*) worst=ok ;;
      skip:* | needs:*) worst=${worst:-skip} ;;
      *) worst=bad ;;
    esac
  done
  holds "$what: result lines" same_results "$lines"
  holds "$what: kunit.py reads them" kunit_says "$worst" "$log"
  holds "$what: what the tests themselves print" own_results
}

result_line() {
  local line="$1 selftests: ktstr: $2.sh"
  case $3 in
    ok) echo "ok $line" ;;
    skip | needs) echo "ok $line # SKIP" ;;
    "not ok") echo "not ok $line # exit=1" ;;
    usage) echo "not ok $line # exit=64" ;;
    timeout) echo "not ok $line # TIMEOUT 1 seconds" ;;
  esac
}

same_results() {
  diff <(grep -E '^(ok|not ok|1\.\.)' "$log") <(echo "$1")
}

# What a test printed stands in `# ` lines: a KTAP document of its own, with one
# result, of the stressor's name.
own_results() {
  local entry name own=$work/own result=0
  for entry in "${expected[@]}"; do
    name=${entry%%:*}
    awk -v head="# selftests: ktstr: $name.sh" '
      /^(ok|not ok) / { inside = 0 }
      inside { sub(/^# /, ""); print }
      $0 == head { inside = 1 }' "$log" >"$own"
    case ${entry#*:} in
      ok) own_result ok "ok 1 $name" ;;
      skip) own_result skip "ok 1 $name # SKIP .*README.*" ;;
      needs) own_result skip "ok 1 $name # SKIP ${lacking[$name]}" literally ;;
      "not ok") own_result bad "not ok 1 $name" ;;
      # A usage error comes before any KTAP, a time-out at any place.
      *) true ;;
    esac || result=1
  done
  return "$result"
}

# own_result ok|skip|bad LINE [literally]
own_result() {
  local kind=E
  if [[ ${3:-} == literally ]]; then kind=F; fi
  if ! grep -qx"$kind" -e "$2" "$own"; then echo "no line '$2'"; return 1; fi
  kunit_says "$1" "$own"
}

# kunit_says ok|skip|bad FILE: what the kernel's parser makes of the file. Its
# exit status alone would not tell a skip (1) from a failure or from bad form.
kunit_says() {
  local said pattern
  said=$(python3 "$pristine/tools/testing/kunit/kunit.py" parse "$2" 2>&1)
  case $1 in
    ok) pattern='passed: [0-9]+(, skipped: [0-9]+)?' ;;
    skip) pattern='skipped: [0-9]+' ;;
    bad) pattern='.*failed: [0-9]+(, skipped: [0-9]+)?' ;;
  esac
  if grep -qE '\[ERROR\]|Traceback' <<<"$said" ||
    ! grep -qE "Ran [0-9]+ tests: $pattern\$" <<<"$said"; then
    echo "not $1:"
    echo "$said"
    return 1
  fi
}
