/* shake12 - a client's handshake of TLS 1.0 to 1.2, and records after it.  RFC 5246, 7.3 and 7.4. */
#include "engine/engine_internal.h"

#include "base/check.h"

enum { PREMASTER = 48, MAX_BODY = CRYPTO_MAX_MODULUS + 2 };

static struct span
client_random(const struct engine *e)
{
	return (struct span){e->client_random, sizeof(e->client_random)};
}

/* The ciphers of the server's choice; false: not at hand. */
static bool
open_keys(struct engine *e, const struct server_flight *sf)
{
	struct span body;

	if (sf->hello && sf->version < TLS1_3 &&
	    keys12_open(&e->keys12, sf->version, sf->suite, flight_ext(sf, EXT_ENCRYPT_THEN_MAC, &body)))
		return true;
	e->local = "no cipher for the server's choice";
	return false;
}

/* The master secret, once our ClientKeyExchange is in the transcript, and the keys from it. */
static void
derive(struct engine *e, struct span premaster)
{
	const struct server_flight *sf = engine_hello(e);
	struct span body, ems = {NULL, 0};

	if (!open_keys(e, sf))
		return;
	if (flight_ext(sf, EXT_EXTENDED_MASTER_SECRET, &body))
		ems = engine_transcript(e); /* RFC 7627, 4 */
	keys12_master(&e->keys12, premaster, client_random(e), sf->random, ems);
	keys12_expand(&e->keys12, client_random(e), sf->random);
	e->exchanged = true;
}

/* ---- key exchange ---- */

/* RFC 5246, 7.4.7.1: the version offered and 46 random bytes, behind PKCS #1 padding of type 2. */
static bool
rsa_body(struct engine *e, struct wr *body, struct wr *secret)
{
	struct span cert = {NULL, 0};
	uint8_t block[CRYPTO_MAX_MODULUS], out[CRYPTO_MAX_MODULUS], *pms;
	const struct server_flight *sf = engine_hello(e);
	size_t n;

	if (sf->n_certs > 0)
		cert = sf->certs[0];
	n = crypto_rsa_len(cert);
	if (n < PREMASTER + 11)
		return false;
	rng_bytes(e->rng, block, n);
	for (size_t i = 2; i < n; i++)
		block[i] = block[i] != 0 ? block[i] : 1;
	pms = block + n - PREMASTER;
	block[0] = 0;
	block[1] = 2;
	pms[-1] = 0;
	pms[0] = (uint8_t)(e->hello_version >> 8);
	pms[1] = (uint8_t)e->hello_version;
	wr_put(secret, pms, PREMASTER);
	if (!crypto_rsa_raw(cert, (struct span){block, n}, out))
		return false;
	if (sf->version > SSL3) /* RFC 6101, 5.6.7.1: no length before it */
		wr_u16(body, (unsigned)n);
	wr_put(body, out, n);
	return true;
}

static bool
dhe_body(const struct server_key_exchange *k, struct wr *body, struct wr *secret)
{
	uint8_t pub[CRYPTO_MAX_MODULUS], z[CRYPTO_MAX_MODULUS];
	size_t n_pub, n_z;

	if (!crypto_dh(k->p, k->g, k->y, pub, &n_pub, z, &n_z))
		return false;
	wr_u16(body, (unsigned)n_pub);
	wr_put(body, pub, n_pub);
	wr_put(secret, z, n_z);
	return true;
}

static bool
ecdhe_body(const struct server_key_exchange *k, struct wr *body, struct wr *secret)
{
	uint8_t pub[CRYPTO_MAX_SHARE], z[CRYPTO_MAX_SECRET];
	struct crypto_share *s;
	size_t n_pub, n_z;
	bool ok;

	if (k->group == 0)
		return false;
	s = crypto_share_new(k->group, pub, &n_pub);
	ok = s != NULL && crypto_share_derive(s, k->y, z, &n_z);
	crypto_share_free(s);
	if (!ok)
		return false;
	wr_u8(body, (unsigned)n_pub);
	wr_put(body, pub, n_pub);
	wr_put(secret, z, n_z);
	return true;
}

