/* shared - see shared.h. */
#include "config.h"

#include "bulk/shared.h"

#include <stdlib.h>

#include "adapt/gmp.h"
#include "base/check.h"
#include "base/xalloc.h"
#include "pki/cert.h"
#include "pki/pem.h"
#include "report/jsonw.h"

enum { ADDRESS = 64, HASH = 64, GROW = 256 };

struct place { /* one endpoint that serves a key */
	char *host;
	char address[ADDRESS];
	char cert[HASH + 1]; /* sha256 of the leaf */
	uint16_t port;
	bool ssl2;
};

struct key {
	char spki[HASH + 1]; /* sha256 */
	struct place *places;
	size_t n, cap;
	uint8_t *modulus; /* RSA */
	size_t modulus_len;
};

struct shared_keys {
	struct key *keys;
	size_t n, cap;
	size_t *index; /* open addressing: 0 is free, else a key's number + 1 */
	size_t n_index;
};

struct shared_keys *
shared_new(void)
{
	return xcalloc(1, sizeof(struct shared_keys));
}

void
shared_free(struct shared_keys *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++) {
		for (size_t k = 0; k < s->keys[i].n; k++)
			free(s->keys[i].places[k].host);
		free(s->keys[i].places);
		free(s->keys[i].modulus);
	}
	free(s->keys);
	free(s->index);
	free(s);
}

/* ---- the table of keys ---- */

static size_t
hash(const char *spki)
{
	uint64_t h = 14695981039346656037U; /* FNV-1a */

	for (; *spki != '\0'; spki++)
		h = (h ^ (uint8_t)*spki) * 1099511628211U;
	return (size_t)(h ^ h >> 32);
}

static size_t *
slot(struct shared_keys *s, const char *spki)
{
	size_t i = hash(spki) & (s->n_index - 1);

	while (s->index[i] != 0 && strcmp(s->keys[s->index[i] - 1].spki, spki) != 0)
		i = (i + 1) & (s->n_index - 1);
	return &s->index[i];
}

static void
make_room(struct shared_keys *s)
{
	if (s->n == s->cap) {
		s->cap = s->cap > 0 ? 2 * s->cap : GROW;
		s->keys = xrealloc(s->keys, s->cap * sizeof(*s->keys));
	}
	if (2 * (s->n + 1) <= s->n_index)
		return;
	free(s->index);
	s->n_index = s->n_index > 0 ? 2 * s->n_index : 4 * GROW;
	s->index = xcalloc(s->n_index, sizeof(*s->index));
	for (size_t i = 0; i < s->n; i++)
		*slot(s, s->keys[i].spki) = i + 1;
}

static struct key *
key_of(struct shared_keys *s, const char *spki)
{
	size_t *at;

	make_room(s);
	at = slot(s, spki);
	if (*at == 0) {
		s->keys[s->n] = (struct key){0};
		(void)snprintf(s->keys[s->n].spki, sizeof(s->keys[s->n].spki), "%s", spki);
		*at = ++s->n;
	}
	return &s->keys[*at - 1];
}

/* ---- records ---- */

static void
add_modulus(struct key *k, const char *text)
{
	struct pem p = {.rest = span_str(text)};
	struct pem_block b;
	struct cert c;
	struct span der;
	uint8_t *buf;

	if (k->modulus != NULL || !pem_next(&p, &b) || !pem_is_certificate(&b))
		return;
	buf = xcalloc(1, pem_decoded_max(&b));
	if (pem_decode(&b, buf, pem_decoded_max(&b), &der) && cert_parse(der, &c) &&
	    c.key.kind == CERT_KEY_RSA && c.key.modulus.n > 0) {
		k->modulus_len = c.key.modulus.n;
		k->modulus = xcalloc(1, k->modulus_len);
		memcpy(k->modulus, c.key.modulus.p, k->modulus_len);
	}
	free(buf);
}

static bool
same_place(const struct place *a, const struct place *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0 && strcmp(a->address, b->address) == 0 &&
	    strcmp(a->cert, b->cert) == 0;
}

/* Copies the place, unless it is there. */
static void
add_place(struct key *k, const struct place *p)
{
	for (size_t i = k->n; i-- > 0 && k->n - i < 64;) /* an endpoint's come one after the other */
		if (same_place(&k->places[i], p))
			return;
	if (k->n == k->cap) {
		k->cap = k->cap > 0 ? 2 * k->cap : 1;
		k->places = xrealloc(k->places, k->cap * sizeof(*k->places));
	}
	k->places[k->n] = *p;
	k->places[k->n++].host = xstrdup(p->host);
}

static const struct json *
at(const struct json *list, int64_t i)
{
	const struct json *j = json_first(list);

	while (j != NULL && i-- > 0)
		j = j->next;
	return j;
}

static bool
is_hash(const char *s)
{
	return s != NULL && strlen(s) == HASH;
}

static void
add_leaf(struct shared_keys *s, const struct json *cert, struct place *p)
{
	const char *sha = json_str(json_get(cert, "sha256"));
	const char *spki = json_str(json_get(cert, "spki_sha256")), *pem = json_str(json_get(cert, "pem"));
	struct key *k;

	if (!is_hash(sha) || !is_hash(spki))
		return;
	(void)snprintf(p->cert, sizeof(p->cert), "%s", sha);
	k = key_of(s, spki);
	add_place(k, p);
	if (pem != NULL)
		add_modulus(k, pem);
}

