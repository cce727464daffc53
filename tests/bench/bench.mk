# `make bench`: tlsaudit beside its peers (.ci/packages, [bench]); not a test.
EXTRA_PROGRAMS += tests/bench/measure
tests_bench_measure_SOURCES = tests/bench/measure.c
EXTRA_PROGRAMS += tests/bench/vary
tests_bench_vary_SOURCES = tests/bench/vary.c
CLEANFILES += $(EXTRA_PROGRAMS)
EXTRA_DIST += tests/bench/bench.py tests/bench/bulk.py tests/bench/pulse.py

bench: all tests/bench/measure$(EXEEXT)
	top_builddir='$(abs_top_builddir)' PYTHONDONTWRITEBYTECODE=1 \
		/usr/bin/python3 $(srcdir)/tests/bench/bench.py $(BENCHFLAGS)

# Lists of targets: beside sslscan --targets and nmap -iL, on loopback.
.PHONY: bench-bulk
bench-bulk: all tests/bench/measure$(EXEEXT)
	top_builddir='$(abs_top_builddir)' PYTHONDONTWRITEBYTECODE=1 \
		/usr/bin/python3 $(srcdir)/tests/bench/bulk.py $(BENCHFLAGS)

# A population: records a second of tlsaudit-pulse, and its memory.
.PHONY: bench-pulse
bench-pulse: all tests/bench/measure$(EXEEXT) tests/bench/vary$(EXEEXT)
	top_builddir='$(abs_top_builddir)' PYTHONDONTWRITEBYTECODE=1 \
		/usr/bin/python3 $(srcdir)/tests/bench/pulse.py $(BENCHFLAGS)
