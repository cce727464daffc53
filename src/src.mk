# What libtlsaudit.a is made of: everything but main.c, one folder a paragraph.
noinst_LIBRARIES += libtlsaudit.a
libtlsaudit_a_SOURCES = $(BASE_SOURCES) $(TLS_SOURCES) $(PKI_SOURCES) $(ADAPT_SOURCES) \
	$(CORE_SOURCES) $(ENGINE_SOURCES) $(NET_SOURCES) $(AUDIT_SOURCES) $(ASSESS_SOURCES) \
	$(REPORT_SOURCES) $(PULSE_SOURCES) $(FEED_SOURCES) $(PROBE_SOURCES) $(DERIVE_SOURCES) $(EVIDENCE_SOURCES) $(CLI_SOURCES)

BASE_SOURCES = \
	src/base/arena.c src/base/arena.h \
	src/base/check.c src/base/check.h \
	src/base/rd.h src/base/wr.h src/base/span.h \
	src/base/rng.c src/base/rng.h \
	src/base/text.c src/base/text.h \
	src/base/xalloc.c src/base/xalloc.h

TLS_SOURCES = \
	src/tls/flight.c src/tls/flight.h src/tls/flight_internal.h src/tls/flight_parse.c \
	src/tls/hello.c src/tls/hello.h \
	src/tls/peel.c src/tls/peel.h \
	src/tls/client.c src/tls/client.h src/tls/clients.def \
	src/tls/code.c src/tls/code.h src/tls/code_has.c \
	src/tls/suites.def src/tls/groups.def src/tls/sigalgs.def \
	src/tls/exts.def src/tls/alerts.def src/tls/versions.def \
	src/tls/dhprimes.c src/tls/dhprimes.def src/tls/dhprimes.h \
	src/tls/preload.c src/tls/preload.h
PKI_SOURCES = \
	src/pki/aia.c src/pki/aia.h \
	src/pki/bundle.c src/pki/bundle.h src/pki/bundle_write.c src/pki/bundle_write.h \
	src/pki/cert.c src/pki/cert.h src/pki/cert_ext.c src/pki/cert_hash.c \
	src/pki/cert_internal.h src/pki/cert_key.c \
	src/pki/certfile.c src/pki/certfile.h src/pki/pkcs7.c src/pki/pkcs7.h \
	src/pki/collision.c src/pki/collision.h \
	src/pki/lifetime.c src/pki/lifetime.h \
	src/pki/lint.c src/pki/lint.def src/pki/lint.h \
	src/pki/weak_key.c src/pki/weak_key.h src/pki/published.def \
	src/pki/ct_log.c src/pki/ct_log.h src/pki/ct_logs.def \
	src/pki/ct_log_list.c src/pki/ct_log_list.h \
	src/pki/crl.c src/pki/crl.h \
	src/pki/der.c src/pki/der.h \
	src/pki/dn.c src/pki/dn.h \
	src/pki/embed.c \
	src/pki/name.c src/pki/name.h \
	src/pki/constraint.c src/pki/constraint.h \
	src/pki/path.c src/pki/path.h src/pki/path_internal.h \
	src/pki/path_distrust.c src/pki/path_facts.c src/pki/path_graph.c \
	src/pki/path_fix.c src/pki/path_judge.c src/pki/path_missing.c src/pki/path_notes.c \
	src/pki/ocsp.c src/pki/ocsp.h \
	src/pki/ocsp_request.c src/pki/ocsp_request.h \
	src/pki/oid.c src/pki/oid.def src/pki/oid.h \
	src/pki/pem.c src/pki/pem.h \
	src/pki/policies.c src/pki/policies.h \
	src/pki/sct.c src/pki/sct.h src/pki/sct_verify.c src/pki/sct_verify.h \
	src/pki/store_path.c src/pki/store_path.h \
	src/pki/store.c src/pki/store.h src/pki/store_file.c src/pki/store_internal.h
