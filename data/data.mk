# Shipped data: see data/README.
EXTRA_DIST += data/README

# The trust stores: text in data/trust, made into one block (src/pki/bundle.h) by a program of the
# build machine, and embedded by src/pki/embed.c.
trust_text = data/trust/stores.csv data/trust/membership.csv data/trust/intermediates.csv \
	data/trust/onecrl.csv data/trust/ev.csv data/trust/roots.pem
EXTRA_DIST += $(trust_text) data/gen/gen-stores.c data/gen/refresh-trust.py data/gen/refresh-lists.py
gen_stores_from = $(srcdir)/data/gen/gen-stores.c $(srcdir)/src/pki/bundle_write.c \
	$(srcdir)/src/pki/pem.c $(srcdir)/src/pki/der.c $(srcdir)/src/base/xalloc.c \
	$(srcdir)/src/base/check.c
gen_stores_with = $(srcdir)/src/pki/bundle_write.h $(srcdir)/src/pki/bundle.h \
	$(srcdir)/src/pki/store.h $(srcdir)/src/pki/pem.h $(srcdir)/src/pki/der.h

data/gen/gen-stores: $(gen_stores_from) $(gen_stores_with)
	@$(MKDIR_P) data/gen
	$(AM_V_CC)$(CC_FOR_BUILD) -std=c11 -D_GNU_SOURCE -O1 -I$(srcdir)/src -o $@ \
	    $(gen_stores_from)

src/pki/stores.bin: data/gen/gen-stores $(trust_text)
	@$(MKDIR_P) src/pki
	$(AM_V_GEN)data/gen/gen-stores $(srcdir)/data/trust $@.tmp && mv $@.tmp $@

src/pki/embed.$(OBJEXT): src/pki/stores.bin
BUILT_SOURCES += src/pki/stores.bin
CLEANFILES += data/gen/gen-stores src/pki/stores.bin

# The HSTS preload list, embedded as it is by src/tls/preload.c.
EXTRA_DIST += data/hsts/preload.txt
src/tls/preload.bin: data/hsts/preload.txt
	@$(MKDIR_P) src/tls
	$(AM_V_GEN)cp $(srcdir)/data/hsts/preload.txt $@.tmp && mv -f $@.tmp $@

src/tls/preload.$(OBJEXT): src/tls/preload.bin
BUILT_SOURCES += src/tls/preload.bin
CLEANFILES += src/tls/preload.bin

# The policies, embedded as they are by src/assess/embed.c.
policydir = $(pkgdatadir)/policy
dist_policy_DATA = \
	data/policy/ssllabs-2009r.json \
	data/policy/mozilla-modern.json data/policy/mozilla-intermediate.json \
	data/policy/mozilla-modern-5.8.json data/policy/mozilla-intermediate-5.8.json \
	data/policy/nist-800-52r2.json \
	data/policy/bsi-tr-02102-2.json \
	data/policy/pci-dss-4.json
policy_bins = \
	src/assess/ssllabs-2009r.bin \
	src/assess/mozilla-modern.bin src/assess/mozilla-intermediate.bin \
	src/assess/mozilla-modern-5.8.bin src/assess/mozilla-intermediate-5.8.bin \
	src/assess/nist-800-52r2.bin \
	src/assess/bsi-tr-02102-2.bin \
	src/assess/pci-dss-4.bin
$(policy_bins): $(dist_policy_DATA)
	@$(MKDIR_P) src/assess
	$(AM_V_GEN)cp $(srcdir)/data/policy/`basename $@ .bin`.json $@.tmp && mv -f $@.tmp $@

src/assess/embed.$(OBJEXT): $(policy_bins)
BUILT_SOURCES += $(policy_bins)
CLEANFILES += $(policy_bins)

# Whom a scan of a list leaves alone, embedded by src/bulk/exclude.c.
dist_pkgdata_DATA = data/exclude.conf
src/bulk/exclude.bin: data/exclude.conf
	@$(MKDIR_P) src/bulk
	$(AM_V_GEN)cp $(srcdir)/data/exclude.conf $@.tmp && mv -f $@.tmp $@

src/bulk/exclude.$(OBJEXT): src/bulk/exclude.bin
BUILT_SOURCES += src/bulk/exclude.bin
CLEANFILES += src/bulk/exclude.bin

# The style sheet of --format html, embedded as it is by src/report/html_style.c.
EXTRA_DIST += data/html/report.css
src/report/css.bin: data/html/report.css
	@$(MKDIR_P) src/report
	$(AM_V_GEN)cp $(srcdir)/data/html/report.css $@.tmp && mv -f $@.tmp $@

src/report/html_style.$(OBJEXT): src/report/css.bin
BUILT_SOURCES += src/report/css.bin
CLEANFILES += src/report/css.bin

# What a population's page has beside that, embedded by src/pulse/show_style.c.
EXTRA_DIST += data/html/pulse.css
src/pulse/css.bin: data/html/pulse.css
	@$(MKDIR_P) src/pulse
	$(AM_V_GEN)cp $(srcdir)/data/html/pulse.css $@.tmp && mv -f $@.tmp $@

