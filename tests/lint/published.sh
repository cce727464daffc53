#!/bin/sh
# src/pki/published.def is what data/keys/published.csv says; `make tables` renews it.
set -eu
awk -f "$srcdir/data/gen/published.awk" "$srcdir/data/keys/published.csv" |
	cmp - "$srcdir/src/pki/published.def"
