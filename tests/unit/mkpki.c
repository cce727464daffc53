/* mkpki - see mkpki.h. */
#include "config.h"

#include "mkpki.h"

#include <openssl/conf.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/xalloc.h"

enum { MAX_MADE = 256, MAX_FILES = 16 };

struct mkpki {
	struct mk made[MAX_MADE];
	size_t n;
	char *files[MAX_FILES];
	size_t n_files;
};

struct mkpki *
mkpki_new(void)
{
	return xcalloc(1, sizeof(struct mkpki));
}

void
mkpki_free(struct mkpki *p)
{
	for (size_t i = 0; i < p->n; i++) {
		EVP_PKEY_free(p->made[i].key);
		free((void *)(uintptr_t)p->made[i].der.p);
	}
	for (size_t i = 0; i < p->n_files; i++) {
		unlink(p->files[i]);
		free(p->files[i]);
	}
	free(p);
}

static EVP_PKEY *
explicit_key(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	CHECK(EVP_PKEY_keygen_init(ctx) == 1);
	CHECK(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, NID_X9_62_prime256v1) == 1);
	CHECK(EVP_PKEY_CTX_set_ec_param_enc(ctx, OPENSSL_EC_EXPLICIT_CURVE) == 1);
	CHECK(EVP_PKEY_generate(ctx, &key) == 1);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *
make_key(const char *kind)
{
	if (kind == NULL)
		return EVP_EC_gen("P-256");
	if (strncmp(kind, "RSA-", 4) == 0)
		return EVP_RSA_gen((unsigned)strtoul(kind + 4, NULL, 10));
	if (strcmp(kind, "explicit") == 0)
		return explicit_key();
	if (strncmp(kind, "P-", 2) == 0)
		return EVP_EC_gen(kind);
	return EVP_PKEY_Q_keygen(NULL, NULL, kind);
}

static X509_NAME *
make_name(const char *cn)
{
	X509_NAME *n = X509_NAME_new();

	if (cn[0] != '\0') {
		CHECK(X509_NAME_add_entry_by_txt(
			  n, "O", MBSTRING_UTF8, (const unsigned char *)"mkpki", -1, -1, 0) == 1);
		CHECK(X509_NAME_add_entry_by_txt(
			  n, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0) == 1);
	}
	return n;
}

static void
add_ext(X509 *x, X509V3_CTX *ctx, const char *name, const char *value)
{
	X509_EXTENSION *e;

	if (value == NULL || value[0] == '\0')
		return;
	e = X509V3_EXT_nconf(NULL, ctx, name, value);
	if (e == NULL)
		fprintf(stderr, "mkpki: cannot make %s=%s\n", name, value);
	CHECK(e != NULL && X509_add_ext(x, e, -1) == 1);
	X509_EXTENSION_free(e);
}

static void
add_more(X509 *x, X509V3_CTX *ctx, const char *text)
{
	char name[128];
	const char *eq = strchr(text, '=');

	CHECK(eq != NULL && (size_t)(eq - text) < sizeof(name));
	memcpy(name, text, (size_t)(eq - text));
	name[eq - text] = '\0';
	add_ext(x, ctx, name, eq + 1);
}

static void
add_all(X509 *x, X509 *issuer, const struct mk_spec *s)
{
	char san[300];
	X509V3_CTX ctx;
	CONF *conf = NCONF_new(NULL); /* empty; policies are not read without one */

	X509V3_set_ctx(&ctx, issuer != NULL ? issuer : x, x, NULL, NULL, 0);
	X509V3_set_nconf(&ctx, conf);
	snprintf(san, sizeof(san), "DNS:%s", s->cn);
	add_ext(x, &ctx, "basicConstraints",
	    s->bc != NULL ? s->bc
	    : s->ca       ? "critical,CA:TRUE"
			  : "critical,CA:FALSE");
	add_ext(x, &ctx, "keyUsage",
	    s->ku != NULL ? s->ku
	    : s->ca       ? "critical,keyCertSign,cRLSign"
			  : "digitalSignature");
	add_ext(x, &ctx, "extendedKeyUsage", s->eku != NULL ? s->eku : s->ca ? "" : "serverAuth");
	add_ext(x, &ctx, "subjectAltName", s->san != NULL ? s->san : s->ca ? "" : san);
	if (!s->no_key_ids) {
		add_ext(x, &ctx, "subjectKeyIdentifier", "hash");
		if (X509_get0_subject_key_id(issuer != NULL ? issuer : x) != NULL)
			add_ext(x, &ctx, "authorityKeyIdentifier", "keyid");
	}
	for (size_t i = 0; i < MK_MAX_EXT && s->ext[i] != NULL; i++)
		add_more(x, &ctx, s->ext[i]);
	NCONF_free(conf);
}

