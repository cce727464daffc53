/* openssl_memo - see openssl_memo.h. */
#include "adapt/openssl_memo.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "adapt/openssl_crypto.h"
#include "base/xalloc.h"

enum { OBJECTS = 256, SIGS = 1024 };

struct object {
	struct openssl_memo_name name;
	EVP_PKEY *key; /* one of the two, or neither */
	X509 *cert;
};

struct signature {
	struct openssl_memo_name name;
	enum sigcheck result;
};

struct openssl_memo {
	struct object keys[OBJECTS], certs[OBJECTS];
	struct signature sigs[SIGS];
};

static size_t
place_of(const struct openssl_memo_name *name, size_t n)
{
	return ((size_t)name->b[0] << 8 | name->b[1]) % n;
}

static struct openssl_memo_name
name_of(struct span bytes)
{
	struct openssl_memo_name name;

	crypto_sha256(bytes, name.b);
	return name;
}

static bool
same(const struct openssl_memo_name *a, const struct openssl_memo_name *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

static void
object_clear(struct object *o)
{
	EVP_PKEY_free(o->key);
	X509_free(o->cert);
	*o = (struct object){.key = NULL};
}

struct openssl_memo *
openssl_memo_new(void)
{
	return xcalloc(1, sizeof(struct openssl_memo));
}

void
openssl_memo_free(struct openssl_memo *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < OBJECTS; i++) {
		object_clear(&m->keys[i]);
		object_clear(&m->certs[i]);
	}
	free(m);
}

EVP_PKEY *
openssl_memo_key(const struct openssl_memo *m, struct span spki)
{
	struct openssl_memo_name name;
	const struct object *o;

	if (m == NULL)
		return NULL;
	name = name_of(spki);
	o = &m->keys[place_of(&name, OBJECTS)];
	return o->key != NULL && same(&o->name, &name) && EVP_PKEY_up_ref(o->key) == 1 ? o->key : NULL;
}

X509 *
openssl_memo_cert(const struct openssl_memo *m, struct span der)
{
	struct openssl_memo_name name;
	const struct object *o;

	if (m == NULL)
		return NULL;
	name = name_of(der);
	o = &m->certs[place_of(&name, OBJECTS)];
	return o->cert != NULL && same(&o->name, &name) && X509_up_ref(o->cert) == 1 ? o->cert : NULL;
}

void
openssl_memo_put_key(struct openssl_memo *m, struct span spki, EVP_PKEY *key)
{
	struct openssl_memo_name name;
	struct object *o;

	if (m == NULL || EVP_PKEY_up_ref(key) != 1)
		return;
	name = name_of(spki);
	o = &m->keys[place_of(&name, OBJECTS)];
	object_clear(o);
	*o = (struct object){.name = name, .key = key};
}

void
openssl_memo_put_cert(struct openssl_memo *m, struct span der, X509 *cert)
{
	struct openssl_memo_name name;
	struct object *o;

	if (m == NULL || X509_up_ref(cert) != 1)
		return;
	name = name_of(der);
	o = &m->certs[place_of(&name, OBJECTS)];
	object_clear(o);
	*o = (struct object){.name = name, .cert = cert};
}

struct openssl_memo_name
openssl_memo_name(struct span spki, struct span sig_alg, struct span tbs, struct span sig)
{
	const struct span parts[] = {spki, sig_alg, tbs, sig};
	uint8_t all[N_ELEMENTS(parts) * 32];

	for (size_t i = 0; i < N_ELEMENTS(parts); i++)
		crypto_sha256(parts[i], all + 32 * i);
	return name_of(SPAN_OF(all));
}

enum sigcheck
openssl_memo_sig(const struct openssl_memo *m, const struct openssl_memo_name *name)
{
	const struct signature *s = &m->sigs[place_of(name, SIGS)];

	return same(&s->name, name) ? s->result : SIG_UNTRIED;
}

void
openssl_memo_put_sig(
    struct openssl_memo *m, const struct openssl_memo_name *name, enum sigcheck result)
{
	m->sigs[place_of(name, SIGS)] = (struct signature){.name = *name, .result = result};
}