static bool
right_body(struct engine *e, struct wr *body, struct wr *secret)
{
	const struct server_flight *sf = engine_hello(e);
	const struct suite *s = suite_by_code(sf->suite);

	if (s == NULL)
		return false;
	if (s->kx == KX_RSA)
		return rsa_body(e, body, secret);
	if (s->kx == KX_DHE && sf->ske.kind == SKE_DHE)
		return dhe_body(&sf->ske, body, secret);
	return s->kx == KX_ECDHE && sf->ske.kind == SKE_ECDHE && ecdhe_body(&sf->ske, body, secret);
}

void
shake12_key_exchange(struct engine *e, struct span body, struct span secret)
{
	static const uint8_t no_certificate[] = {1, 41};
	uint8_t b[MAX_BODY], z[CRYPTO_MAX_MODULUS];
	struct wr wb, wz;

	if (body.n == 0) {
		wr_init(&wb, b, sizeof(b));
		wr_init(&wz, z, sizeof(z));
		if (!right_body(e, &wb, &wz) || !wr_ok(&wb) || !wr_ok(&wz)) {
			e->local = "no key exchange for the server's choice";
			return;
		}
		body = wr_done(&wb);
		secret = wr_done(&wz);
	}
	/* RFC 5246, 7.4.6: a client without a suitable certificate MUST send an empty list.  RFC 6101,
	 * 5.6.6: in SSLv3 it says no_certificate, and we have none for that. */
	client_auth_choose(e);
	if (engine_hello(e)->cert_request && engine_hello(e)->version == SSL3)
		say_record(e, &(struct record12){.type = REC_ALERT, .content = SPAN_OF(no_certificate)});
	else if (engine_hello(e)->cert_request)
		say_message(e, MSG_CERTIFICATE, client_auth_certificate(e));
	say_message(e, MSG_CLIENT_KEY_EXCHANGE, body);
	if (secret.n > 0)
		derive(e, secret);
	if (e->sign_with != 0 && e->local == NULL)
		say_message(e, MSG_CERTIFICATE_VERIFY, client_auth_verify(e));
	crypto_wipe(z, sizeof(z));
}

void
shake12_rsa_block(struct engine *e, struct span block, struct span secret)
{
	const struct server_flight *sf = engine_hello(e);
	uint8_t body[MAX_BODY];
	size_t head = sf->version > SSL3 ? 2 : 0; /* RFC 5246, 7.4.7.1: SSLv3 leaves the length out */

	if (sf->n_certs == 0 || block.n > CRYPTO_MAX_MODULUS ||
	    !crypto_rsa_raw(sf->certs[0], block, body + head)) {
		e->local = "the block is none of this RSA key";
		return;
	}
	if (head > 0) {
		body[0] = (uint8_t)(block.n >> 8);
		body[1] = (uint8_t)block.n;
	}
	shake12_key_exchange(e, (struct span){body, head + block.n}, secret);
}

/* ---- the end of a handshake ---- */

void
shake12_ccs(struct engine *e)
{
	static const uint8_t one[] = {1};

	say_record(e, &(struct record12){.type = REC_CCS, .content = SPAN_OF(one)});
	flight_expect_ccs(e->flight);
	if (e->exchanged)
		keys12_start(&e->keys12.client, &e->keys12.next_client);
	else
		e->local = "no keys to change to";
}

void
shake12_finished(struct engine *e)
{
	size_t n;

	if (!e->exchanged) {
		e->local = "no keys to finish with";
		return;
	}
	n = keys12_finished(&e->keys12, false, engine_transcript(e), e->verify[0]);
	say_message(e, MSG_FINISHED, (struct span){e->verify[0], n});
}