void
shared_add(struct shared_keys *s, const struct json *record)
{
	const struct json *target = json_get(record, "target"), *facts = json_get(record, "facts");
	const struct json *port = json_get(target, "port"), *certs = json_get(facts, "certificates");
	const char *host = json_str(json_get(target, "host"));
	const char *address = json_str(json_get(target, "address"));
	const char *ssl2 = json_str(json_get(json_get(facts, "protocols"), "ssl2"));
	struct place p = {.port = port != NULL && port->kind == JSON_INT ? (uint16_t)port->i : 0,
	    .ssl2 = ssl2 != NULL && strcmp(ssl2, "yes") == 0};

	if (host == NULL || certs == NULL)
		return;
	p.host = xstrdup(host);
	(void)snprintf(p.address, sizeof(p.address), "%s", address != NULL ? address : "");
	for (const struct json *f = json_first(json_get(facts, "handshakes")); f != NULL; f = f->next) {
		const struct json *leaf = json_first(json_get(f, "chain"));

		if (leaf != NULL && leaf->kind == JSON_INT)
			add_leaf(s, at(certs, leaf->i), &p);
	}
	free(p.host);
}

/* ---- what comes of it ---- */

static void
write_place(struct jsonw *w, const struct place *p)
{
	jsonw_open(w, '{');
	jsonw_pair(w, "host", p->host);
	jsonw_key(w, "port");
	jsonw_int(w, p->port);
	jsonw_pair(w, "address", p->address[0] != '\0' ? p->address : NULL);
	jsonw_pair(w, "certificate", p->cert);
	jsonw_close(w);
}

static void
begin_object(struct jsonw *w, FILE *to, const char *kind, const struct key *k)
{
	jsonw_init(w, to, false);
	jsonw_open(w, '{');
	jsonw_pair(w, "kind", kind);
	jsonw_pair(w, "spki_sha256", k->spki);
}

enum which { EVERYWHERE, WITH_SSL2, WITHOUT_SSL2 };

static void
write_places(struct jsonw *w, const char *name, const struct key *k, enum which which)
{
	jsonw_key(w, name);
	jsonw_open(w, '[');
	for (size_t i = 0; i < k->n; i++)
		if (which == EVERYWHERE || (which == WITH_SSL2) == k->places[i].ssl2)
			write_place(w, &k->places[i]);
	jsonw_close(w);
}

static int
by_cert(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->cert, ((const struct place *)b)->cert);
}

/* One certificate at several endpoints; the places are sorted by certificate. */
static bool
write_certificates(const struct key *k, FILE *to)
{
	bool good = true;

	for (size_t i = 0, n; i < k->n; i += n) {
		struct jsonw w;

		for (n = 1; i + n < k->n && strcmp(k->places[i].cert, k->places[i + n].cert) == 0; n++)
			continue;
		if (n < 2)
			continue;
		begin_object(&w, to, "certificate", k);
		jsonw_pair(&w, "sha256", k->places[i].cert);
		jsonw_key(&w, "endpoints");
		jsonw_open(&w, '[');
		for (size_t m = 0; m < n; m++)
			write_place(&w, &k->places[i + m]);
		jsonw_close(&w);
		jsonw_close(&w);
		good = jsonw_end(&w) && good;
	}
	return good;
}

static bool
write_key(const struct key *k, FILE *to)
{
	struct jsonw w;

	if (k->n < 2 || strcmp(k->places[0].cert, k->places[k->n - 1].cert) == 0)
		return true;
	begin_object(&w, to, "key", k);
	write_places(&w, "endpoints", k, EVERYWHERE);
	jsonw_close(&w);
	return jsonw_end(&w);
}

/* CVE-2016-0800: an RSA key under SSLv2 anywhere exposes its TLS sessions everywhere. */
static bool
write_drown(const struct key *k, FILE *to)
{
	bool ssl2 = false, other = false;
	struct jsonw w;

	for (size_t i = 0; i < k->n; i++) {
		ssl2 = ssl2 || k->places[i].ssl2;
		other = other || !k->places[i].ssl2;
	}
	if (k->modulus == NULL || !ssl2 || !other)
		return true;
	begin_object(&w, to, "drown", k);
	write_places(&w, "ssl2", k, WITH_SSL2);
	write_places(&w, "endpoints", k, WITHOUT_SSL2);
	jsonw_close(&w);
	return jsonw_end(&w);
}

struct factors {
	FILE *to;
	const struct key *const *keys; /* of the moduli */
	bool good;
};

static void
on_factor(void *arg, size_t i, struct span factor)
{
	struct factors *f = arg;
	struct jsonw w;

	begin_object(&w, f->to, "factor", f->keys[i]);
	jsonw_key(&w, "factor");
	jsonw_hex(&w, factor);
	write_places(&w, "endpoints", f->keys[i], EVERYWHERE);
	jsonw_close(&w);
	f->good = jsonw_end(&w) && f->good;
}

static bool
write_factors(const struct shared_keys *s, FILE *to)
{
	const struct key **keys = xcalloc(s->n, sizeof(*keys));
	struct span *moduli = xcalloc(s->n, sizeof(*moduli));
	struct factors f = {.to = to, .keys = keys, .good = true};
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (s->keys[i].modulus == NULL)
			continue;
		keys[n] = &s->keys[i];
		moduli[n++] = (struct span){s->keys[i].modulus, s->keys[i].modulus_len};
	}
	gmp_shared_factors(moduli, n, on_factor, &f);
	free(keys);
	free(moduli);
	return f.good;
}

bool
shared_write(struct shared_keys *s, FILE *to)
{
	bool good = true;

	for (size_t i = 0; i < s->n; i++) {
		struct key *k = &s->keys[i];

		qsort(k->places, k->n, sizeof(*k->places), by_cert);
		good = write_certificates(k, to) && write_key(k, to) && write_drown(k, to) && good;
	}
	return write_factors(s, to) && good && fflush(to) == 0;
}
