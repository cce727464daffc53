/* model_choose - what a server takes of a hello, by its lists and its way of ordering them. */
#include "base/check.h"
#include "model_internal.h"

enum {
	HANDSHAKE_FAILURE = 40,
	ILLEGAL_PARAMETER = 47,
	PROTOCOL_VERSION = 70,
	INAPPROPRIATE_FALLBACK = 86,
	UNRECOGNIZED_NAME = 112,
	MISSING_EXTENSION = 109
};

static bool
is_chacha(uint16_t code)
{
	const struct suite *s = suite_by_code(code);

	return s != NULL && s->enc == ENC_CHACHA20_POLY1305;
}

static bool
offered(struct u16s offer, const struct model_list *l, size_t i, const bool *ok)
{
	return ok[i] && u16s_has(offer, l->v[i]);
}

static size_t
first_of_server(const struct model_list *l, struct u16s offer, const bool *ok, bool chacha)
{
	size_t i = 0;

	while (i < l->n && !(offered(offer, l, i, ok) && (!chacha || is_chacha(l->v[i]))))
		i++;
	return i;
}

/* The client's first among those of one rank, or of any when rank < 0. */
static size_t
first_of_client(const struct model_list *l, struct u16s offer, const bool *ok, int rank)
{
	for (size_t k = 0; k < offer.n; k++)
		for (size_t i = 0; i < l->n; i++)
			if (ok[i] && l->v[i] == offer.v[k] && (rank < 0 || l->rank[i] == rank))
				return i;
	return l->n;
}

/* The index in the list of what is picked; l->n: nothing in common. */
static size_t
pick(const struct model_list *l, struct u16s offer, const bool *ok)
{
	size_t i = l->n;

	switch (l->order) {
	case MODEL_CLIENT:
		return first_of_client(l, offer, ok, -1);
	case MODEL_MIXED:
		i = first_of_server(l, offer, ok, false);
		return i < l->n ? first_of_client(l, offer, ok, l->rank[i]) : i;
	case MODEL_CHACHA:
		if (offer.n > 0 && is_chacha(offer.v[0]))
			i = first_of_server(l, offer, ok, true);
		if (i < l->n)
			return i;
		/* fall through */
	case MODEL_SERVER:
	default:
		return first_of_server(l, offer, ok, false);
	}
}

static bool
pick_any(const struct model_list *l, struct u16s offer, uint16_t *out)
{
	bool ok[MODEL_MAX_LIST];
	size_t i;

	memset(ok, true, sizeof(ok));
	i = pick(l, offer, ok);
	if (i < l->n)
		*out = l->v[i];
	return i < l->n;
}

/* ---- version ---- */

static bool
choose_version(const struct model_config *c, const struct model_hello *h, uint16_t *out)
{
	*out = 0;
	if (model_has_tls13(c) &&
	    h->n_versions > 0) { /* RFC 8446, 4.2.1: only the extension counts */
		for (size_t i = 0; i < h->n_versions; i++)
			for (uint16_t v = SSL3; v <= TLS1_3; v++)
				if (v == h->versions[i] && c->versions[MODEL_INDEX(v)] && v > *out)
					*out = v;
		return *out != 0;
	}
	for (uint16_t v = SSL3; v <= TLS1_2; v++)
		if (c->versions[MODEL_INDEX(v)] && v <= h->version)
			*out = v;
	return *out != 0;
}

/* ---- keys and signatures ---- */

static struct u16s
offered_sigalgs(
    const struct model_config *c, const struct model_hello *h, const struct model_list *l)
{
	static const uint16_t sha1[] = {0x0201, 0x0203}; /* RFC 5246, 7.4.1.4.1 */

	if (c->quirks.ignores_sigalgs)
		return model_u16s(l);
	if (!model_hello_has(h, EXT_SIGNATURE_ALGORITHMS))
		return U16S_OF(sha1);
	return (struct u16s){h->sigalgs, h->n_sigalgs};
}

static const struct model_cert *
signer(const struct model_certs *certs, uint16_t sigalg, uint16_t version, bool rsa, bool ec)
{
	for (size_t i = 0; i < certs->n; i++) {
		const struct model_cert *k = &certs->v[i];

		if ((k->key == MODEL_RSA ? rsa : ec) && model_key_signs(k->key, sigalg, version))
			return k;
	}
	return NULL;
}

/* An algorithm and the key it goes with, of those allowed. */
static bool
choose_signature(const struct model_config *c, const struct model_hello *h,
    const struct model_certs *certs, bool rsa, bool ec, struct model_choice *out)
{
	const struct model_list *l = out->version >= TLS1_3 ? &c->sigalgs_tls13 : &c->sigalgs_old;
	bool ok[MODEL_MAX_LIST] = {false};
	size_t i;

	for (i = 0; i < l->n; i++)
		ok[i] = signer(certs, l->v[i], out->version, rsa, ec) != NULL;
	i = pick(l, offered_sigalgs(c, h, l), ok);
	if (i == l->n)
		return false;
	out->sigalg = l->v[i];
	out->cert = signer(certs, l->v[i], out->version, rsa, ec);
	return true;
}