src/pulse/show_style.$(OBJEXT): src/pulse/css.bin
BUILT_SOURCES += src/pulse/css.bin
CLEANFILES += src/pulse/css.bin

# The Certificate Transparency logs: a generated table, committed (tests/lint/ct_logs.sh).
EXTRA_DIST += data/ct/log_list.csv data/gen/ct_logs.awk
.PHONY: tables-ct
tables: tables-ct
tables-ct:
	$(AM_V_GEN)awk -f $(srcdir)/data/gen/ct_logs.awk $(srcdir)/data/ct/log_list.csv \
	    >$(srcdir)/src/pki/ct_logs.def

# Keys whose private half is public: a generated table, committed (tests/lint/published.sh).
EXTRA_DIST += data/keys/published.csv data/gen/published.awk data/gen/refresh-keys.py
.PHONY: tables-keys
tables: tables-keys
tables-keys:
	$(AM_V_GEN)awk -f $(srcdir)/data/gen/published.awk $(srcdir)/data/keys/published.csv \
	    >$(srcdir)/src/pki/published.def

# Well-known Diffie-Hellman primes: a generated table, committed (tests/lint/dhprimes.sh).
dh_text = data/dh/standard.txt data/dh/common.txt
EXTRA_DIST += $(dh_text) data/gen/dhprimes.awk data/gen/refresh-dh.py
.PHONY: tables-dh
tables: tables-dh
tables-dh:
	$(AM_V_GEN)awk -f $(srcdir)/data/gen/dhprimes.awk $(srcdir)/data/dh/standard.txt \
	    $(srcdir)/data/dh/common.txt >$(srcdir)/src/tls/dhprimes.def

# The manual, the completions and the schema of a report: made from the program's own tables by
# data/gen/gen-docs.c, and committed, so that no build has to run it (tests/lint/docs.sh).
made_MANS = src/tlsaudit.1 src/tlsaudit-json.5 src/tlsaudit-policy.5 src/tlsaudit-report.7
dist_man_MANS += $(made_MANS) src/tlsaudit-diff.1 src/tlsaudit-stores.1 src/tlsaudit-pulse.1 \
	src/tlsaudit-feed.1 src/tlsaudit-sink.1 src/tlsaudit-merge.1 src/tlsaudit-shared.1 \
	src/tlsaudit-guest.7
EXTRA_DIST += src/tlsaudit.1.in src/tlsaudit-json.5.in src/tlsaudit-policy.5.in \
	src/tlsaudit-report.7.in
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = data/completions/tlsaudit
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = data/completions/_tlsaudit
schemadir = $(pkgdatadir)/schema
dist_schema_DATA = data/schema/tlsaudit-report-1.json data/schema/tlsaudit-pulse-1.json
check_PROGRAMS += data/gen/gen-docs
data_gen_gen_docs_SOURCES = data/gen/gen-docs.c
data_gen_gen_docs_LDADD = libtlsaudit.a $(LIBS_ALL)
.PHONY: tables-docs
tables: tables-docs
tables-docs: data/gen/gen-docs
	$(AM_V_GEN)for f in $(made_MANS:%=man:%) bash:data/completions/tlsaudit \
	    zsh:data/completions/_tlsaudit schema:data/schema/tlsaudit-report-1.json; do \
	  data/gen/gen-docs $${f%%:*} $(srcdir)/$${f#*:}.in >docs.tmp && \
	  { cmp -s docs.tmp $(srcdir)/$${f#*:} || cp docs.tmp $(srcdir)/$${f#*:}; } && \
	  rm -f docs.tmp || exit 1; done

# The code points of TLS: registries to tables, generated and committed (tests/lint/tables.sh).
EXTRA_DIST += data/iana/suites.csv data/iana/suites_ssl2.csv data/iana/groups.csv \
	data/iana/sigalgs.csv data/iana/exts.csv data/iana/alerts.csv data/iana/versions.csv \
	data/gen/suites.awk data/gen/groups.awk data/gen/sigalgs.awk data/gen/names.awk \
	data/gen/tables.sh data/clients/clients.csv data/gen/clients.awk data/gen/refresh-clients.py
.PHONY: tables-tls
tables: tables-tls
tables-tls:
	$(AM_V_GEN)AWK='$(AWK)' $(SHELL) $(srcdir)/data/gen/tables.sh $(srcdir) $(srcdir)/src/tls

# Templates for pipelines and monitoring, and the units of a daily scan.
cidir = $(pkgdatadir)/ci
dist_ci_DATA = data/ci/action.yml data/ci/gitlab.yml data/ci/icinga2.conf
systemdsystemunitdir = $(prefix)/lib/systemd/system
dist_systemdsystemunit_DATA = data/systemd/tlsaudit-scan@.service data/systemd/tlsaudit-scan@.timer
