#!/bin/sh
# What no formatter is needed for: no blanks at the ends of lines, no carriage returns, a newline at
# the end of every file, tabs before code.  `make format` lays out the lines that were changed.
set -eu
top=${srcdir:-$(dirname "$0")/../..}

cd "$top"
find src probes tests data/gen -type f \
    \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' -o -name '*.py' -o -name '*.mk' \) \
    ! -path '*/cache/*' | sort | {
	status=0
	while read -r f; do
		awk -v f="$f" '
			function bad(why) { print "style: " f ":" NR ": " why; failed = 1 }
			/\r/ { bad("a carriage return") }
			/[ \t]$/ { bad("blanks at the end") }
			/^        / && !/\\$/ && f ~ /\.[ch]$/ { bad("eight blanks: a tab") }
			END { exit failed }' "$f" >&2 || status=1
		if [ -n "$(tail -c 1 "$f" | tr -d '\n')" ]; then
			echo "style: $f: no newline at the end" >&2
			status=1
		fi
	done
	exit $status
}