static void
second_flight(struct engine *e)
{
	shake12_key_exchange(e, (struct span){NULL, 0}, (struct span){NULL, 0});
	if (e->local == NULL)
		shake12_ccs(e);
	if (e->local == NULL)
		shake12_finished(e);
}

/* RFC 5246, 7.3: in an abbreviated handshake theirs comes first. */
static void
on_finished(struct engine *e, struct span message)
{
	uint8_t want[KEYS12_MAX_VERIFY];
	size_t n;
	const struct server_flight *sf = engine_hello(e);

	if (!e->exchanged || !e->keys12.server.on) {
		e->bad = "Finished in the clear";
		return;
	}
	n = keys12_finished(&e->keys12, true, engine_transcript(e), want);
	if (message.n != 4 + n || memcmp(message.p + 4, want, n) != 0) {
		e->bad = "the server's Finished is wrong";
		return;
	}
	memcpy(e->verify[1], want, n);
	engine_grow(e, &e->transcript, message);
	e->established = true;
	e->n_verify = n;
	e->have_session = true;
	e->session.version = sf->version;
	e->session.suite = sf->suite;
	e->session.id = arena_span(e->arena, sf->session_id);
	e->session.secret_len = KEYS12_MASTER;
	memcpy(e->session.secret, e->keys12.master, KEYS12_MASTER);
	if (e->resuming) {
		shake12_ccs(e);
		shake12_finished(e);
	}
}

/* RFC 5077, 3.3 */
static void
on_ticket(struct engine *e, struct span message)
{
	struct rd r = rd_of((struct span){message.p + 4, message.n - 4}), ticket;

	if (!rd_u32(&r, &e->session.lifetime) || !rd_vec16(&r, &ticket) || !rd_end(&r))
		return;
	e->session.ticket = arena_span(e->arena, rd_rest(&ticket));
}

void
shake12_message(struct engine *e, uint8_t type, struct span message)
{
	enum { HELLO_REQUEST = 0 };

	if (type == HELLO_REQUEST) /* RFC 5246, 7.4.1.1: never part of the hashes */
		return;
	if (type == MSG_FINISHED) {
		on_finished(e, message);
		return;
	}
	engine_grow(e, &e->transcript, message);
	if (type == MSG_NEW_SESSION_TICKET)
		on_ticket(e, message);
	if (type == MSG_SERVER_HELLO_DONE && engine_finishes(e) && e->ask->stop == STOP_FINISHED)
		second_flight(e);
}

/* ---- records ---- */

/* Their ChangeCipherSpec.  Before any key exchange of ours it is the session that goes on. */
static bool
change(struct engine *e)
{
	const struct server_flight *sf = engine_hello(e);
	const struct session *s = e->offered;

	if (!e->exchanged && s != NULL && s->version == sf->version && !sf->certificate) {
		if (!open_keys(e, sf))
			return false;
		CHECK(s->secret_len == KEYS12_MASTER);
		memcpy(e->keys12.master, s->secret, KEYS12_MASTER);
		keys12_expand(&e->keys12, client_random(e), sf->random);
		e->exchanged = e->resuming = true;
		e->session = *s;
	}
	if (!e->exchanged) {
		e->bad = "ChangeCipherSpec without a key exchange";
		return false;
	}
	keys12_start(&e->keys12.server, &e->keys12.next_server);
	return true;
}

enum flight_state
shake12_record(struct engine *e, struct flight *f, struct span record)
{
	size_t n;

	if (!e->keys12.server.on && !change(e))
		return FLIGHT_DONE;
	if (!keys12_decrypt(&e->keys12, record, e->plain, &n)) {
		e->bad = "a record does not authenticate";
		return FLIGHT_DONE;
	}
	if (record.p[0] == REC_CCS) /* of a renegotiation */
		return change(e) ? FLIGHT_MORE : FLIGHT_DONE;
	if (record.p[0] == REC_DATA && !e->established) {
		e->bad = "application data before Finished";
		return FLIGHT_DONE;
	}
	return engine_inner(e, f, record.p[0], (struct span){e->plain, n});
}
