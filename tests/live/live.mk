# The live tier: real servers on loopback, in known configurations (make check-live), and servers
# that misbehave.  Each test skips itself (77) when the server it needs is not installed.
LIVE_TESTS = \
	tests/live/test_bulk.py tests/live/test_bulk_online.py tests/live/test_bulk_report.py \
	tests/live/test_aia.py \
	tests/live/test_chain.py \
	tests/live/test_chainfile.py \
	tests/live/test_clients.py \
	tests/live/test_connection.py \
	tests/live/test_diff.py tests/live/test_watch.py tests/live/test_page.py \
	tests/live/test_compliance.py tests/live/test_config.py \
	tests/live/test_dns.py \
	tests/live/test_features.py \
	tests/live/test_formats.py \
	tests/live/test_flaws.py \
	tests/live/test_gnutls.py \
	tests/live/test_grade.py \
	tests/live/test_handshake.py \
	tests/live/test_hostile.py \
	tests/live/test_jsse.py \
	tests/live/test_nginx.py \
	tests/live/test_nss.py \
	tests/live/test_openssl.py \
	tests/live/test_names.py \
	tests/live/test_oracle.py \
	tests/live/test_oracles.py \
	tests/live/test_patched.py \
	tests/live/test_revocation.py \
	tests/live/test_proxies.py \
	tests/live/test_pulse.py \
	tests/live/test_queue.py \
	tests/live/test_schema.py \
	tests/live/test_sslv2.py \
	tests/live/test_stacks.py \
	tests/live/test_starttls.py \
	tests/live/test_stores.py \
	tests/live/test_targets.py \
	tests/live/test_way.py tests/live/test_mutual.py tests/live/test_tickets.py
LIVE_HELPERS = \
	tests/live/LiveServer.java tests/live/live_server.escript \
	tests/live/live_server.go tests/live/a11y.js tests/live/audit.py tests/live/browser.py tests/live/daemons.py tests/live/dns.py \
	tests/live/hostile.py tests/live/lists.py tests/live/live.py tests/live/oracle.py tests/live/pki.py \
	tests/live/more_servers.py \
	tests/live/preamble.py tests/live/rogue.py tests/live/schema.py tests/live/servers.py tests/live/validators.py tests/live/way.py \
	tests/live/web.py \
	tests/live/whole.py tests/live/zone.py
TESTS += $(LIVE_TESTS)
EXTRA_DIST += $(LIVE_TESTS) $(LIVE_HELPERS)

check-live: all tests/live/converse tests/live/lookup
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(LIVE_TESTS)' check_PROGRAMS=

# What old_node() of servers.py has fetched.
distclean-local:
	rm -rf tests/cache

# Names, without the rest of the program: what test_dns.py asks with.
check_PROGRAMS += tests/live/lookup
tests_live_lookup_SOURCES = tests/live/lookup.c
tests_live_lookup_LDADD = libtlsaudit.a $(LIBS_ALL)

# The engine, without the rest of the program: what test_handshake.py talks with.
check_PROGRAMS += tests/live/converse
tests_live_converse_SOURCES = tests/live/converse.c
tests_live_converse_LDADD = libtlsaudit.a $(LIBS_ALL)
