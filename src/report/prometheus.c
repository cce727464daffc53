/*
 * prometheus - metrics in the text format, for node_exporter's textfile collector; and the same as
 * OpenMetrics.
 *
 *	tlsaudit_cert_not_after_timestamp_seconds{target="www.example.org:443",...} 1.7e9
 *
 * All samples of a metric stand together, so every endpoint's are kept until the end.  Of several
 * records of one endpoint the last counts: a series may come once.  What is unknown has no sample.
 * There are no timestamps.
 */
#include "config.h"

#include "report/ops.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/xalloc.h"
#include "report/escape.h"

enum family {
	SUCCESS,
	TIMESTAMP,
	DURATION,
	GRADE,
	SCORE,
	NOT_AFTER,
	PROTOCOL,
	FINDING,
	COMPLIANCE,
	DEVIATION,
	BLACKBOX_EXPIRY, /* from here on with --prom-compat only */
	SSL_NOT_AFTER,
	FAMILY__MAX
};

static const struct {
	const char *name, *help;
	bool info; /* OpenMetrics: of type info, its name without "_info" */
} families[] = {
    [SUCCESS] = {"tlsaudit_probe_success", "Whether the endpoint could be assessed.", false},
    [TIMESTAMP] = {"tlsaudit_probe_timestamp_seconds", "When the audit began.", false},
    [DURATION] = {"tlsaudit_probe_duration_seconds", "How long the audit took.", false},
    [GRADE] = {"tlsaudit_grade_info", "The grade, and the policy it follows.", true},
    [SCORE] = {"tlsaudit_score_ratio", "The score of the grade, from 0 to 1.", false},
    [NOT_AFTER] = {"tlsaudit_cert_not_after_timestamp_seconds",
	"The end of a certificate that is sent; position 0 is the leaf.", false},
    [PROTOCOL] = {"tlsaudit_protocol_supported", "Whether a protocol version is accepted.", false},
    [FINDING] = {"tlsaudit_finding", "A finding: always 1.", false},
    [COMPLIANCE] = {"tlsaudit_compliance_passed", "Whether a policy of --compliance is passed.", false},
    [DEVIATION] = {"tlsaudit_deviation",
	"A rule of a policy of --compliance that is not kept: always 1.", false},
    [BLACKBOX_EXPIRY] = {"probe_ssl_earliest_cert_expiry",
	"The end of the certificate that ends first (blackbox_exporter).", false},
    [SSL_NOT_AFTER] = {"ssl_cert_not_after", "The end of a certificate (ssl_exporter).", false},
};

struct endpoint {
	char *key;
	char *text[FAMILY__MAX]; /* its samples, or NULL */
};

struct metrics {
	struct endpoint *v;
	size_t n, room;
};

struct samples { /* of one record */
	FILE *to[FAMILY__MAX];
	size_t size[FAMILY__MAX];
	struct endpoint *ep;
	const struct record *r;
	struct arena *arena;
};

/* ---- one sample ---- */

static void
label(FILE *to, const char *name, const char *value)
{
	fprintf(to, ",%s=\"", name);
	escape_prom(to, value);
	putc('"', to);
}

/* The name and the labels that every sample has; the caller adds others, "} ", a value. */
static FILE *
sample(struct samples *s, enum family f)
{
	FILE *to = s->to[f];

	fprintf(to, "%s{target=\"", families[f].name);
	escape_prom(to, ops_host_port(s->r, s->arena));
	putc('"', to);
	label(to, "address", s->r->address);
	return to;
}

static void
put_seconds(struct samples *s, enum family f, uint64_t ms)
{
	fprintf(sample(s, f), "} %" PRIu64 ".%03" PRIu64 "\n", ms / 1000, ms % 1000);
}

/* ---- the families ---- */

/* The common name in an RFC 4514 name: what stands behind "CN=" up to a comma that is not
 * escaped. */
static const char *
cn_of(const char *name, struct arena *a)
{
	const char *at = name, *end;

	while (at != NULL && strncmp(at, "CN=", 3) != 0) {
		at = strchr(at, ',');
		at = at != NULL ? at + 1 : NULL;
	}
	if (at == NULL)
		return "";
	for (end = at += 3; *end != '\0' && *end != ','; end++)
		if (*end == '\\' && end[1] != '\0')
			end++;
	return arena_strn(a, at, (size_t)(end - at));
}

