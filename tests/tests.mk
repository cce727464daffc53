# Tests by tier; see tests/README.  A unit test is one Check program per module, its path mirroring
# src/: tests/unit/test_<module>.c.
UNIT_TESTS = tests/unit/test_base
UNIT_TESTS += tests/unit/test_store
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
UNIT_LDADD = libtlsaudit.a $(CHECK_LIBS) $(LIBS_ALL)
UNIT_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) -DSRCDIR='"$(abs_top_srcdir)"'

tests_unit_test_base_SOURCES = tests/unit/test_base.c tests/unit/unit.h
tests_unit_test_base_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_base_LDADD = $(UNIT_LDADD)

tests_unit_test_store_SOURCES = tests/unit/test_store.c tests/unit/unit.h
tests_unit_test_store_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_store_LDADD = $(UNIT_LDADD)

# Tests in other languages: automake runs them by their suffix.
TEST_EXTENSIONS = .sh .py
SH_LOG_COMPILER = sh
PY_LOG_COMPILER = /usr/bin/python3
AM_TESTS_ENVIRONMENT = srcdir='$(srcdir)'; top_builddir='$(abs_top_builddir)'; \
	export srcdir top_builddir;

LINT_TESTS = tests/lint/packages.sh
LINT_TESTS += tests/lint/stores.sh
TESTS += $(LINT_TESTS)
EXTRA_DIST += $(LINT_TESTS) quickstart .ci/packages .ci/run
