/* reference - see reference.h. */
#include "derive/reference.h"

#include "derive/simulate.h"

enum { NAMES_SHOWN = 6 };

struct sims {
	const struct sim *v;
	size_t n;
};

static const char no_client[] = "no simulated client is known to connect";

static struct sims
simulate_all(const struct ctx *c)
{
	struct sim *v = arena_alloc(c->arena, client_count() * sizeof(*v));
	struct sim_server *s = arena_alloc(c->arena, sizeof(*s));

	sim_server_read(s, c->known);
	for (size_t i = 0; i < client_count(); i++)
		v[i] = simulate(s, client_at(i), c->arena);
	return (struct sims){v, client_count()};
}

static bool
offers(const struct client *c, const char *prop)
{
	for (size_t i = 0; i < c->suites.n; i++)
		if (suite_has(suite_by_code(c->suites.v[i]), prop))
			return true;
	return false;
}

/* ---- one answer out of many clients ---- */

struct count {
	size_t yes, no;             /* of those that connect */
	size_t maybe_yes, maybe_no; /* of those that may */
	size_t open;                /* could be either */
	const struct sim *doubt;    /* the first that is not certain */
};

static void
take(struct count *n, const struct sim *r, enum tri v)
{
	if (r->connects == TRI_NO)
		return;
	if (v == TRI_UNKNOWN)
		n->open++;
	else if (r->connects == TRI_YES)
		*(v == TRI_YES ? &n->yes : &n->no) += 1;
	else
		*(v == TRI_YES ? &n->maybe_yes : &n->maybe_no) += 1;
	if ((v == TRI_UNKNOWN || r->connects == TRI_UNKNOWN) && n->doubt == NULL)
		n->doubt = r;
}

static bool
nobody(const struct count *n)
{
	return n->yes + n->no + n->maybe_yes + n->maybe_no + n->open == 0;
}

/* Does every one that connects have it?  Nobody: unknown. */
static enum tri
all_of(const struct count *n)
{
	if (n->no > 0)
		return TRI_NO;
	return n->open + n->maybe_no == 0 && n->yes > 0 ? TRI_YES : TRI_UNKNOWN;
}

/* Does one that connects have it? */
static enum tri
any_of(const struct count *n)
{
	if (n->yes > 0)
		return TRI_YES;
	return n->open + n->maybe_yes == 0 ? TRI_NO : TRI_UNKNOWN;
}

static void
put_doubt(const struct count *n, const struct ctx *c, struct facts *out, enum fact_id id)
{
	const struct sim *r = n->doubt;

	if (r == NULL)
		fact_put_unknown(out, id, WHY_NOT_APPLICABLE, no_client);
	else if (r->missing != F_NONE)
		put_missing(c->known, out, id, r->missing);
	else
		fact_put_unknown(out, id, WHY_NOT_ASKED,
		    arena_printf(c->arena, "%s: %s", r->client->name,
			r->doubt != NULL ? r->doubt : "not certain"));
}

static void
put_tri(const struct count *n, const struct ctx *c, struct facts *out, enum fact_id id, enum tri v)
{
	if (v == TRI_UNKNOWN)
		put_doubt(n, c, out, id);
	else
		fact_put_tri(out, id, v);
}

/* Has what is negotiated the property?  No, where the client does not offer it. */
static enum tri
has(const struct sim *r, const char *prop)
{
	return offers(r->client, prop) ? sim_has(r, prop) : TRI_NO;
}

/* The same under TLS 1.1 or later. */
static enum tri
has_modern(const struct sim *r, const char *prop)
{
	enum tri v = r->client->highest < TLS1_1 ? TRI_NO : has(r, prop);

	if (r->version == 0)
		return v == TRI_NO ? TRI_NO : TRI_UNKNOWN;
	return r->version < TLS1_1 ? TRI_NO : v;
}

/* ---- the facts ---- */

/* bit 0, 1 and 2 of SSL Labs' forwardSecrecy: with some clients, with modern ones, with all. */
static void
conclude_fs(const struct sims *s, const struct ctx *c, struct facts *out)
{
	struct count all = {0}, reference = {0};
	enum tri any, every, modern;

	for (size_t i = 0; i < s->n; i++) {
		take(&all, &s->v[i], has(&s->v[i], "fs"));
		if (s->v[i].client->reference && offers(s->v[i].client, "fs"))
			take(&reference, &s->v[i], has(&s->v[i], "fs"));
	}
	put_tri(&reference, c, out, F_REFERENCE_FS, modern = all_of(&reference));
	any = any_of(&all);
	every = all_of(&all);
	if (nobody(&all) || any == TRI_UNKNOWN)
		put_doubt(&all, c, out, F_FORWARD_SECRECY);
	else if (any == TRI_NO)
		fact_put_str(out, F_FORWARD_SECRECY, "none");
	else if (every == TRI_YES)
		fact_put_str(out, F_FORWARD_SECRECY, "all");
	else if (modern == TRI_NO || (nobody(&reference) && every == TRI_NO))
		fact_put_str(out, F_FORWARD_SECRECY, "some");
	else if (modern == TRI_YES && every == TRI_NO)
		fact_put_str(out, F_FORWARD_SECRECY, "modern");
	else
		put_doubt(modern == TRI_UNKNOWN ? &reference : &all, c, out, F_FORWARD_SECRECY);
}

static bool
is_aead(const struct suite *s)
{
	return s->aead;
}

/* A client counts against the server when both have an AEAD suite with forward secrecy and it gets
 * one without AEAD: to prefer ECDHE with CBC to AES_GCM without forward secrecy is no fault. */
