/* model_flight - writes a server's flight: RFC 5246, 7.4; RFC 8446, 4; Hickman 1995, 2.6. */
#include "model_internal.h"

#include "base/check.h"

enum {
	REC_CCS = 20,
	REC_ALERT = 21,
	REC_HANDSHAKE = 22,
	REC_DATA = 23,
	SIGNATURE = 64, /* bytes of a made-up one */
	PIECE = 500     /* keys_encrypt() takes no more at once */
};

static const uint8_t retry_random[32] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d,
    0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e,
    0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

static void
one_record(struct model_conn *c, uint8_t type, struct span body)
{
	struct wr_mark m;

	wr_u8(&c->out, type);
	wr_u16(&c->out, c->choice.version == SSL3     ? SSL3
			: c->choice.version == TLS1_0 ? TLS1_0
						      : TLS1_2);
	m = wr_open(&c->out, 2);
	wr_span(&c->out, body);
	wr_close(&c->out, m);
}

/* How long the next record is, cut as the quirk says. */
static size_t
record_size(struct model_conn *c, size_t done, size_t left)
{
	switch (c->config->quirks.cut) {
	case MODEL_TINY_RECORDS:
		return done < 300 ? 1 : left; /* as far as it matters */
	case MODEL_SPLIT:
		return 1 + rng_below(&c->server->rng, (uint32_t)left);
	case MODEL_WHOLE:
	default:
		return left;
	}
}

void
model_record(struct model_conn *c, uint8_t type, struct span body)
{
	size_t done = 0;

	while (done < body.n) {
		size_t n = record_size(c, done, body.n - done);

		one_record(c, type, (struct span){body.p + done, n});
		done += n;
	}
}

void
model_alert(struct model_conn *c, unsigned level, unsigned code)
{
	uint8_t body[2] = {(uint8_t)level, (uint8_t)code};

	one_record(c, REC_ALERT, SPAN_OF(body));
}

/* ---- extensions ---- */

static void
ext(struct wr *w, unsigned type, const void *body, size_t n)
{
	wr_u16(w, type);
	wr_u16(w, (unsigned)n);
	wr_put(w, body, n);
}

/* Answers an extension that the client sent and the server knows. */
static void
answer(struct wr *w, const struct model_conn *c, bool on, unsigned type, const void *body, size_t n)
{
	if (on && model_hello_has(&c->hello, (uint16_t)type))
		ext(w, type, body, n);
}

static void
ext_alpn(struct wr *w, const struct model_conn *c)
{
	for (size_t i = 0; i < c->config->n_alpn; i++)
		for (size_t k = 0; k < c->hello.n_alpn; k++) {
			struct span name = span_str(c->config->alpn[i]);

			if (!span_eq(name, c->hello.alpn[k]))
				continue;
			wr_u16(w, EXT_ALPN);
			wr_u16(w, (unsigned)name.n + 3);
			wr_u16(w, (unsigned)name.n + 1);
			wr_u8(w, (unsigned)name.n);
			wr_span(w, name);
			return;
		}
}

/* Those of ServerHello in TLS 1.2 and below, of EncryptedExtensions above. */
static void
ext_common(struct wr *w, const struct model_conn *c)
{
	const struct model_config *f = c->config;
	uint8_t limit[2] = {(uint8_t)(f->record_size_limit >> 8), (uint8_t)f->record_size_limit};

	answer(w, c, f->sni_ack, EXT_SERVER_NAME, NULL, 0);
	answer(w, c, f->max_fragment, EXT_MAX_FRAGMENT_LENGTH, "\4", 1);
	answer(w, c, f->record_size_limit > 0, EXT_RECORD_SIZE_LIMIT, limit, 2);
	answer(w, c, f->heartbeat, EXT_HEARTBEAT, "\1", 1);
	ext_alpn(w, c);
}