/* A serial number in decimal, as ssl_exporter writes it; more than 32 bytes are cut. */
static const char *
decimal(struct span serial, struct arena *a)
{
	uint8_t n[32];
	size_t len = serial.n < sizeof(n) ? serial.n : sizeof(n);
	char digits[80], *at = digits + sizeof(digits) - 1;
	bool any = true;

	memcpy(n, serial.p, len);
	*at = '\0';
	while (any) {
		unsigned rest = 0;

		any = false;
		for (size_t i = 0; i < len; i++) {
			unsigned v = rest << 8 | n[i];

			n[i] = (uint8_t)(v / 10);
			rest = v % 10;
			any = any || n[i] != 0;
		}
		*--at = (char)('0' + rest);
	}
	return arena_str(a, at);
}

static void
put_certificate(struct samples *s, const struct facts *c, size_t position, bool compat)
{
	const char *cn = fact_str(c, F_CERT_CN),
		   *issuer = cn_of(fact_str(c, F_CERT_ISSUER), s->arena);
	struct span serial = fact_hex(c, F_CERT_SERIAL);
	int64_t end = fact_time(c, F_CERT_NOT_AFTER);
	FILE *to = sample(s, NOT_AFTER);

	fprintf(to, ",position=\"%zu\"", position);
	label(to, "serial", text_hex(s->arena, serial));
	label(to, "cn", cn);
	label(to, "issuer_cn", issuer);
	fprintf(to, "} %" PRId64 "\n", end);
	if (!compat)
		return;
	to = sample(s, SSL_NOT_AFTER);
	fprintf(to, ",chain_no=\"%zu\"", position);
	label(to, "serial_no", decimal(serial, s->arena));
	label(to, "cn", cn);
	label(to, "issuer_cn", issuer);
	fprintf(to, "} %" PRId64 "\n", end);
}

/* Was this certificate at this place of an earlier deployment? */
static bool
came_before(const struct facts *f, size_t deployment, size_t position, uint16_t cert)
{
	for (size_t d = 0; d < deployment; d++) {
		struct u16s chain = fact_u16s(fact_row(f, K_DEPLOY, d), F_DEPLOY_CHAIN);

		if (position < chain.n && chain.v[position] == cert)
			return true;
	}
	return false;
}

static bool
same_twice(struct u16s chain, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (chain.v[k] == chain.v[i])
			return true;
	return false;
}

static void
put_certificates(struct samples *s, bool compat)
{
	const struct facts *f = s->r->facts, *c;
	int64_t first = INT64_MAX;

	for (size_t d = 0; d < fact_rows(f, K_DEPLOY); d++) {
		struct u16s chain = fact_u16s(fact_row(f, K_DEPLOY, d), F_DEPLOY_CHAIN);

		for (size_t i = 0; i < chain.n; i++) {
			if (chain.v[i] >= fact_rows(f, K_CERT) || same_twice(chain, i) ||
			    came_before(f, d, i, chain.v[i]))
				continue;
			c = fact_row(f, K_CERT, chain.v[i]);
			if (!fact_known(c, F_CERT_NOT_AFTER))
				continue;
			put_certificate(s, c, i, compat);
			if (fact_time(c, F_CERT_NOT_AFTER) < first)
				first = fact_time(c, F_CERT_NOT_AFTER);
		}
	}
	if (compat && first != INT64_MAX)
		fprintf(sample(s, BLACKBOX_EXPIRY), "} %" PRId64 "\n", first);
}

static void
put_protocols(struct samples *s)
{
	static const struct {
		enum fact_id id;
		const char *name;
	} versions[] = {{F_PROTO_SSL2, "SSLv2"}, {F_PROTO_SSL3, "SSLv3"},
	    {F_PROTO_TLS1_0, "TLS 1.0"}, {F_PROTO_TLS1_1, "TLS 1.1"}, {F_PROTO_TLS1_2, "TLS 1.2"},
	    {F_PROTO_TLS1_3, "TLS 1.3"}};

	for (size_t i = 0; i < N_ELEMENTS(versions); i++) {
		enum tri t = fact_tri(s->r->facts, versions[i].id);
		FILE *to;

		if (t == TRI_UNKNOWN)
			continue;
		to = sample(s, PROTOCOL);
		label(to, "protocol", versions[i].name);
		fprintf(to, "} %d\n", t == TRI_YES);
	}
}

static void
put_assessment(struct samples *s)
{
	const struct assessment *as = s->r->assessment;
	FILE *to = sample(s, GRADE);

	label(to, "grade", as->grade != NULL ? as->grade : "");
	label(to, "ruleset", s->r->policy);
	fputs("} 1\n", to);
	if (as->score >= 0)
		fprintf(sample(s, SCORE), "} %d.%02d\n", as->score / 100, as->score % 100);
	for (size_t i = 0; i < as->n_findings; i++) {
		to = sample(s, FINDING);
		label(to, "rule", as->findings[i].id);
		label(to, "severity", severity_name(as->findings[i].sev));
		fputs("} 1\n", to);
	}
}

