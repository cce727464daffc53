# Tests by tier; see tests/README.  A unit test is one Check program per module, its path mirroring
# src/: tests/unit/test_<module>.c.
UNIT_TESTS = tests/unit/test_base
UNIT_TESTS += tests/unit/test_bulk
UNIT_TESTS += tests/unit/test_code
UNIT_TESTS += tests/unit/test_ct_log
UNIT_TESTS += tests/unit/test_pem
UNIT_TESTS += tests/unit/test_preload
UNIT_TESTS += tests/unit/test_queue
UNIT_TESTS += tests/unit/test_store
UNIT_TESTS += tests/unit/test_dhprimes
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
UNIT_LDADD = libtlsaudit.a $(CHECK_LIBS) $(LIBS_ALL)
UNIT_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) -DSRCDIR='"$(abs_top_srcdir)"'

tests_unit_test_base_SOURCES = tests/unit/test_base.c tests/unit/unit.h
tests_unit_test_base_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_base_LDADD = $(UNIT_LDADD)

tests_unit_test_bulk_SOURCES = tests/unit/test_bulk.c tests/unit/unit.h
tests_unit_test_bulk_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_bulk_LDADD = $(UNIT_LDADD)

tests_unit_test_code_SOURCES = tests/unit/test_code.c tests/unit/unit.h
tests_unit_test_code_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_code_LDADD = $(UNIT_LDADD)

tests_unit_test_ct_log_SOURCES = tests/unit/test_ct_log.c tests/unit/unit.h
tests_unit_test_ct_log_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_ct_log_LDADD = $(UNIT_LDADD)

tests_unit_test_dhprimes_SOURCES = tests/unit/test_dhprimes.c tests/unit/unit.h
tests_unit_test_dhprimes_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_dhprimes_LDADD = $(UNIT_LDADD)

tests_unit_test_pem_SOURCES = tests/unit/test_pem.c tests/unit/unit.h
tests_unit_test_pem_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_pem_LDADD = $(UNIT_LDADD)

tests_unit_test_preload_SOURCES = tests/unit/test_preload.c tests/unit/unit.h
tests_unit_test_preload_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_preload_LDADD = $(UNIT_LDADD)

tests_unit_test_queue_SOURCES = tests/unit/test_queue.c tests/unit/unit.h
tests_unit_test_queue_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_queue_LDADD = $(UNIT_LDADD)

tests_unit_test_store_SOURCES = tests/unit/test_store.c tests/unit/unit.h
tests_unit_test_store_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_store_LDADD = $(UNIT_LDADD)
EXTRA_DIST += tests/unit/data/email-only.pem tests/unit/data/private-ca.pem \
	tests/unit/data/rejected.pem tests/unit/data/trusted.pem

# Suites of chain-validation cases: see the first lines of each runner.
check_PROGRAMS += tests/suites/limbo
TESTS += tests/suites/limbo.sh tests/suites/chromium.sh
EXTRA_DIST += tests/suites/limbo.sh tests/suites/limbo.differences tests/suites/chromium.sh \
	tests/suites/chromium.differences tests/suites/chromium.json tests/suites/from_chromium.py \
	tests/suites/chromium.LICENSE
tests_suites_limbo_SOURCES = tests/suites/limbo.c
tests_suites_limbo_LDADD = libtlsaudit.a $(LIBS_ALL)

# Fuzz targets: `make check` replays their corpora (tests/fuzz/main.c), --enable-fuzzers explores.  One
# line in FUZZ_TESTS and the two below per target; its corpus is tests/fuzz/corpus/<target>/.
FUZZ_TESTS = tests/fuzz/fuzz_bundle
FUZZ_TESTS += tests/fuzz/fuzz_exclude tests/fuzz/fuzz_list
FUZZ_TESTS += tests/fuzz/fuzz_pem
FUZZ_TESTS += tests/fuzz/fuzz_cert
FUZZ_TESTS += tests/fuzz/fuzz_certfile
FUZZ_TESTS += tests/fuzz/fuzz_chain
FUZZ_TESTS += tests/fuzz/fuzz_dn
FUZZ_TESTS += tests/fuzz/fuzz_ocsp
FUZZ_TESTS += tests/fuzz/fuzz_trust
FUZZ_TESTS += tests/fuzz/fuzz_redis
check_PROGRAMS += $(FUZZ_TESTS)
EXTRA_DIST += tests/fuzz/corpus
FUZZ_LDADD = libtlsaudit.a $(LIBS_ALL) $(FUZZ_LDFLAGS)
if FUZZERS
FUZZ_MAIN =
else
FUZZ_MAIN = tests/fuzz/main.c
TESTS += $(FUZZ_TESTS)
endif