static void
ext_old(struct wr *w, const struct model_conn *c)
{
	static const uint8_t sct_list[] = {0, 5, 0, 3, 'S', 'C', 'T'};
	const struct model_config *f = c->config;
	const struct suite *s = suite_by_code(c->choice.suite);

	answer(w, c, f->reneg_info, EXT_RENEGOTIATION_INFO, "\0", 1);
	answer(w, c, f->ems, EXT_EXTENDED_MASTER_SECRET, NULL, 0);
	answer(w, c, f->etm && s->cbc, EXT_ENCRYPT_THEN_MAC, NULL, 0);
	answer(w, c, f->ticket, EXT_SESSION_TICKET, NULL, 0);
	answer(w, c, f->staple && c->choice.cert != NULL, EXT_STATUS_REQUEST, NULL, 0);
	answer(w, c, f->sct && c->choice.cert != NULL, EXT_SCT, sct_list, sizeof(sct_list));
	answer(w, c, c->choice.group != 0, EXT_EC_POINT_FORMATS, "\1\0", 2);
	ext_common(w, c);
}

/* ---- messages ---- */

static struct wr_mark
open_message(struct wr *w, uint8_t type)
{
	wr_u8(w, type);
	return wr_open(w, 3);
}

static uint16_t
best_version(const struct model_config *f)
{
	uint16_t best = 0;

	for (uint16_t v = SSL3; v <= TLS1_3; v++)
		if (f->versions[MODEL_INDEX(v)])
			best = v;
	return best;
}

static void
server_random(struct model_conn *c, uint8_t random[32])
{
	const struct model_config *f = c->config;
	uint16_t best = best_version(f);
	uint32_t now = (uint32_t)c->server->now;

	rng_bytes(&c->server->rng, random, 32);
	random[0] ^= (uint8_t)(random[0] == now >> 24 ? 0x80 : 0); /* no time by accident */
	if (c->choice.version < TLS1_3 && f->random_time)
		for (int i = 0; i < 4; i++)
			random[i] = (uint8_t)(now >> (24 - 8 * i));
	/* RFC 8446, 4.1.3: the last eight bytes, when a better version could have been had. */
	if (f->sentinel && best >= TLS1_3 && c->choice.version == TLS1_2)
		memcpy(random + 24, "DOWNGRD\1", 8);
	else if (f->sentinel && best >= TLS1_2 && c->choice.version < TLS1_2)
		memcpy(random + 24, "DOWNGRD\0", 8);
}

static void
hello_head(struct wr *w, struct model_conn *c, const uint8_t random[32], struct span session_id)
{
	bool deflate = c->config->compression && c->hello.deflate && c->choice.version < TLS1_3;

	wr_u16(w, c->choice.version < TLS1_3 ? c->choice.version : TLS1_2);
	wr_put(w, random, 32);
	wr_u8(w, (unsigned)session_id.n);
	wr_span(w, session_id);
	wr_u16(w, c->choice.suite);
	wr_u8(w, deflate ? 1 : 0);
}

static void
server_hello_old(struct wr *w, struct model_conn *c)
{
	struct wr_mark m = open_message(w, 2), list;
	uint8_t random[32], id[32];
	size_t at;

	server_random(c, random);
	rng_bytes(&c->server->rng, id, sizeof(id));
	hello_head(w, c, random, (struct span){id, c->config->session_id ? sizeof(id) : 0});
	at = w->len;
	list = wr_open(w, 2);
	if (c->choice.version > SSL3 && !c->config->quirks.bare_hello)
		ext_old(w, c);
	wr_close(w, list);
	if (w->len == at + 2)
		w->len = at; /* no extensions, no block */
	wr_close(w, m);
}

static void
certificate(struct wr *w, const struct model_conn *c, const struct model_cert *cert)
{
	static const uint8_t sct_list[] = {0, 18, 0, 7, 0, 5, 0, 3, 'S', 'C', 'T'};
	bool tls13 = c->choice.version >= TLS1_3;
	struct wr_mark m = open_message(w, 11), list, der, exts;

	if (tls13)
		wr_u8(w, 0);
	list = wr_open(w, 3);
	for (size_t i = 0; i < cert->n; i++) {
		der = wr_open(w, 3);
		wr_span(w, cert->chain[i]);
		wr_close(w, der);
		if (!tls13)
			continue;
		exts = wr_open(w, 2);
		if (i == 0 && c->config->staple)
			answer(w, c, true, EXT_STATUS_REQUEST, "\1\0\0\3\x30\1\0", 7);
		if (i == 0 && c->config->sct && model_hello_has(&c->hello, EXT_SCT))
			wr_put(w, sct_list, 2), wr_put(w, sct_list + 2, 9);
		wr_close(w, exts);
	}
	wr_close(w, list);
	wr_close(w, m);
}