/* Fills in key, algorithm and group of a suite of TLS 1.2 and below; false: it cannot be used. */
static bool
usable(const struct model_config *c, const struct model_hello *h, const struct model_certs *certs,
    uint16_t suite, struct model_choice *out)
{
	const struct suite *s = suite_by_code(suite);
	bool rsa, ec;

	out->suite = suite;
	out->cert = NULL;
	out->group = out->sigalg = 0;
	if (s == NULL)
		return false;
	if (s->kx == KX_ECDHE || s->kx == KX_ECDHE_PSK) {
		struct u16s offer = {h->groups, h->n_groups};

		if (!model_hello_has(h, EXT_SUPPORTED_GROUPS))
			offer = model_u16s(&c->groups_old);
		if (!pick_any(&c->groups_old, offer, &out->group))
			return false;
	}
	if (!model_suite_key(suite, &rsa, &ec))
		return true;
	if (out->version == TLS1_2 && model_suite_signs(suite))
		return choose_signature(c, h, certs, rsa, ec, out);
	out->cert = model_cert_of(certs, rsa ? MODEL_RSA : MODEL_EC);
	return out->cert != NULL;
}

/* With model_quirks.key_first: an ECDSA suite in both lists' reach, so that no RSA key is looked at. */
static bool
hides_rsa(const struct model_config *c, const struct model_hello *h, const struct model_certs *certs,
    const struct model_list *l)
{
	bool rsa, ec, listed = false, has = false;

	if (!c->quirks.key_first || model_cert_of(certs, MODEL_EC) == NULL)
		return false;
	for (size_t i = 0; i < l->n; i++)
		has = has || (model_suite_key(l->v[i], &rsa, &ec) && ec);
	for (size_t i = 0; i < h->n_suites; i++)
		listed = listed || suite_has(suite_by_code(h->suites[i]), "au=ECDSA");
	return has && listed;
}

static bool
choose_old(const struct model_config *c, const struct model_hello *h,
    const struct model_certs *certs, struct model_choice *out)
{
	const struct model_list *l = &c->suites[MODEL_INDEX(out->version)];
	struct u16s offer = {h->suites, h->n_suites};
	bool ok[MODEL_MAX_LIST] = {false};
	size_t i;

	for (i = 0; i < l->n; i++) {
		bool rsa, ec, hidden = hides_rsa(c, h, certs, l);

		ok[i] = usable(c, h, certs, l->v[i], out) &&
			!(hidden && model_suite_key(l->v[i], &rsa, &ec) && rsa);
	}
	i = pick(l, offer, ok);
	if (i == l->n &&
	    (c->quirks.picks_unoffered || (c->quirks.answers_old && h->n_versions > 0)))
		i = pick(l, model_u16s(l), ok);
	return i < l->n && usable(c, h, certs, l->v[i], out);
}

/* ---- TLS 1.3 ---- */

static bool
share_of(const struct model_hello *h, uint16_t group, struct span *key)
{
	for (size_t i = 0; i < h->n_shares; i++)
		if (h->shares[i].group == group) {
			*key = h->shares[i].key;
			return true;
		}
	return false;
}

static uint8_t
choose_tls13(const struct model_config *c, const struct model_hello *h,
    const struct model_certs *certs, struct model_choice *out)
{
	const struct model_list *l = &c->suites[MODEL_INDEX(TLS1_3)];
	struct u16s offer = {h->suites, h->n_suites}, groups = {h->groups, h->n_groups};

	if (!model_hello_has(h, EXT_KEY_SHARE) || h->n_groups == 0 || h->n_sigalgs == 0)
		return MISSING_EXTENSION; /* RFC 8446, 9.2 */
	if (!pick_any(l, offer, &out->suite)) {
		if (!c->quirks.picks_unoffered)
			return HANDSHAKE_FAILURE;
		out->suite = l->v[0];
	}
	if (!pick_any(&c->groups_tls13, groups, &out->group) ||
	    !choose_signature(c, h, certs, true, true, out))
		return HANDSHAKE_FAILURE;
	out->retry = !share_of(h, out->group, &out->share);
	if (out->retry && h->n_shares == 0 && c->retry_refused)
		return ILLEGAL_PARAMETER;
	return 0;
}

/* RFC 7507, 3: it speaks a higher version than the client asks for. */
static bool
needless_fallback(const struct model_config *c, const struct model_hello *h, uint16_t version)
{
	enum { FALLBACK_SCSV = 0x5600 };
	bool higher = false;

	for (uint16_t v = (uint16_t)(version + 1); v <= TLS1_3; v++)
		higher = higher || c->versions[MODEL_INDEX(v)];
	return c->fallback_scsv && higher && u16s_has((struct u16s){h->suites, h->n_suites}, FALLBACK_SCSV);
}

uint8_t
model_choose(const struct model_config *c, const struct model_hello *h, struct model_choice *out)
{
	bool sni = model_hello_has(h, EXT_SERVER_NAME);
	const struct model_certs *certs = sni ? &c->certs_sni : &c->certs_default;

	*out = (struct model_choice){0};
	if (!choose_version(c, h, &out->version))
		return c->quirks.alert_40 ? HANDSHAKE_FAILURE : PROTOCOL_VERSION;
	if (!sni && c->sni_required)
		return UNRECOGNIZED_NAME;
	if (out->version >= TLS1_3)
		return choose_tls13(c, h, certs, out);
	if (needless_fallback(c, h, out->version))
		return INAPPROPRIATE_FALLBACK;
	return choose_old(c, h, certs, out) ? 0 : HANDSHAKE_FAILURE;
}