tests_fuzz_fuzz_bundle_SOURCES = tests/fuzz/fuzz_bundle.c $(FUZZ_MAIN)
tests_fuzz_fuzz_bundle_LDADD = $(FUZZ_LDADD)

tests_fuzz_fuzz_exclude_SOURCES = tests/fuzz/fuzz_exclude.c $(FUZZ_MAIN)
tests_fuzz_fuzz_exclude_LDADD = $(FUZZ_LDADD)

tests_fuzz_fuzz_list_SOURCES = tests/fuzz/fuzz_list.c $(FUZZ_MAIN)
tests_fuzz_fuzz_list_LDADD = $(FUZZ_LDADD)

tests_fuzz_fuzz_pem_SOURCES = tests/fuzz/fuzz_pem.c $(FUZZ_MAIN)
tests_fuzz_fuzz_pem_LDADD = $(FUZZ_LDADD)

tests_fuzz_fuzz_cert_SOURCES = tests/fuzz/fuzz_cert.c $(FUZZ_MAIN)
tests_fuzz_fuzz_cert_LDADD = $(FUZZ_LDADD)

tests_fuzz_fuzz_certfile_SOURCES = tests/fuzz/fuzz_certfile.c $(FUZZ_MAIN)
tests_fuzz_fuzz_certfile_LDADD = $(FUZZ_LDADD)

tests_fuzz_fuzz_chain_SOURCES = tests/fuzz/fuzz_chain.c $(FUZZ_MAIN)
tests_fuzz_fuzz_chain_LDADD = $(FUZZ_LDADD)

FUZZ_TESTS += tests/fuzz/fuzz_feed
tests_fuzz_fuzz_feed_SOURCES = tests/fuzz/fuzz_feed.c $(FUZZ_MAIN)
tests_fuzz_fuzz_feed_LDADD = $(FUZZ_LDADD)

tests_fuzz_fuzz_dn_SOURCES = tests/fuzz/fuzz_dn.c $(FUZZ_MAIN)
tests_fuzz_fuzz_dn_LDADD = $(FUZZ_LDADD)

tests_fuzz_fuzz_ocsp_SOURCES = tests/fuzz/fuzz_ocsp.c $(FUZZ_MAIN)
tests_fuzz_fuzz_ocsp_LDADD = $(FUZZ_LDADD)

tests_fuzz_fuzz_redis_SOURCES = tests/fuzz/fuzz_redis.c $(FUZZ_MAIN)
tests_fuzz_fuzz_redis_LDADD = $(FUZZ_LDADD)

tests_fuzz_fuzz_trust_SOURCES = tests/fuzz/fuzz_trust.c $(FUZZ_MAIN)
tests_fuzz_fuzz_trust_LDADD = $(FUZZ_LDADD)

# Tests in other languages: automake runs them by their suffix.
TEST_EXTENSIONS = .sh .py
SH_LOG_COMPILER = sh
PY_LOG_COMPILER = /usr/bin/python3
AM_TESTS_ENVIRONMENT = srcdir='$(srcdir)'; top_builddir='$(abs_top_builddir)'; \
	PYTHONDONTWRITEBYTECODE=1; export srcdir top_builddir PYTHONDONTWRITEBYTECODE; $(SANITIZERS_ENVIRONMENT)
# In one process a sanitizer's report comes with the test that it is about.
if SANITIZERS
SANITIZERS_ENVIRONMENT = CK_FORK=no; export CK_FORK;
endif