/* A certificate that carries the issuer's key, for the key id in the AKI. */
static X509 *
issuer_cert(const struct mk_spec *s)
{
	const struct mk *by = s->issuer;
	const unsigned char *p;

	if (by == NULL)
		return NULL;
	p = by->der.p;
	return d2i_X509(NULL, &p, (long)by->der.n);
}

static void
set_dates(X509 *x, const struct mk_spec *s)
{
	ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)(s->from != 0 ? s->from : MK_FROM));
	ASN1_TIME *to = ASN1_TIME_set(NULL, (time_t)(s->to != 0 ? s->to : MK_TO));

	CHECK(X509_set1_notBefore(x, from) == 1 && X509_set1_notAfter(x, to) == 1);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
}

static void
set_names(X509 *x, const struct mk_spec *s)
{
	X509_NAME *subject = make_name(s->cn);
	X509_NAME *issuer = make_name(s->issuer_cn != NULL ? s->issuer_cn
				      : s->issuer != NULL  ? s->issuer->cn
							   : s->cn);

	CHECK(X509_set_subject_name(x, subject) == 1 && X509_set_issuer_name(x, issuer) == 1);
	X509_NAME_free(subject);
	X509_NAME_free(issuer);
}

const struct mk *
mk_make(struct mkpki *p, const struct mk_spec *s)
{
	struct mk *m = &p->made[p->n];
	const struct mk *by = s->signed_by != NULL ? s->signed_by : s->issuer;
	X509 *x = X509_new(), *issuer = issuer_cert(s);
	long version = s->version != 0 ? s->version : 3;
	unsigned char *der = NULL;
	EVP_PKEY *sign_key;
	const EVP_MD *md;
	int len;

	CHECK(p->n < MAX_MADE);
	m->cn = s->cn;
	m->key = s->key_of != NULL ? s->key_of->key : make_key(s->key);
	CHECK(m->key != NULL);
	if (s->key_of != NULL)
		EVP_PKEY_up_ref(m->key);
	X509_set_version(x, version - 1);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1000 + (long)p->n);
	set_dates(x, s);
	set_names(x, s);
	CHECK(X509_set_pubkey(x, m->key) == 1);
	if (version == 3)
		add_all(x, issuer, s);
	sign_key = by != NULL ? by->key : m->key;
	md = EVP_PKEY_is_a(sign_key, "ED25519")
		 ? NULL
		 : EVP_get_digestbyname(s->hash != NULL ? s->hash : "SHA256");
	CHECK(X509_sign(x, sign_key, md) > 0);
	len = i2d_X509(x, &der);
	CHECK(len > 0);
	m->der = (struct span){memcpy(xcalloc(1, (size_t)len), der, (size_t)len), (size_t)len};
	OPENSSL_free(der);
	X509_free(x);
	X509_free(issuer);
	p->n++;
	return m;
}

static FILE *
temp_file(struct mkpki *p)
{
	const char *dir = getenv("TMPDIR");
	char *path = xasprintf("%s/mkpki-XXXXXX", dir != NULL ? dir : "/tmp");
	int fd = mkstemp(path);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;

	CHECK(f != NULL && p->n_files < MAX_FILES);
	p->files[p->n_files++] = path;
	return f;
}

const char *
mk_pem(struct mkpki *p, const struct mk *const *v, size_t n)
{
	FILE *f = temp_file(p);

	for (size_t i = 0; i < n; i++)
		CHECK(PEM_write(f, "CERTIFICATE", "", v[i]->der.p, (long)v[i]->der.n) > 0);
	CHECK(fclose(f) == 0);
	return p->files[p->n_files - 1];
}

const char *
mk_file(struct mkpki *p, struct span bytes)
{
	FILE *f = temp_file(p);

	CHECK(fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fclose(f) == 0);
	return p->files[p->n_files - 1];
}
