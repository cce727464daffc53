#!/bin/sh
# src/tls/dhprimes.def is what data/dh/*.txt say (`make tables` renews it), and what is not in their
# form is refused.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
dh=$srcdir/data/dh
make_it() { awk -f "$srcdir/data/gen/dhprimes.awk" "$@"; }

make_it "$dh/standard.txt" "$dh/common.txt" >"$tmp/again.def"
cmp "$tmp/again.def" "$srcdir/src/tls/dhprimes.def"

refused() {
	printf '%b' "$2" >"$tmp/bad.txt"
	if make_it "$tmp/bad.txt" >/dev/null 2>&1; then
		echo "dhprimes.sh: went through: $1" >&2
		exit 1
	fi
}
refused "no kind" '[a]\n0fed\n'
refused "no number" '[a]\nkind safe\n'
refused "half a byte" '[a]\nkind safe\nfed\n'
refused "a leading zero byte" '[a]\nkind safe\n00fe\n'
refused "twice" '[a]\nkind safe\nfe\n[b]\nkind safe\nfe\n'
refused "no hex" '[a]\nkind safe\nxyz0\n'
refused "a quote in a name" '[a"]\nkind safe\nfe\n'
