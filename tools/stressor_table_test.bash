#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The ktstr Authors.
#
# The README's table is that of the stressors that the program has, and each way
# of being out of step is noticed.
# usage: stressor_table_test.bash STRESSOR_TABLE PROGRAM README
set -euo pipefail

tool=$1
program=$2
readme=$3
failed=0

fail() {
  echo "FAILED: $1"
  failed=1
}

work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/stressor_table.XXXXXX")
trap 'rm -rf "$work"' EXIT

if ! "$tool" --check --binary="$program" --file="$readme"; then
  fail "table and stressors differ; to mend it run: tools/stressor_table"
fi
right=$work/right.md
copy=$work/README.md
cat "$readme" >"$right"
"$tool" --binary="$program" --file="$right" >/dev/null
for name in $("$program" list | awk '/^[a-z]/ { print $1 }'); do
  (($(grep -c "| \`$name\` | ." "$right") == 1)) ||
    fail "$name is not there once"
done

# refuses WHAT: the copy is out of step, and stressor_table mends it.
refuses() {
  if "$tool" --check --binary="$program" --file="$copy" >/dev/null; then
    fail "did not notice $1"
  fi
  "$tool" --binary="$program" --file="$copy" >/dev/null
  cmp -s "$copy" "$right" || fail "did not mend $1"
}
# shellcheck disable=SC2016
grep -v '^| `' "$right" >"$copy"
refuses "an empty table"
# shellcheck disable=SC2016
sed 's/^\(| `[a-z_]*` | \)/\1not /' "$right" >"$copy"
refuses "another summary"
sed '/^<!-- end of stressors/i | more |' "$right" >"$copy"
refuses "another row"

# What the table looks like, with an odd number of stressors and a long line.
cat >"$work/program" <<'END'
#!/bin/sh
echo 'one    does this | that
two    does something that takes more
       than a line
three  does that'
END
chmod 755 "$work/program"
cat >"$work/file" <<'END'
before
<!-- stressors: here -->
<!-- end of stressors -->
after
END
cat >"$work/expected" <<'END'
before
<!-- stressors: here -->
| stressor | what it does | stressor | what it does |
|---|---|---|---|
| `one` | does this \| that | `three` | does that |
| `two` | does something that takes more than a line | | |
<!-- end of stressors -->
after
END
"$tool" --binary="$work/program" --file="$work/file" >/dev/null
diff -u "$work/expected" "$work/file" || fail "another table than expected"

grep -v '^<!-- end' "$work/expected" >"$work/file"
if "$tool" --binary="$work/program" --file="$work/file" 2>/dev/null; then
  fail "wrote a file without a place for the table"
fi
if "$tool" --binary=/bin/false --file="$copy" 2>/dev/null; then
  fail "took no stressors for all stressors"
fi

exit "$failed"