static void
random_number(struct model_conn *c, struct wr *w, size_t n)
{
	uint8_t bytes[1024];

	n = n < sizeof(bytes) ? n : sizeof(bytes);
	rng_bytes(&c->server->rng, bytes, n);
	if (n > 0)
		bytes[0] |= 1; /* no leading zeros */
	wr_put(w, bytes, n);
}

/* Of a key exchange: a new one each time, or always the same. */
static void
public_value(struct model_conn *c, struct wr *w, size_t n)
{
	if (!c->config->reuse_keys) {
		random_number(c, w, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		wr_u8(w, (unsigned)(i & 0x7f) | 1);
}

static void
dh_params(struct wr *w, struct model_conn *c, struct span p)
{
	struct wr_mark m = wr_open(w, 2);

	wr_span(w, p);
	wr_close(w, m);
	wr_u16(w, 1);
	wr_u8(w, c->config->dh_g);
	m = wr_open(w, 2);
	public_value(c, w, p.n);
	wr_close(w, m);
}

static size_t
point_size(uint16_t group)
{
	const struct group *g = group_by_code(group);

	if (group == 0x001d || group == 0x001e)
		return (g->bits + 7u) / 8;
	return 1 + 2 * ((g->bits + 7u) / 8);
}

static void
ec_params(struct wr *w, struct model_conn *c)
{
	struct wr_mark m;

	wr_u8(w, 3); /* named_curve */
	wr_u16(w, c->choice.group);
	m = wr_open(w, 1);
	public_value(c, w, point_size(c->choice.group));
	wr_close(w, m);
}

static void
rsa_params(struct wr *w, struct model_conn *c)
{
	wr_u16(w, 64); /* 512 bits */
	random_number(c, w, 64);
	wr_u16(w, 3);
	wr_put(w, "\1\0\1", 3);
}

static void
server_key_exchange(struct wr *w, struct model_conn *c)
{
	const struct suite *s = suite_by_code(c->choice.suite);
	struct wr_mark m = open_message(w, 12);

	if (s->kx == KX_ECDHE_PSK || s->kx == KX_DHE_PSK)
		wr_u16(w, 0); /* RFC 4279, 2: psk_identity_hint */
	if (s->kx == KX_ECDHE || s->kx == KX_ECDHE_PSK)
		ec_params(w, c);
	else if (s->kx == KX_RSA_EXPORT)
		rsa_params(w, c);
	else
		dh_params(w, c,
		    s->kx == KX_DHE_EXPORT ? c->config->dh_export
					   : c->config->dh_p[MODEL_INDEX(c->choice.version)]);
	if (model_suite_signs(c->choice.suite)) {
		if (c->choice.version >= TLS1_2)
			wr_u16(w, c->choice.sigalg);
		wr_u16(w, SIGNATURE);
		random_number(c, w, SIGNATURE);
	}
	wr_close(w, m);
}

static bool
has_key_exchange(uint16_t suite)
{
	const struct suite *s = suite_by_code(suite);

	return s->kx == KX_ECDHE || s->kx == KX_ECDHE_PSK || s->kx == KX_DHE ||
	       s->kx == KX_DHE_EXPORT || s->kx == KX_DHE_PSK || s->kx == KX_RSA_EXPORT;
}

static void
certificate_request(struct wr *w, const struct model_conn *c)
{
	struct wr_mark m = open_message(w, 13);

	if (c->choice.version >= TLS1_3) {
		wr_put(w, "\0\0\x08\0\x0d\0\4\0\2\4\3", 11); /* signature_algorithms: one */
	} else {
		wr_put(w, "\2\1\x40", 3);
		if (c->choice.version >= TLS1_2)
			wr_put(w, "\0\4\4\1\4\3", 6);
		wr_u16(w, 0);
	}
	wr_close(w, m);
}

static void
flight_old(struct model_conn *c, struct wr *w)
{
	static const uint8_t status[] = {22, 0, 0, 7, 1, 0, 0, 3, 0x30, 1, 0};
	bool bare = c->config->quirks.bare_hello || c->choice.version == SSL3;

	server_hello_old(w, c);
	if (c->choice.cert != NULL) {
		certificate(w, c, c->choice.cert);
		if (c->config->staple && !bare && model_hello_has(&c->hello, EXT_STATUS_REQUEST))
			wr_put(w, status, sizeof(status));
	}
	if (has_key_exchange(c->choice.suite))
		server_key_exchange(w, c);
	if (c->config->client_auth && c->choice.cert != NULL)
		certificate_request(w, c);
	wr_put(w, "\x0e\0\0\0", 4);
	CHECK(wr_ok(w));
	model_record(c, REC_HANDSHAKE, wr_done(w));
}

/* ---- TLS 1.3 ---- */

static void
server_hello_tls13(struct wr *w, struct model_conn *c, struct span share)
{
	struct wr_mark m = open_message(w, 2), list;
	uint8_t random[32];

	server_random(c, random);
	hello_head(w, c, c->choice.retry ? retry_random : random, c->hello.session_id);
	list = wr_open(w, 2);
	ext(w, EXT_SUPPORTED_VERSIONS, "\3\4", 2);
	wr_u16(w, EXT_KEY_SHARE);
	wr_u16(w, (unsigned)(c->choice.retry ? 2 : 4 + share.n));
	wr_u16(w, c->choice.group);
	if (!c->choice.retry) {
		wr_u16(w, (unsigned)share.n);
		wr_span(w, share);
	} else if (c->config->cookie) {
		ext(w, EXT_COOKIE, "\0\5crumb", 7);
	}
	wr_close(w, list);
	wr_close(w, m);
}

static void
change_over(struct keys *k)
{
	struct traffic t = k->client;

	k->client = k->server;
	k->server = t;
}

/* Encrypts handshake bytes in pieces and notes them in the transcript. */
static void
protect(struct model_conn *c, struct span s)
{
	uint8_t record[PIECE + 64];

	for (size_t done = 0; done < s.n;) {
		size_t n = s.n - done < PIECE ? s.n - done : PIECE;

		n = c->config->quirks.cut == MODEL_SPLIT
			? 1 + rng_below(&c->server->rng, (uint32_t)n)
			: n;
		wr_put(&c->out, record,
		    keys_encrypt(&c->keys, REC_HANDSHAKE, (struct span){s.p + done, n}, record));
		done += n;
	}
	wr_span(&c->transcript, s);
}

/* RFC 8879, 4; what is in it nobody can unpack. */
static void
compressed_certificate(struct wr *w, struct model_conn *c)
{
	enum { UNPACKED = 1000, PACKED = 80 };
	struct wr_mark m = open_message(w, 25);

	wr_u16(w, c->config->cert_compression);
	wr_u24(w, UNPACKED);
	wr_u24(w, PACKED);
	random_number(c, w, PACKED);
	wr_close(w, m);
}

static void
encrypted_flight(struct model_conn *c, struct wr *w)
{
	uint8_t verify[CRYPTO_MAX_HASH];
	struct wr_mark m = open_message(w, 8), list = wr_open(w, 2);
	size_t n;

	ext_common(w, c);
	wr_close(w, list);
	wr_close(w, m);
	if (c->config->client_auth)
		certificate_request(w, c);
	if ((c->hello.cert_compressions & 1u << c->config->cert_compression) != 0)
		compressed_certificate(w, c);
	else
		certificate(w, c, c->choice.cert);
	m = open_message(w, 15);
	wr_u16(w, c->choice.sigalg);
	wr_u16(w, SIGNATURE);
	random_number(c, w, SIGNATURE);
	wr_close(w, m);
	CHECK(wr_ok(w));
	protect(c, wr_done(w));
	w->len = 0;
	n = keys_finished(&c->keys, &c->keys.client, wr_done(&c->transcript), verify);
	m = open_message(w, 20);
	wr_put(w, verify, n);
	wr_close(w, m);
	protect(c, wr_done(w));
}

/* Our share, and the keys of the handshake; false: no such group or suite at hand. */
static bool
make_keys(struct model_conn *c, uint8_t pub[CRYPTO_MAX_SHARE], size_t *n_pub,
    uint8_t secret[CRYPTO_MAX_SECRET], size_t *n_secret)
{
	struct crypto_share *own;
	bool ok;

	if (!keys_open(&c->keys, c->choice.suite))
		return false;
	own = crypto_share_new(c->choice.group, pub, n_pub);
	if (own == NULL)
		return false;
	ok = crypto_share_derive(own, c->choice.share, secret, n_secret);
	crypto_share_free(own);
	return ok;
}

static void
flight_tls13(struct model_conn *c, struct wr *w)
{
	uint8_t pub[CRYPTO_MAX_SHARE] = {4}, secret[CRYPTO_MAX_SECRET];
	size_t n_pub = 65, n_secret;

	c->have_keys = !c->choice.retry && make_keys(c, pub, &n_pub, secret, &n_secret);
	server_hello_tls13(w, c, (struct span){pub, n_pub});
	model_record(c, REC_HANDSHAKE, wr_done(w));
	if (c->hello.session_id.n > 0)
		one_record(c, REC_CCS, (struct span){(const uint8_t *)"\1", 1});
	if (c->choice.retry)
		return;
	if (!c->have_keys) { /* bytes that nobody can read */
		one_record(c, REC_DATA, (struct span){pub, 40});
		return;
	}
	wr_span(&c->transcript, c->hello.message);
	wr_span(&c->transcript, wr_done(w));
	keys_handshake(&c->keys, (struct span){secret, n_secret}, wr_done(&c->transcript));
	change_over(&c->keys);
	w->len = 0;
	encrypted_flight(c, w);
}

void
model_flight(struct model_conn *c)
{
	struct wr w;

	wr_init(&w, arena_alloc(c->arena, MODEL_OUT), MODEL_OUT);
	if (c->config->quirks.warns)
		model_alert(c, 1, 112);
	if (c->choice.version >= TLS1_3)
		flight_tls13(c, &w);
	else
		flight_old(c, &w);
	CHECK(wr_ok(&w) && wr_ok(&c->out));
}

/* The ticket is sent under the application keys, which begin after our Finished. */
void
model_ticket(struct model_conn *c)
{
	static const uint8_t ticket[] = {
	    4, 0, 0, 17, 0, 0, 0x1c, 0x20, 1, 2, 3, 4, 0, 0, 4, 't', 'k', 't', '1', 0, 0};
	uint8_t record[128];

	if (c->config->ticket)
		wr_put(&c->out, record,
		    keys_encrypt(&c->keys, REC_HANDSHAKE, SPAN_OF(ticket), record));
}

void
model_flight2(struct model_conn *c)
{
	const struct model_config *f = c->config;
	const struct model_cert *cert = model_cert_of(&f->certs_default, MODEL_RSA);
	size_t start = c->out.len;

	wr_u16(&c->out, 0);
	wr_u8(&c->out, 4);
	wr_u8(&c->out, 0); /* no session id hit */
	wr_u8(&c->out, 1); /* X.509 */
	wr_u16(&c->out, SSL2);
	wr_u16(&c->out, (unsigned)cert->chain[0].n);
	wr_u16(&c->out, (unsigned)(3 * f->n_suites2));
	wr_u16(&c->out, 16);
	wr_span(&c->out, cert->chain[0]);
	for (size_t i = 0; i < f->n_suites2; i++)
		wr_u24(&c->out, f->suites2[i]);
	random_number(c, &c->out, 16);
	wr_poke16(&c->out, start, (unsigned)(0x8000 | (c->out.len - start - 2)));
}
