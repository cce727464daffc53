#!/bin/sh
# Runs tests/suites/limbo on the suite beside the source tree; skipped when it is not there.
exec "$top_builddir/tests/suites/limbo" "$srcdir/../shared/data/suites/x509-limbo-native.json" \
	"$srcdir/tests/suites/limbo.differences"