/* What could not be judged whole has no sample. */
static void
put_compliance(struct samples *s)
{
	const struct assessment *as = s->r->assessment;
	size_t n;
	const struct finding *v = ops_deviations(s->r, s->arena, &n);
	FILE *to;

	for (size_t i = 0; i < as->n_compliance; i++) {
		const struct compliance *c = &as->compliance[i];

		if (c->passes == TRI_UNKNOWN)
			continue;
		to = sample(s, COMPLIANCE);
		label(to, "policy", c->policy);
		label(to, "edition", c->edition);
		fprintf(to, "} %d\n", c->passes == TRI_YES);
	}
	for (size_t i = 0; i < n; i++) {
		if (v[i].waived)
			continue;
		to = sample(s, DEVIATION);
		label(to, "policy", v[i].policy);
		label(to, "rule", v[i].id + strlen(v[i].policy) + 1);
		label(to, "level", v[i].must ? "must" : "should");
		fputs("} 1\n", to);
	}
}

/* ---- the whole ---- */

static struct endpoint *
endpoint_of(struct metrics *m, const char *key)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->v[i].key, key) == 0)
			return &m->v[i];
	if (m->n == m->room) {
		m->room = m->room > 0 ? 2 * m->room : 16;
		m->v = xrealloc(m->v, m->room * sizeof(*m->v));
	}
	m->v[m->n] = (struct endpoint){.key = xstrdup(key)};
	return &m->v[m->n++];
}

static bool
close_samples(struct samples *s)
{
	bool good = true;

	for (size_t i = 0; i < FAMILY__MAX; i++)
		good = (s->to[i] != NULL && fclose(s->to[i]) == 0) && good;
	return good;
}

static bool
record(struct report *out, const struct record *r)
{
	struct metrics *m = out->state;
	struct samples s = {.r = r, .arena = arena_new(4 << 20)};
	bool assessed = r->assessment != NULL && ops_assessed(r), good = true;

	s.ep = endpoint_of(m,
	    arena_printf(s.arena, "%s %s", ops_host_port(r, s.arena),
		r->address != NULL ? r->address : ""));
	for (size_t i = 0; i < FAMILY__MAX; i++) {
		free(s.ep->text[i]);
		s.ep->text[i] = NULL;
		s.to[i] = open_memstream(&s.ep->text[i], &s.size[i]);
		good = good && s.to[i] != NULL;
	}
	if (good) {
		fprintf(sample(&s, SUCCESS), "} %d\n", assessed);
		fprintf(sample(&s, TIMESTAMP), "} %" PRId64 "\n", r->time);
		put_seconds(&s, DURATION, r->elapsed_ms);
	}
	if (good && assessed) {
		put_assessment(&s);
		put_compliance(&s);
		put_protocols(&s);
		put_certificates(&s, out->o->prom_compat);
	}
	good = close_samples(&s) && good;
	arena_free(s.arena);
	return good;
}

static void
head(FILE *to, enum family f, bool open)
{
	const char *name = families[f].name;
	size_t n = strlen(name);
	bool info = open && families[f].info;

	if (info)
		n -= strlen("_info");
	fprintf(to, "# HELP %.*s %s\n# TYPE %.*s %s\n", (int)n, name, families[f].help, (int)n,
	    name, info ? "info" : "gauge");
}

static bool
write_all(struct report *out, bool open)
{
	const struct metrics *m = out->state;

	for (int f = 0; f < FAMILY__MAX; f++) {
		bool any = false;

		for (size_t i = 0; i < m->n; i++)
			if (m->v[i].text[f] != NULL && m->v[i].text[f][0] != '\0') {
				if (!any)
					head(out->to, (enum family)f, open);
				any = true;
				fputs(m->v[i].text[f], out->to);
			}
	}
	if (open)
		fputs("# EOF\n", out->to);
	return ops_written(out->to);
}

static bool
end(struct report *out)
{
	return write_all(out, false);
}

static bool
end_open(struct report *out)
{
	return write_all(out, true);
}

static void
free_state(struct report *out)
{
	struct metrics *m = out->state;

	for (size_t i = 0; i < m->n; i++) {
		free(m->v[i].key);
		for (int f = 0; f < FAMILY__MAX; f++)
			free(m->v[i].text[f]);
	}
	free(m->v);
}

const struct report_ops ops_prometheus = {
    .record = record, .end = end, .free = free_state, .state_size = sizeof(struct metrics)};
const struct report_ops ops_openmetrics = {
    .record = record, .end = end_open, .free = free_state, .state_size = sizeof(struct metrics)};
