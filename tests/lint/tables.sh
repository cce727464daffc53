#!/bin/sh
# The tables of src/tls are what data/gen makes of data/iana and data/clients: nobody edited them by
# hand, and nobody forgot `make tables`.
top=${srcdir:-.}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
sh "$top/data/gen/tables.sh" "$top" "$dir" || exit 1
status=0
n=0
for made in "$dir"/*.def; do
	n=$((n + 1))
	if ! cmp "$made" "$top/src/tls/${made##*/}"; then
		echo "run \`make tables\`: src/tls/${made##*/} is not what data/gen makes"
		status=1
	fi
done
test "$n" -eq 7 || { echo "expected 7 tables, made $n"; status=1; }
exit $status
