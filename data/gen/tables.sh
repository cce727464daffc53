#!/bin/sh
# Make the tables of src/tls from the registries: data/gen/tables.sh TOP OUTDIR
# `make tables` writes them into the source tree; tests/lint/tables.sh compares.
set -e
top=$1
out=$2
gen=$top/data/gen
iana=$top/data/iana
LC_ALL=C
export LC_ALL

make_table()
{
	table=$1
	shift
	"${AWK:-awk}" -f "$@" > "$out/$table.tmp"
	mv "$out/$table.tmp" "$out/$table"
}

make_table suites.def "$gen/suites.awk" "$iana/suites.csv" "$iana/suites_ssl2.csv"
make_table groups.def "$gen/groups.awk" "$iana/groups.csv"
make_table sigalgs.def "$gen/sigalgs.awk" "$iana/sigalgs.csv"
for t in exts alerts versions; do
	make_table $t.def "$gen/names.awk" "$iana/$t.csv"
done
make_table clients.def "$gen/clients.awk" "$top/data/clients/clients.csv"
