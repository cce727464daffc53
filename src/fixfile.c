/* fixfile - see fixfile.h. */
#include "config.h"

#include "fixfile.h"

#include "base/text.h"
#include "derive/fixchain.h"
#include "pki/cert.h"
#include "sink.h"

enum { SCRATCH = 4 << 20, NAME_SIZE = 512, URL_SIZE = 1024 };

/* "mozilla, chrome": the stores of these bits. */
static const char *
names(uint32_t bits, const struct store_set *stores, struct arena *a)
{
	const char *text = "";

	for (size_t i = 0; i < store_count(stores); i++)
		if ((bits & STORE_BIT(i)) != 0)
			text = arena_printf(
			    a, "%s%s%s", text, *text != '\0' ? ", " : "", store_name(stores, i));
	return text;
}

/* The file of the i-th deployment that counts. */
static const char *
path_of(const struct options *o, size_t i, struct arena *a)
{
	return i == 0 ? o->fix_chain : arena_printf(a, "%s.%zu", o->fix_chain, i + 1);
}

static const char *
subject_of(struct span der, struct arena *a)
{
	struct cert c;
	const char *who = cert_parse(der, &c) ? dn_arena(a, c.subject) : "";

	return text_clean(a, span_str(who), NAME_SIZE);
}

/* From where a certificate is that was not sent. */
static const char *
origin(enum path_source s)
{
	switch (s) {
	case PATH_OTHER:
		return "from another chain of the server";
	case PATH_EXTRA:
		return "from a --store file";
	case PATH_AIA:
		return "fetched from where the certificate below it says (AIA)";
	default:
		return "from a trust store";
	}
}

static bool
put_cert(FILE *to, struct span der, struct arena *a)
{
	return fprintf(to, "# %s\n", subject_of(der, a)) > 0 &&
	       fputs(text_pem(a, "CERTIFICATE", der), to) >= 0;
}

static enum exit_status
write_bundle(const char *path, const struct chain_fix *fix, struct arena *a)
{
	char err[NAME_SIZE];
	struct sink s;
	bool good = true;

	if (!sink_open(&s, path, err, sizeof(err))) {
		(void)fprintf(stderr, "tlsaudit: --fix-chain: %s\n", err);
		return EXIT_INTERNAL;
	}
	for (size_t i = 0; i < fix->n; i++)
		good = good && put_cert(s.to, fix->certs[i], a);
	if (sink_close(&s, good, err, sizeof(err)) && good)
		return EXIT_PASS;
	(void)fprintf(stderr, "tlsaudit: --fix-chain: %s\n", good ? err : "writing failed");
	return EXIT_INTERNAL;
}

static void
tell_written(const struct options *o, const struct fixfile_ask *q, const char *path,
    const struct chain_fix *fix, struct arena *a)
{
	uint32_t without = q->asked & ~fix->stores;

	if (o->verbose < 0)
		return;
	(void)fprintf(stderr, "tlsaudit: %s: %zu certificate%s%s, trusted by %s%s%s\n", path, fix->n,
	    fix->n == 1 ? "" : "s", fix->kind == CHAIN_FIX_AS_SENT ? ", as before" : "",
	    names(fix->stores, q->stores, a), without != 0 ? "; not by " : "",
	    names(without, q->stores, a));
	for (size_t i = 0; i < fix->n; i++)
		if (fix->sources[i] != PATH_SENT)
			(void)fprintf(stderr, "  added    %s, %s\n", subject_of(fix->certs[i], a),
			    origin(fix->sources[i]));
}

static void
tell_missing(const char *path, const struct chain_missing *m, struct arena *a)
{
	(void)fprintf(stderr, "tlsaudit: %s was not written: a certificate is missing\n", path);
	(void)fprintf(
	    stderr, "  subject  %s\n", text_clean(a, span_str(m->subject), NAME_SIZE));
	if (m->key_id.n > 0)
		(void)fprintf(stderr, "  key id   %s\n", text_hex(a, m->key_id));
	if (m->sha256.n > 0)
		(void)fprintf(stderr, "  SHA-256  %s\n", text_hex(a, m->sha256));
	(void)fprintf(stderr, "  from     %s\n",
	    m->url.n > 0 ? text_clean(a, m->url, URL_SIZE)
			 : "its issuer: the certificate below it names no address");
}

static enum exit_status
fix_one(const struct options *o, const struct fixfile_ask *q, const char *path,
    const struct chain_fix *fix, struct arena *a)
{
	enum exit_status status;

	switch (fix->kind) {
	case CHAIN_FIX_AS_SENT:
	case CHAIN_FIX_BUNDLE:
		status = write_bundle(path, fix, a);
		if (status == EXIT_PASS)
			tell_written(o, q, path, fix, a);
		return status;
	case CHAIN_FIX_MISSING:
		for (size_t i = 0; i < fix->n_missing; i++)
			tell_missing(path, &fix->missing[i], a);
		return EXIT_POLICY;
	case CHAIN_FIX_NONE:
		break;
	}
	(void)fprintf(stderr,
	    "tlsaudit: %s was not written: whatever is sent, none of %s trusts this leaf\n", path,
	    names(q->asked, q->stores, a));
	return EXIT_POLICY;
}

enum exit_status
fixfile_write(const struct options *o, const struct fixfile_ask *q)
{
	struct arena *a = arena_new(SCRATCH);
	struct fixchain *v = arena_alloc(a, DEPLOYMENTS_MAX * sizeof(*v));
	size_t n = fixchain_find(q->facts, q->host, q->stores, q->asked, q->now, a, v);
	enum exit_status status = EXIT_PASS;

	for (size_t i = 0; i < n; i++)
		status = exit_worse(status, fix_one(o, q, path_of(o, i, a), &v[i].fix, a));
	if (n == 0) {
		(void)fprintf(
		    stderr, "tlsaudit: --fix-chain: there is no certificate to begin with\n");
		status = EXIT_NOT_ASSESSED;
	}
	arena_free(a);
	return status;
}