LINT_TESTS = tests/lint/packages.sh
LINT_TESTS += tests/lint/ct_logs.sh
LINT_TESTS += tests/lint/stores.sh
LINT_TESTS += tests/lint/published.sh
LINT_TESTS += tests/lint/tables.sh
LINT_TESTS += tests/lint/dhprimes.sh
LINT_TESTS += tests/lint/layering.sh tests/lint/banned.sh tests/lint/probes.sh
LINT_TESTS += tests/lint/style.sh tests/lint/shell.sh
LINT_TESTS += tests/lint/ci.py tests/lint/docs.sh tests/lint/schema.py tests/lint/dist.sh
EXTRA_DIST += tests/lint/completion.bash
TESTS += $(LINT_TESTS)
EXTRA_DIST += $(LINT_TESTS) quickstart .ci/packages .ci/run

# pki: certificates made while the test runs.
PKI_TESTS = tests/unit/test_cert tests/unit/test_name tests/unit/test_path \
	tests/unit/test_path_store tests/unit/test_trust tests/unit/test_staple \
	tests/unit/test_certfile tests/unit/test_path_fix tests/unit/test_weak_key \
	tests/unit/test_policies tests/unit/test_differ tests/unit/test_ct_policy \
	tests/unit/test_openssl_memo \
	tests/unit/test_lint tests/unit/test_certificate
check_PROGRAMS += $(PKI_TESTS)
TESTS += $(PKI_TESTS)
MKPKI = tests/unit/mkpki.c tests/unit/mkpki.h tests/unit/unit.h
tests_unit_test_cert_SOURCES = tests/unit/test_cert.c $(MKPKI)
tests_unit_test_cert_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_cert_LDADD = $(UNIT_LDADD)
tests_unit_test_name_SOURCES = tests/unit/test_name.c $(MKPKI)
tests_unit_test_name_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_name_LDADD = $(UNIT_LDADD)
tests_unit_test_path_SOURCES = tests/unit/test_path.c $(MKPKI)
tests_unit_test_path_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_path_LDADD = $(UNIT_LDADD)
MKOCSP = tests/unit/mkocsp.c tests/unit/mkocsp.h
tests_unit_test_staple_SOURCES = tests/unit/test_staple.c $(MKPKI) $(MKOCSP)
tests_unit_test_staple_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_staple_LDADD = $(UNIT_LDADD)
tests_unit_test_trust_SOURCES = tests/unit/test_trust.c $(MKPKI) $(MKOCSP)
tests_unit_test_trust_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_trust_LDADD = $(UNIT_LDADD)
tests_unit_test_certfile_SOURCES = tests/unit/test_certfile.c $(MKPKI)
tests_unit_test_certfile_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_certfile_LDADD = $(UNIT_LDADD)
tests_unit_test_certificate_SOURCES = tests/unit/test_certificate.c $(MKPKI)
tests_unit_test_certificate_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_certificate_LDADD = $(UNIT_LDADD)
tests_unit_test_lint_SOURCES = tests/unit/test_lint.c $(MKPKI)
tests_unit_test_lint_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_lint_LDADD = $(UNIT_LDADD)
tests_unit_test_openssl_memo_SOURCES = tests/unit/test_openssl_memo.c $(MKPKI)
tests_unit_test_openssl_memo_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_openssl_memo_LDADD = $(UNIT_LDADD)
tests_unit_test_weak_key_SOURCES = tests/unit/test_weak_key.c $(MKPKI)
tests_unit_test_weak_key_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_weak_key_LDADD = $(UNIT_LDADD)
tests_unit_test_differ_SOURCES = tests/unit/test_differ.c $(MKPKI)
tests_unit_test_differ_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_differ_LDADD = $(UNIT_LDADD)
tests_unit_test_ct_policy_SOURCES = tests/unit/test_ct_policy.c tests/unit/mkocsp.c \
	tests/unit/mkocsp.h $(MKPKI)
