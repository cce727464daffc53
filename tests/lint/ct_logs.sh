#!/bin/sh
# src/pki/ct_logs.def is what data/ct/log_list.csv says; `make tables` renews it.
set -eu
awk -f "$srcdir/data/gen/ct_logs.awk" "$srcdir/data/ct/log_list.csv" |
	cmp - "$srcdir/src/pki/ct_logs.def"