ADAPT_SOURCES = \
	src/adapt/cab.c src/adapt/cab.h \
	src/adapt/openssl_p12.c src/adapt/openssl_p12.h \
	src/adapt/openssl_identity.c src/adapt/openssl_identity.h \
	src/adapt/openssl_p7.c src/adapt/openssl_p7.h \
	src/adapt/curl.c src/adapt/curl.h \
	src/adapt/sqlite.c src/adapt/sqlite.h src/adapt/sql.c src/adapt/sql.h \
	src/adapt/psl.c src/adapt/psl.h \
	src/adapt/gmp.c src/adapt/gmp.h \
	src/adapt/json.c src/adapt/json.h \
	src/adapt/zstd.c src/adapt/zstd.h \
	src/adapt/hiredis.c src/adapt/hiredis.h \
	src/adapt/gnutls_client.c src/adapt/gnutls_client.h \
	src/adapt/openssl_rc4.c \
	src/adapt/openssl_tls.c src/adapt/openssl_tls12.c src/adapt/openssl_tls.h \
	src/adapt/ldns.c src/adapt/ldns.h src/adapt/unbound.c src/adapt/unbound.h \
	src/adapt/gnutls_x509.c src/adapt/gnutls_x509.h src/adapt/opinion.h \
	src/adapt/openssl_memo.c src/adapt/openssl_memo.h \
	src/adapt/openssl_x509.c src/adapt/openssl_x509.h \
	src/adapt/openssl_bn.c src/adapt/openssl_bn.h \
	src/adapt/openssl_crypto.c src/adapt/openssl_crypto.h
CORE_SOURCES = \
	src/fact.c src/fact.h src/fact.def \
	src/memory.c src/memory.h \
	src/ask.c src/oracle.c src/gather.h src/probe.h src/reply.c src/registry.c src/transport.h
ENGINE_SOURCES = \
	src/engine/engine.c src/engine/engine.h src/engine/keys.c src/engine/keys.h \
	src/engine/engine_internal.h src/engine/keys12.c src/engine/keys12.h \
	src/engine/say.c src/engine/shake12.c src/engine/shake13.c \
	src/engine/client_auth.c \
	src/engine/starttls.c src/engine/starttls.h src/engine/starttls.def \
	src/engine/starttls_internal.h src/engine/starttls_lines.c \
	src/engine/starttls_binary.c src/engine/starttls_xmpp.c
NET_SOURCES = \
	src/net/dns_ask.c src/net/dns_ask.h \
	src/net/frames.c src/net/frames.h \
	src/net/dnssec.c src/net/dnssec.h \
	src/net/exchange.c src/net/exchange.h src/net/exchange.def \
	src/net/exchange_before.c src/net/exchange_internal.h \
	src/net/fetch.c src/net/fetch.h \
	src/net/lookup.c src/net/lookup.h \
	src/net/loop.c src/net/loop.h \
	src/net/proxy.c src/net/proxy.h \
	src/net/polite.c src/net/polite.h src/net/retry.def \
	src/net/reach.c src/net/reach.h \
	src/net/redis.c src/net/redis.h src/net/redis_url.c src/net/redis_url.h \
	src/net/resolve.c src/net/resolve.h \
	src/net/serve.c src/net/serve.h \
	src/net/tcp.c src/net/tcp.h \
	src/net/web_loop.c src/net/web_loop.h
AUDIT_SOURCES = \
	src/audit/compare.c src/audit/compare.h \
	src/audit/audit.c src/audit/audit.h src/audit/audit_internal.h \
	src/audit/plan.c src/audit/plan.h src/audit/status.c
# What the probes of src/derive share; the probes themselves are in probes/probes.mk.
DERIVE_SOURCES = \
	src/derive/accepted.c src/derive/accepted.h \
	src/derive/cert_profile.c src/derive/cert_profile.h \
	src/derive/certificate.c src/derive/certificate.h \
	src/derive/deployment.c src/derive/deployment.h \
	src/derive/fixchain.c src/derive/fixchain.h \
	src/derive/caa.c src/derive/caa.h src/derive/caa_issuers.def \
	src/derive/dane.c src/derive/dane.h \
	src/derive/issuer.c src/derive/issuer.h \
	src/derive/lints.c src/derive/lints.h \
	src/derive/rdata.c src/derive/rdata.h \
	src/derive/staple.c src/derive/staple.h \
	src/derive/differ.c src/derive/differ.h \
	src/derive/verdict.c src/derive/verdict.h \
	src/derive/weakest.c src/derive/weakest.h \
	src/derive/reference.c src/derive/reference.h \
	src/derive/sim_server.c src/derive/simulate.c src/derive/simulate.h