tests_unit_test_ct_policy_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_ct_policy_LDADD = $(UNIT_LDADD)
tests_unit_test_policies_SOURCES = tests/unit/test_policies.c $(MKPKI)
tests_unit_test_policies_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_policies_LDADD = $(UNIT_LDADD)
tests_unit_test_path_fix_SOURCES = tests/unit/test_path_fix.c $(MKPKI)
tests_unit_test_path_fix_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_path_fix_LDADD = $(UNIT_LDADD)
tests_unit_test_path_store_SOURCES = tests/unit/test_path_store.c $(MKPKI)
tests_unit_test_path_store_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_path_store_LDADD = $(UNIT_LDADD)

# report: what is shown, and that nothing of a peer's reaches a terminal.
UNIT_TESTS += tests/unit/test_text
tests_unit_test_text_SOURCES = tests/unit/test_text.c tests/unit/unit.h
tests_unit_test_text_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_text_LDADD = $(UNIT_LDADD)
UNIT_TESTS += tests/unit/test_report
tests_unit_test_report_SOURCES = tests/unit/test_report.c tests/unit/report_cases.c \
	tests/unit/report_cases.h tests/unit/unit.h
tests_unit_test_report_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_report_LDADD = $(UNIT_LDADD)
EXTRA_DIST += tests/golden/report
UNIT_TESTS += tests/unit/test_formats
tests_unit_test_formats_SOURCES = tests/unit/test_formats.c tests/unit/report_cases.c \
	tests/unit/report_cases.h tests/unit/unit.h
tests_unit_test_formats_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_formats_LDADD = $(UNIT_LDADD)
UNIT_TESTS += tests/unit/test_reply
tests_unit_test_reply_SOURCES = tests/unit/test_reply.c tests/unit/unit.h
tests_unit_test_reply_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_reply_LDADD = $(UNIT_LDADD)

# Tests that compare with files under tests/golden/.  `make update-golden` lets each write its own;
# read the diff.
GOLDEN_TESTS = tests/unit/test_report
update-golden: $(GOLDEN_TESTS)
	for t in $(GOLDEN_TESTS); do UPDATE_GOLDEN=1 ./$$t || exit 1; done

# What a server accepts, and in whose order.
UNIT_TESTS += tests/unit/test_peel
tests_unit_test_peel_SOURCES = tests/unit/test_peel.c tests/unit/unit.h
tests_unit_test_peel_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_peel_LDADD = $(UNIT_LDADD)

# A population: its fast readers, its numbers and their formats.
PULSE_TESTS = tests/unit/test_pulse tests/unit/test_walk
check_PROGRAMS += $(PULSE_TESTS)
TESTS += $(PULSE_TESTS)
GOLDEN_TESTS += tests/unit/test_pulse
EXTRA_DIST += tests/golden/pulse
tests_unit_test_pulse_SOURCES = tests/unit/test_pulse.c tests/unit/unit.h
tests_unit_test_pulse_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_pulse_LDADD = $(UNIT_LDADD)
tests_unit_test_walk_SOURCES = tests/unit/test_walk.c tests/unit/unit.h
tests_unit_test_walk_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_walk_LDADD = $(UNIT_LDADD)
FUZZ_TESTS += tests/fuzz/fuzz_pulse
tests_fuzz_fuzz_pulse_SOURCES = tests/fuzz/fuzz_pulse.c $(FUZZ_MAIN)
tests_fuzz_fuzz_pulse_LDADD = $(FUZZ_LDADD)

include $(srcdir)/tests/live/live.mk
include $(srcdir)/tests/bench/bench.mk

# The command line.
CLI_TESTS = tests/unit/test_gate tests/unit/test_options tests/unit/test_target
FUZZ_TESTS += tests/fuzz/fuzz_target
check_PROGRAMS += $(CLI_TESTS)
TESTS += $(CLI_TESTS)
tests_unit_test_gate_SOURCES = tests/unit/test_gate.c tests/unit/unit.h
tests_unit_test_gate_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_gate_LDADD = $(UNIT_LDADD)
tests_unit_test_options_SOURCES = tests/unit/test_options.c tests/unit/unit.h
tests_unit_test_options_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_options_LDADD = $(UNIT_LDADD)
tests_unit_test_target_SOURCES = tests/unit/test_target.c tests/unit/unit.h
tests_unit_test_target_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_target_LDADD = $(UNIT_LDADD)
tests_fuzz_fuzz_target_SOURCES = tests/fuzz/fuzz_target.c $(FUZZ_MAIN)
tests_fuzz_fuzz_target_LDADD = $(FUZZ_LDADD)

