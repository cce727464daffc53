#!/bin/sh
# The embedded trust bundle is what the text files say: made again, it comes out byte for byte; and
# the text files are in the order that makes their diffs readable, without a row twice.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail() { echo "stores.sh: $*" >&2; exit 1; }

bin=$top_builddir/src/pki/stores.bin
"$top_builddir/data/gen/gen-stores" "$srcdir/data/trust" "$tmp/again.bin"
cmp "$bin" "$tmp/again.bin" || fail "src/pki/stores.bin is not what data/trust says"

for table in membership intermediates; do
	tail -n +2 "$srcdir/data/trust/$table.csv" | cut -d, -f1 >"$tmp/keys"
	LC_ALL=C sort -cu "$tmp/keys" || fail "$table.csv is not sorted by SHA-256"
done
sed -n 's/^# \([0-9a-f]\{64\}\) .*/\1/p' "$srcdir/data/trust/roots.pem" >"$tmp/keys"
LC_ALL=C sort -cu "$tmp/keys" || fail "roots.pem is not sorted by SHA-256"

# The generator refuses what does not fit.
mkdir "$tmp/bad"
cp "$srcdir"/data/trust/* "$tmp/bad"
chmod -R u+w "$tmp/bad"
sed '2s/^\(.\)/g/' "$srcdir/data/trust/membership.csv" >"$tmp/bad/membership.csv"
if "$top_builddir/data/gen/gen-stores" "$tmp/bad" "$tmp/bad.bin" 2>/dev/null; then
	fail "a fingerprint that is not hex went through"
fi
