#!/bin/sh
# All shell scripts pass shellcheck.  SC2154: automake exports srcdir and top_builddir to tests.
set -eu
top=${srcdir:-$(dirname "$0")/../..}
command -v shellcheck >/dev/null 2>&1 || { echo "skipped: no shellcheck here"; exit 77; }
cd "$top"
shellcheck --exclude=SC2154 quickstart .ci/run tests/lint/*.sh tests/suites/*.sh data/gen/*.sh \
    data/completions/tlsaudit