# What the program says of itself.
UNIT_TESTS += tests/unit/test_info
tests_unit_test_info_SOURCES = tests/unit/test_info.c tests/unit/unit.h
tests_unit_test_info_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_info_LDADD = $(UNIT_LDADD)

# derive: facts made by hand, and what is computed from them.
DERIVE_TESTS = tests/unit/test_features
DERIVE_TESTS += tests/unit/test_posture
DERIVE_TESTS += tests/unit/test_simulate
DERIVE_TESTS += tests/unit/test_weakness
check_PROGRAMS += $(DERIVE_TESTS)
TESTS += $(DERIVE_TESTS)
tests_unit_test_features_SOURCES = tests/unit/test_features.c tests/unit/unit.h
tests_unit_test_features_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_features_LDADD = $(UNIT_LDADD)
tests_unit_test_posture_SOURCES = tests/unit/test_posture.c tests/unit/unit.h
tests_unit_test_posture_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_posture_LDADD = $(UNIT_LDADD)
tests_unit_test_weakness_SOURCES = tests/unit/test_weakness.c tests/unit/unit.h
tests_unit_test_weakness_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_weakness_LDADD = $(UNIT_LDADD)
tests_unit_test_simulate_SOURCES = tests/unit/test_simulate.c tests/unit/unit.h
tests_unit_test_simulate_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_simulate_LDADD = $(UNIT_LDADD)
# Model: random servers in virtual time, audited whole.  MODEL_SEED=N repeats one of them.
MODEL_TESTS = tests/model/test_model
check_PROGRAMS += $(MODEL_TESTS)
TESTS += $(MODEL_TESTS)
MODEL = tests/model/fakenet.c tests/model/fakenet.h \
	tests/model/model_config.c tests/model/model_config.h tests/model/model_internal.h \
	tests/model/model_choose.c tests/model/model_flight.c tests/model/model_read.c \
	tests/model/model_server.c tests/model/model_server.h $(MKPKI)
tests_model_test_model_SOURCES = tests/model/test_model.c tests/model/model_check.c \
	tests/model/model_check.h $(MODEL)
tests_model_test_model_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(srcdir)/tests/unit
tests_model_test_model_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_fix
tests_unit_test_fix_SOURCES = tests/unit/test_fix.c tests/unit/unit.h
tests_unit_test_fix_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_fix_LDADD = $(UNIT_LDADD)

# DNS messages.
UNIT_TESTS += tests/unit/test_ldns
tests_unit_test_ldns_SOURCES = tests/unit/test_ldns.c tests/unit/unit.h
tests_unit_test_ldns_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_ldns_LDADD = $(UNIT_LDADD)
FUZZ_TESTS += tests/fuzz/fuzz_ldns
tests_fuzz_fuzz_ldns_SOURCES = tests/fuzz/fuzz_ldns.c $(FUZZ_MAIN)
tests_fuzz_fuzz_ldns_LDADD = $(FUZZ_LDADD)

# net: exchanges on loopback, and how politely they go about it.
NET_TESTS = tests/unit/test_compare tests/unit/test_exchange tests/unit/test_polite
check_PROGRAMS += $(NET_TESTS)
TESTS += $(NET_TESTS)
tests_unit_test_compare_SOURCES = tests/unit/test_compare.c tests/unit/unit.h
tests_unit_test_compare_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_compare_LDADD = $(UNIT_LDADD)
tests_unit_test_exchange_SOURCES = tests/unit/test_exchange.c tests/unit/unit.h
tests_unit_test_exchange_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_exchange_LDADD = $(UNIT_LDADD)
tests_unit_test_polite_SOURCES = tests/unit/test_polite.c tests/unit/unit.h
tests_unit_test_polite_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_polite_LDADD = $(UNIT_LDADD)

