#!/bin/sh
# Runs tests/suites/limbo on Chromium's cases; from_chromium.py tells where they come from.
exec "$top_builddir/tests/suites/limbo" "$srcdir/tests/suites/chromium.json" \
	"$srcdir/tests/suites/chromium.differences"
