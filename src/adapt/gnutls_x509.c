/* gnutls_x509 - see gnutls_x509.h. */
#include "adapt/gnutls_x509.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <time.h>

#include "base/arena.h"

enum { CERT_MAX = 256 * 1024 };

struct certs {
	gnutls_x509_crt_t v[OPINION_MAX_ROOTS + OPINION_MAX_CHAIN];
	unsigned n;
};

static time_t frozen_now;

/* gnutls_time_func has no user pointer; the verdict below is the only one who sets this. */
static time_t
frozen_clock(time_t *t)
{
	if (t != NULL)
		*t = frozen_now;
	return frozen_now;
}

static void
load_one(struct certs *c, struct span der)
{
	gnutls_datum_t d = {(unsigned char *)(uintptr_t)der.p, (unsigned)der.n};

	if (der.n == 0 || der.n > CERT_MAX || gnutls_x509_crt_init(&c->v[c->n]) != 0)
		return;
	if (gnutls_x509_crt_import(c->v[c->n], &d, GNUTLS_X509_FMT_DER) == 0)
		c->n++;
	else
		gnutls_x509_crt_deinit(c->v[c->n]);
}

static void
free_all(struct certs *c)
{
	for (unsigned i = 0; i < c->n; i++)
		gnutls_x509_crt_deinit(c->v[i]);
}

static int
verify(gnutls_x509_trust_list_t list, struct certs *chain, const struct opinion_ask *ask,
    unsigned *status)
{
	gnutls_typed_vdata_st data[2] = {
	    {.type = GNUTLS_DT_KEY_PURPOSE_OID,
		.data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_SERVER},
	    {.type = GNUTLS_DT_DNS_HOSTNAME, .data = (unsigned char *)(uintptr_t)ask->host},
	};
	int r;

	frozen_now = (time_t)ask->now;
	gnutls_global_set_time_function(frozen_clock);
	r = gnutls_x509_trust_list_verify_crt2(
	    list, chain->v, chain->n, data, ask->host != NULL ? 2 : 1, 0, status, NULL);
	gnutls_global_set_time_function(time);
	return r;
}

static const char *
words(unsigned status, struct arena *a)
{
	gnutls_datum_t text = {NULL, 0};
	const char *s;

	if (gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0) != 0)
		return arena_printf(a, "status 0x%x", status);
	while (text.size > 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == 0))
		text.size--;
	s = arena_strn(a, text.data, text.size);
	gnutls_free(text.data);
	return s;
}

/* Of the library that runs, not of the header it was built with. */
static const char *
library_name(void)
{
	static char name[32];

	if (name[0] == '\0')
		snprintf(name, sizeof(name), "GnuTLS %s", gnutls_check_version(NULL));
	return name;
}

/* The weightiest of the bits that are set. */
static enum opinion_cause
cause_of(unsigned status)
{
	static const struct {
		unsigned bit;
		enum opinion_cause cause;
	} v[] = {
	    {GNUTLS_CERT_SIGNATURE_FAILURE, OPINION_SIGNATURE},
	    {GNUTLS_CERT_SIGNER_NOT_FOUND, OPINION_NO_ISSUER},
	    {GNUTLS_CERT_SIGNER_NOT_CA, OPINION_NOT_A_CA},
	    {GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, OPINION_CONSTRAINT},
	    {GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS, OPINION_CRITICAL},
	    {GNUTLS_CERT_PURPOSE_MISMATCH, OPINION_PURPOSE},
	    {GNUTLS_CERT_INSECURE_ALGORITHM, OPINION_WEAK},
	    {GNUTLS_CERT_EXPIRED, OPINION_EXPIRED},
	    {GNUTLS_CERT_NOT_ACTIVATED, OPINION_NOT_YET_VALID},
	    {GNUTLS_CERT_UNEXPECTED_OWNER, OPINION_NAME},
	};

	for (size_t i = 0; i < N_ELEMENTS(v); i++)
		if ((status & v[i].bit) != 0)
			return v[i].cause;
	return status == 0 ? OPINION_NOTHING : OPINION_OTHER;
}

struct opinion
gnutls_chain_verdict(const struct opinion_ask *ask, struct arena *a)
{
	struct opinion o = {.depth = -1, .text = "", .library = library_name()};
	struct certs chain = {.n = 0}, roots = {.n = 0};
	gnutls_x509_trust_list_t list = NULL;
	unsigned status = 0;
	int r;

	for (size_t i = 0; i < ask->n_sent && i < OPINION_MAX_CHAIN; i++) {
		load_one(&chain, ask->sent[i]);
		if (i == 0 && chain.n == 0)
			goto out; /* without its leaf the rest says nothing */
	}
	for (size_t i = 0; i < ask->n_roots && i < OPINION_MAX_ROOTS; i++)
		load_one(&roots, ask->roots[i]);
	if (chain.n == 0 || gnutls_x509_trust_list_init(&list, 0) != 0)
		goto out;
	/* No GNUTLS_TL_NO_DUPLICATES: it would free what free_all() frees again. */
	if (roots.n > 0 && gnutls_x509_trust_list_add_cas(list, roots.v, roots.n, 0) < 0)
		goto out;
	r = verify(list, &chain, ask, &status);
	o.asked = r == 0;
	o.trusted = r == 0 && status == 0;
	o.code = (int)status;
	o.cause = cause_of(status);
	o.text = r == 0 ? words(status, a) : arena_str(a, gnutls_strerror(r));
out:
	if (list != NULL)
		gnutls_x509_trust_list_deinit(list, 0); /* the certificates stay ours */
	free_all(&roots);
	free_all(&chain);
	return o;
}

const char *
gnutls_x509_version(void)
{
	return gnutls_check_version(NULL);
}