# assess: rules, policies, and the grades of tests/golden/grades.json.
ASSESS_TESTS = tests/unit/test_comply tests/unit/test_grades tests/unit/test_policy
check_PROGRAMS += $(ASSESS_TESTS)
TESTS += $(ASSESS_TESTS)
EXTRA_DIST += tests/golden/compliance.json tests/golden/grades.json tests/golden/grades.txt \
	tests/golden/policy/bsi-tr-02102-2.txt \
	tests/golden/policy/mozilla-intermediate-5.8.txt tests/golden/policy/mozilla-intermediate.txt \
	tests/golden/policy/mozilla-modern-5.8.txt tests/golden/policy/mozilla-modern.txt \
	tests/golden/policy/nist-800-52r2.txt tests/golden/policy/pci-dss-4.txt \
	tests/golden/policy/ssllabs-2009r.txt
tests_unit_test_comply_SOURCES = tests/unit/test_comply.c tests/unit/unit.h
tests_unit_test_comply_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_comply_LDADD = $(UNIT_LDADD)
tests_unit_test_grades_SOURCES = tests/unit/test_grades.c tests/unit/unit.h
tests_unit_test_grades_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_grades_LDADD = $(UNIT_LDADD)
tests_unit_test_policy_SOURCES = tests/unit/test_policy.c tests/unit/unit.h
tests_unit_test_policy_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_policy_LDADD = $(UNIT_LDADD)
GOLDEN_TESTS += tests/unit/test_comply tests/unit/test_grades
FUZZ_TESTS += tests/fuzz/fuzz_policy tests/fuzz/fuzz_facts
tests_fuzz_fuzz_facts_SOURCES = tests/fuzz/fuzz_facts.c $(FUZZ_MAIN)
tests_fuzz_fuzz_facts_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_policy_SOURCES = tests/fuzz/fuzz_policy.c $(FUZZ_MAIN)
tests_fuzz_fuzz_policy_LDADD = $(FUZZ_LDADD)

# What is said before TLS.
UNIT_TESTS += tests/unit/test_starttls
tests_unit_test_starttls_SOURCES = tests/unit/test_starttls.c tests/unit/unit.h
tests_unit_test_starttls_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_starttls_LDADD = $(UNIT_LDADD)
FUZZ_TESTS += tests/fuzz/fuzz_starttls
tests_fuzz_fuzz_starttls_SOURCES = tests/fuzz/fuzz_starttls.c $(FUZZ_MAIN)
tests_fuzz_fuzz_starttls_LDADD = $(FUZZ_LDADD)

UNIT_TESTS += tests/unit/test_proxy
tests_unit_test_proxy_SOURCES = tests/unit/test_proxy.c tests/unit/unit.h
tests_unit_test_proxy_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_proxy_LDADD = $(UNIT_LDADD)
FUZZ_TESTS += tests/fuzz/fuzz_proxy
tests_fuzz_fuzz_proxy_SOURCES = tests/fuzz/fuzz_proxy.c $(FUZZ_MAIN)
tests_fuzz_fuzz_proxy_LDADD = $(FUZZ_LDADD)

# engine, hello, flight, fact, audit: what goes out, what comes in, and the plan between them.
CORE_TESTS = tests/unit/test_audit tests/unit/test_engine tests/unit/test_fact \
	tests/unit/test_flight tests/unit/test_hello