EVIDENCE_SOURCES = \
	src/evidence/crl_judge.c src/evidence/crl_judge.h \
	src/evidence/desk.c src/evidence/desk.h \
	src/evidence/evidence.c src/evidence/evidence.h src/evidence/evidence_internal.h \
	src/evidence/dns.c src/evidence/web.c
ASSESS_SOURCES = \
	src/assess/assess.c src/assess/assess.h \
	src/assess/comply.c src/assess/config.c src/assess/config.def src/assess/config.h \
	src/assess/embed.c src/assess/explain.c src/assess/fix.c \
	src/assess/evidence.c src/assess/evidence.h \
	src/assess/evidence_other.c src/assess/evidence_other.h \
	src/assess/evidence_pki.c src/assess/evidence_pki.h \
	src/assess/advice.c src/assess/advice.h \
	src/assess/evidence_outside.c src/assess/evidence_outside.h \
	src/assess/grade.c src/assess/grade.h \
	src/assess/lifts.c src/assess/reasons.c src/assess/words.h \
	src/assess/line.c src/assess/line.h \
	src/assess/policy.c src/assess/policy.h src/assess/policy_text.c \
	src/assess/read.c src/assess/read.h src/assess/read_cond.c \
	src/assess/rule.c src/assess/rule.h
REPORT_SOURCES = \
	src/report/page.h src/report/page_cert.c src/report/page_certs.c src/report/page_clients.c src/report/page_comply.c \
	src/report/outside.c src/report/outside.h src/report/page_outside.c \
	src/report/page_explain.c src/report/page_facts.c \
	src/report/page_findings.c src/report/page_flights.c src/report/page_head.c \
	src/report/page_kex.c src/report/page_suites.c src/report/page_trust.c \
	src/report/page_value.c \
	src/report/term.c src/report/term.h src/report/text.c \
	src/report/facts_json.c src/report/facts_json.h \
	src/report/report.c src/report/report.h src/report/formats.def \
	src/report/escape.c src/report/escape.h \
	src/report/csv.c src/report/github.c src/report/gitlab.c \
	src/report/html.c src/report/html.h src/report/html_certs.c src/report/html_config.c \
	src/report/html_facts.c src/report/html_findings.c \
	src/report/html_outside.c src/report/html_page.c src/report/html_page.h src/report/html_style.c \
	src/report/junit.c src/report/nagios.c src/report/prometheus.c src/report/sarif.c \
	src/report/ops.c src/report/ops.h src/report/status.c src/report/status.h \
	src/report/json.c src/report/record_json.c src/report/record_json.h \
	src/report/jsonw.c src/report/jsonw.h \
	src/report/tree.c src/report/tree.h

CLI_SOURCES = \
	src/chainfile.c src/chainfile.h src/fixfile.c src/fixfile.h \
	src/coordinator.c src/coordinator.h src/follow.c src/follow.h \
	src/diff.c src/diff.h src/diff_internal.h src/diff_pki.c \
	src/difffiles.c src/difffiles.h src/diffio.c src/diffio.h \
	src/watch.c src/watch.h \
	src/baseline.c src/baseline.h src/from.c src/from.h \
	src/judge.c src/judge.h src/jsonl.c src/jsonl.h \
	src/locate.c src/locate.h src/output.c src/output.h \
	src/parties.c src/parties.h \
	src/bulk/bulk.c src/bulk/bulk.h src/bulk/bulk_internal.h src/bulk/turn.c src/bulk/unit.c \
	src/bulk/collect.c src/bulk/collect.h \
	src/bulk/crew.c src/bulk/crew.h \
	src/bulk/crowd.c src/bulk/crowd.h \
	src/bulk/exclude.c src/bulk/exclude.h \
	src/bulk/feed.c src/bulk/feed.h \
	src/bulk/journal.c src/bulk/journal.h \
	src/bulk/list.c src/bulk/list.h \
	src/bulk/meter.c src/bulk/meter.h \
	src/bulk/metrics.c src/bulk/metrics.h \
	src/bulk/post.c src/bulk/post.h \
	src/bulk/queue.c src/bulk/queue.h src/bulk/queue_options.c src/bulk/queue_options.h \
	src/bulk/resume.c src/bulk/resume.h \
	src/bulk/sandbox.c src/bulk/sandbox.h \
	src/bulk/shared.c src/bulk/shared.h \
	src/bulk/spool.c src/bulk/spool.h \
	src/bulk/window.c src/bulk/window.h \
	src/bulk/work.c src/bulk/work.h src/bulk/worker.c src/bulk/worker.h \
	src/job.c src/job.h \
	src/mail.c src/mail.h \
	src/profile.c src/profile.h \
	src/progress.c src/progress.h \
	src/queue_cli.c src/queue_cli.h \
	src/setup.c src/setup.h \
	src/sink.c src/sink.h \
	src/adapt/idn.c src/adapt/idn.h \
	src/gate.c src/gate.h \
	src/info.c src/info.h src/info_schema.c \
	src/options.c src/options.h src/options.def src/options_internal.h \
	src/options_args.c src/options_check.c src/options_help.c \
	src/target.c src/target.h