static void
conclude_aead(
    const struct sims *s, const struct accepted *all, const struct ctx *c, struct facts *out)
{
	struct count got = {0}, worse = {0};
	enum fact_id open;

	for (size_t i = 0; i < s->n; i++) {
		const struct sim *r = &s->v[i];
		enum tri aead = has(r, "aead");

		if (!r->client->reference || !offers(r->client, "aead"))
			continue;
		take(&got, r, aead);
		if (aead == TRI_YES || r->could_aead || r->suites.n == 0)
			take(&worse, r,
			    aead == TRI_YES  ? TRI_NO
			    : aead == TRI_NO ? TRI_YES
					     : TRI_UNKNOWN);
	}
	if (accepted_nothing(all))
		fact_put_unknown(out, F_REFERENCE_AEAD, WHY_NOT_APPLICABLE, no_client);
	else if (accepted_any(all, is_aead, &open) == TRI_NO || any_of(&worse) == TRI_YES)
		fact_put_tri(out, F_REFERENCE_AEAD, TRI_NO);
	else if (any_of(&worse) == TRI_UNKNOWN)
		put_doubt(&worse, c, out, F_REFERENCE_AEAD);
	else if (nobody(&got) || any_of(&got) == TRI_UNKNOWN)
		put_doubt(&got, c, out, F_REFERENCE_AEAD);
	else
		fact_put_tri(out, F_REFERENCE_AEAD, any_of(&got));
}

static void
conclude_block64(
    const struct sims *s, const struct accepted *all, const struct ctx *c, struct facts *out)
{
	struct count n = {0};

	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].client->reference)
			take(&n, &s->v[i], has_modern(&s->v[i], "block64"));
	if (accepted_nothing(all))
		fact_put_unknown(out, F_BLOCK64_MODERN, WHY_NOT_APPLICABLE, no_client);
	else
		put_tri(&n, c, out, F_BLOCK64_MODERN, any_of(&n));
}

static bool
is_rc4(const struct suite *s)
{
	return suite_has(s, "enc:RC4");
}

static bool
is_not_rc4(const struct suite *s)
{
	return !is_rc4(s);
}

static void
conclude_rc4(
    const struct sims *s, const struct accepted *all, const struct ctx *c, struct facts *out)
{
	enum fact_id open, others;
	enum tri rc4 = accepted_any(all, is_rc4, &open),
		 other = accepted_any(all, is_not_rc4, &others);
	struct count n = {0};

	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].client->reference)
			take(&n, &s->v[i], has_modern(&s->v[i], "enc:RC4"));
	if (accepted_nothing(all))
		fact_put_unknown(out, F_RC4, WHY_NOT_APPLICABLE, no_client);
	else if (rc4 == TRI_NO)
		fact_put_str(out, F_RC4, "none");
	else if (rc4 == TRI_UNKNOWN || other == TRI_UNKNOWN)
		put_missing(c->known, out, F_RC4, rc4 == TRI_UNKNOWN ? open : others);
	else if (other == TRI_NO)
		fact_put_str(out, F_RC4, "only");
	else if (any_of(&n) == TRI_UNKNOWN)
		put_doubt(&n, c, out, F_RC4);
	else
		fact_put_str(out, F_RC4, any_of(&n) == TRI_YES ? "modern" : "offered");
}

/* ---- with which clients? ---- */

typedef bool sim_test(const struct sim *r);

/* CVE-2011-3389 */
static bool
gets_beast(const struct sim *r)
{
	return r->version != 0 && r->version <= TLS1_0 && sim_has(r, "cbc") == TRI_YES;
}

static bool
lacks_fs(const struct sim *r)
{
	return r->client->reference && offers(r->client, "fs") && has(r, "fs") == TRI_NO;
}

static bool
lacks_aead(const struct sim *r)
{
	return r->client->reference && r->could_aead && has(r, "aead") == TRI_NO;
}

static bool
gets_block64(const struct sim *r)
{
	return r->client->reference && has_modern(r, "block64") == TRI_YES;
}

static bool
gets_rc4(const struct sim *r)
{
	return r->client->reference && has_modern(r, "enc:RC4") == TRI_YES;
}

/* Names, beside the fact, the clients for which it is so. */
static void
note_clients(
    const struct sims *s, const struct ctx *c, struct facts *out, enum fact_id id, sim_test *test)
{
	const char *names = NULL;
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct sim *r = &s->v[i];

		if (r->connects != TRI_YES || !test(r))
			continue;
		if (++n <= NAMES_SHOWN)
			names = arena_printf(c->arena, "%s%s%s%s%s",
			    names != NULL ? names : "with ", names != NULL ? ", " : "",
			    r->client->name, r->client->platform != NULL ? " on " : "",
			    r->client->platform != NULL ? r->client->platform : "");
	}
	if (n > NAMES_SHOWN)
		names = arena_printf(c->arena, "%s and %zu more", names, n - NAMES_SHOWN);
	if (names != NULL && fact_known(out, id))
		fact_set_note(out, id, names);
}

void
conclude_reference(const struct accepted *all, const struct ctx *c, struct facts *out)
{
	struct sims s = simulate_all(c);

	conclude_fs(&s, c, out);
	conclude_aead(&s, all, c, out);
	conclude_block64(&s, all, c, out);
	conclude_rc4(&s, all, c, out);
	note_clients(&s, c, out, F_REFERENCE_FS, lacks_fs);
	note_clients(&s, c, out, F_REFERENCE_AEAD, lacks_aead);
	note_clients(&s, c, out, F_BLOCK64_MODERN, gets_block64);
	note_clients(&s, c, out, F_RC4, gets_rc4);
	note_clients(&s, c, out, F_BEAST, gets_beast);
}