check_PROGRAMS += $(CORE_TESTS)
TESTS += $(CORE_TESTS)
tests_unit_test_audit_SOURCES = tests/unit/test_audit.c tests/unit/unit.h
tests_unit_test_audit_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_audit_LDADD = $(UNIT_LDADD)
tests_unit_test_engine_SOURCES = tests/unit/test_engine.c tests/unit/rfc8448.h tests/unit/unit.h
tests_unit_test_engine_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_engine_LDADD = $(UNIT_LDADD)
tests_unit_test_fact_SOURCES = tests/unit/test_fact.c tests/unit/unit.h
tests_unit_test_fact_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_fact_LDADD = $(UNIT_LDADD)
tests_unit_test_flight_SOURCES = tests/unit/test_flight.c tests/unit/unit.h
tests_unit_test_flight_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_flight_LDADD = $(UNIT_LDADD)
tests_unit_test_hello_SOURCES = tests/unit/test_hello.c tests/unit/unit.h
tests_unit_test_hello_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_hello_LDADD = $(UNIT_LDADD)
GOLDEN_TESTS += tests/unit/test_hello
EXTRA_DIST += tests/golden/hello
FUZZ_TESTS += tests/fuzz/fuzz_engine tests/fuzz/fuzz_flight
tests_fuzz_fuzz_engine_SOURCES = tests/fuzz/fuzz_engine.c $(FUZZ_MAIN)
tests_fuzz_fuzz_engine_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_flight_SOURCES = tests/fuzz/fuzz_flight.c $(FUZZ_MAIN)
tests_fuzz_fuzz_flight_LDADD = $(FUZZ_LDADD)

# evidence: what certificates' URLs bring, and which addresses they may lead to.
EVIDENCE_TESTS = tests/unit/test_crl tests/unit/test_reach
check_PROGRAMS += $(EVIDENCE_TESTS)
TESTS += $(EVIDENCE_TESTS)
EXTRA_DIST += tests/unit/data/crl-ca.der
tests_unit_test_crl_SOURCES = tests/unit/test_crl.c tests/unit/unit.h
tests_unit_test_crl_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_crl_LDADD = $(UNIT_LDADD)
tests_unit_test_reach_SOURCES = tests/unit/test_reach.c tests/unit/unit.h
tests_unit_test_reach_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_reach_LDADD = $(UNIT_LDADD)
FUZZ_TESTS += tests/fuzz/fuzz_aia tests/fuzz/fuzz_crl
tests_fuzz_fuzz_aia_SOURCES = tests/fuzz/fuzz_aia.c $(FUZZ_MAIN)
tests_fuzz_fuzz_aia_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_crl_SOURCES = tests/fuzz/fuzz_crl.c $(FUZZ_MAIN)
tests_fuzz_fuzz_crl_LDADD = $(FUZZ_LDADD)
# Probes that talk on after a handshake.
UNIT_TESTS += tests/unit/test_http
tests_unit_test_http_SOURCES = tests/unit/test_http.c tests/unit/unit.h
tests_unit_test_http_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_http_LDADD = $(UNIT_LDADD)
UNIT_TESTS += tests/unit/test_oracle
tests_unit_test_oracle_SOURCES = tests/unit/test_oracle.c tests/unit/unit.h
tests_unit_test_oracle_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_oracle_LDADD = $(UNIT_LDADD)
UNIT_TESTS += tests/unit/test_keys12
tests_unit_test_keys12_SOURCES = tests/unit/test_keys12.c tests/unit/unit.h
tests_unit_test_keys12_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_keys12_LDADD = $(UNIT_LDADD)
UNIT_TESTS += tests/unit/test_shake
tests_unit_test_shake_SOURCES = tests/unit/test_shake.c tests/unit/unit.h
tests_unit_test_shake_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_shake_LDADD = $(UNIT_LDADD)
UNIT_TESTS += tests/unit/test_rdata
tests_unit_test_rdata_SOURCES = tests/unit/test_rdata.c tests/unit/unit.h
tests_unit_test_rdata_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_rdata_LDADD = $(UNIT_LDADD)
FUZZ_TESTS += tests/fuzz/fuzz_rdata
tests_fuzz_fuzz_rdata_SOURCES = tests/fuzz/fuzz_rdata.c $(FUZZ_MAIN)
tests_fuzz_fuzz_rdata_LDADD = $(FUZZ_LDADD)
UNIT_TESTS += tests/unit/test_ct
tests_unit_test_ct_SOURCES = tests/unit/test_ct.c tests/unit/unit.h $(MKPKI)
tests_unit_test_ct_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_ct_LDADD = $(UNIT_LDADD)