FEED_SOURCES = \
	src/feeds/certdata.c src/feeds/csv.c src/feeds/feed.c src/feeds/feed.h \
	src/feeds/feed_internal.h src/feeds/jks.c src/feeds/merge.c src/feeds/merge.h \
	src/feeds/stl.c src/feeds/stl_signature.c src/feeds/textproto.c

# Numbers of a population, out of the records of a scan.
PULSE_SOURCES = \
	src/pulse/db.c src/pulse/db.h \
	src/pulse/keyset.c src/pulse/keyset.h \
	src/pulse/lines.c src/pulse/lines.h \
	src/pulse/measure.c src/pulse/measure.def src/pulse/measure.h \
	src/pulse/owner.c src/pulse/owner.h \
	src/pulse/population.c src/pulse/population.h \
	src/pulse/show.c src/pulse/show.h src/pulse/show_csv.c \
	src/pulse/show_html.c src/pulse/show_html.h src/pulse/show_html_lists.c \
	src/pulse/show_style.c \
	src/pulse/show_json.c src/pulse/show_text.c \
	src/pulse/take.c src/pulse/take.h \
	src/pulse/tally.c src/pulse/tally.h src/pulse/tally_compare.c src/pulse/tally_internal.h \
	src/pulse/tally_own.c src/pulse/tally_owner.c src/pulse/tally_series.c \
	src/pulse/tally_trust.c \
	src/pulse/walk.c src/pulse/walk.h

bin_PROGRAMS += tlsaudit
tlsaudit_SOURCES = src/main.c
tlsaudit_LDADD = libtlsaudit.a $(LIBS_ALL)

bin_PROGRAMS += tlsaudit-diff
tlsaudit_diff_SOURCES = src/diff_main.c
tlsaudit_diff_LDADD = libtlsaudit.a $(LIBS_ALL)

# Second passes over the output of a scan.
bin_PROGRAMS += tlsaudit-merge tlsaudit-shared
tlsaudit_merge_SOURCES = src/merge_main.c
tlsaudit_merge_LDADD = libtlsaudit.a $(LIBS_ALL)
tlsaudit_shared_SOURCES = src/shared_main.c
tlsaudit_shared_LDADD = libtlsaudit.a $(LIBS_ALL)

# The two ends of a queue.
bin_PROGRAMS += tlsaudit-feed tlsaudit-sink
tlsaudit_feed_SOURCES = src/feed_main.c
tlsaudit_feed_LDADD = libtlsaudit.a $(LIBS_ALL)
tlsaudit_sink_SOURCES = src/sink_main.c
tlsaudit_sink_LDADD = libtlsaudit.a $(LIBS_ALL)

bin_PROGRAMS += tlsaudit-stores
tlsaudit_stores_SOURCES = src/stores_main.c
tlsaudit_stores_LDADD = libtlsaudit.a $(LIBS_ALL)

bin_PROGRAMS += tlsaudit-pulse
tlsaudit_pulse_SOURCES = src/pulse_main.c
tlsaudit_pulse_LDADD = libtlsaudit.a $(LIBS_ALL)
