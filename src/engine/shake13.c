/* shake13 - a client's handshake of TLS 1.3, tickets and early data.  RFC 8446, 2 and 4. */
#include "engine/engine_internal.h"

/* ---- what goes with the hello ---- */

void
shake13_bind(struct engine *e, uint8_t *message, size_t n)
{
	const struct session *s = e->offered;
	uint8_t binder[CRYPTO_MAX_HASH];
	struct growing all = {0};
	size_t len;

	if (!keys_open(&e->early, s->suite) || s->secret_len != crypto_hash_len(e->early.hash)) {
		e->local = "the session's suite is not at hand";
		return;
	}
	keys_psk(&e->early, (struct span){s->secret, s->secret_len});
	/* RFC 8446, 4.2.11.2: all up to the list of binders, whose lengths are counted in. */
	if (e->retried)
		engine_grow(e, &all, engine_transcript(e));
	engine_grow(e, &all, (struct span){message, n - s->secret_len - 3});
	len = keys_binder(&e->early, (struct span){all.p, all.n}, binder);
	memcpy(message + n - len, binder, len);
}

/* A record under the client's early traffic keys. */
static void
early_record(struct engine *e, uint8_t type, struct span content)
{
	engine_room(e, 5 + content.n + 1 + 16);
	e->out.len += keys_encrypt(&e->early, type, content, e->out.p + e->out.len);
}

void
shake13_early(struct engine *e)
{
	static const uint8_t ccs[] = {REC_CCS, 3, 3, 0, 1, 1}; /* RFC 8446, appendix D.4 */
	struct span s = e->ask->early;

	if (s.n > 1 << 14) {
		e->local = "a record would be too long";
		return;
	}
	keys_early(&e->early, engine_transcript(e));
	engine_room(e, sizeof(ccs));
	wr_put(&e->out, ccs, sizeof(ccs));
	early_record(e, REC_DATA, s);
	e->early_open = true;
}

/* ---- keys ---- */

static bool
start_keys(struct engine *e, const struct server_flight *sf)
{
	uint8_t secret[CRYPTO_MAX_SECRET];
	struct span body;
	size_t n, i = 0;

	while (i < e->n_shares && e->share_group[i] != sf->group)
		i++;
	if (i == e->n_shares || !keys_open(&e->keys, sf->suite) ||
	    !crypto_share_derive(e->shares[i], sf->share, secret, &n))
		return false;
	/* RFC 8446, 4.2.11: we offered one identity, so its number is 0. */
	if (e->offered != NULL && e->offered->version >= TLS1_3 &&
	    flight_ext(sf, EXT_PRE_SHARED_KEY, &body)) {
		if (e->offered->secret_len != crypto_hash_len(e->keys.hash))
			return false;
		keys_psk(&e->keys, (struct span){e->offered->secret, e->offered->secret_len});
		e->resuming = true;
	}
	keys_handshake(&e->keys, (struct span){secret, n}, engine_transcript(e));
	crypto_wipe(secret, sizeof(secret));
	e->have_keys = true;
	return true;
}

/* ---- our second flight ---- */

/* A handshake message under the handshake keys, kept in the transcript. */
static void
handshake_message(struct engine *e, uint8_t type, struct span body)
{
	uint8_t head[] = {type, (uint8_t)(body.n >> 16), (uint8_t)(body.n >> 8), (uint8_t)body.n};
	size_t from = e->transcript.n;
	struct span message;

	engine_grow(e, &e->transcript, SPAN_OF(head));
	engine_grow(e, &e->transcript, body);
	message = (struct span){e->transcript.p + from, e->transcript.n - from};
	while (message.n > 0) { /* a chain may be longer than a record */
		struct span part = {message.p, message.n < RECORD_MAX ? message.n : RECORD_MAX};

		engine_room(e, 5 + part.n + 1 + 16);
		e->out.len += keys_encrypt(&e->keys, REC_HANDSHAKE, part, e->out.p + e->out.len);
		message = (struct span){message.p + part.n, message.n - part.n};
	}
}

/* RFC 8446, 4.5: only after early data that the server took. */
static void
end_early_data(struct engine *e, const struct server_flight *sf)
{
	static const uint8_t message[] = {MSG_END_OF_EARLY_DATA, 0, 0, 0};
	struct span body;

	if (!e->early_open || !flight_ext(sf, EXT_EARLY_DATA, &body))
		return;
	engine_grow(e, &e->transcript, SPAN_OF(message));
	early_record(e, REC_HANDSHAKE, SPAN_OF(message));
}

static void
finish(struct engine *e, const struct server_flight *sf)
{
	static const uint8_t ccs[] = {REC_CCS, 3, 3, 0, 1, 1}; /* RFC 8446, appendix D.4 */
	uint8_t verify[CRYPTO_MAX_HASH];
	struct keys app = e->keys;
	size_t n;

	keys_application(&app, engine_transcript(e));
	if (!e->early_open) {
		engine_room(e, sizeof(ccs));
		wr_put(&e->out, ccs, sizeof(ccs));
	}
	end_early_data(e, sf);
	client_auth_choose(e);
	if (sf->cert_request) /* RFC 8446, 4.4.2: an empty one when there is none that suits */
		handshake_message(e, MSG_CERTIFICATE, client_auth_certificate(e));
	if (e->sign_with != 0)
		handshake_message(e, MSG_CERTIFICATE_VERIFY, client_auth_verify(e));
	n = keys_finished(&e->keys, &e->keys.client, engine_transcript(e), verify);
	handshake_message(e, MSG_FINISHED, (struct span){verify, n});
	e->finished = true;
	e->keys = app;
	keys_wipe(&app);
}

/* ---- what comes ---- */

/* RFC 8446, 4.6.1 */
static void
on_ticket(struct engine *e, struct span message)
{
	struct rd r = rd_of((struct span){message.p + 4, message.n - 4}), nonce, ticket, exts, body;
	const struct server_flight *sf = engine_hello(e);
	struct session s = {.version = TLS1_3, .suite = sf->suite};
	uint16_t type;

	if (!rd_u32(&r, &s.lifetime) || !rd_u32(&r, &s.age_add) || !rd_vec8(&r, &nonce) ||
	    !rd_vec16(&r, &ticket) || ticket.n == 0 || !rd_vec16(&r, &exts) || !rd_end(&r))
		return;
	while (rd_u16(&exts, &type) && rd_vec16(&exts, &body))
		if (type == EXT_EARLY_DATA && !rd_u32(&body, &s.max_early))
			s.max_early = 0;
	s.ticket = arena_span(e->arena, rd_rest(&ticket));
	s.secret_len = (uint8_t)keys_resumption(&e->keys, engine_transcript(e), rd_rest(&nonce), s.secret);
	e->session = s;
	e->have_session = true;
}

static void
on_finished(struct engine *e, struct span message)
{
	uint8_t want[CRYPTO_MAX_HASH];
	size_t n = keys_finished(&e->keys, &e->keys.server, engine_transcript(e), want);

	if (message.n != 4 + n || memcmp(message.p + 4, want, n) != 0)
		e->bad = "the server's Finished is wrong";
	else
		e->established = true;
}

void
shake13_message(struct engine *e, uint8_t type, struct span message)
{
	if (e->finished) {
		if (type == MSG_NEW_SESSION_TICKET)
			on_ticket(e, message);
		else if (type == MSG_KEY_UPDATE)
			keys_update(&e->keys, &e->keys.server);
		return;
	}
	if (type == MSG_FINISHED && e->have_keys)
		on_finished(e, message);
	engine_grow(e, &e->transcript, message);
}

enum flight_state
shake13_record(struct engine *e, struct flight *f, struct span record)
{
	const struct server_flight *sf = flight_result(f);
	enum flight_state s;
	uint8_t type;
	size_t n;

	if (!e->have_keys && !start_keys(e, engine_hello(e))) {
		e->local = "no key for the server's choice";
		return FLIGHT_DONE;
	}
	if (!keys_decrypt(&e->keys, record, e->plain, &n, &type)) {
		e->local = "a record does not authenticate";
		return FLIGHT_DONE;
	}
	s = engine_inner(e, f, type, (struct span){e->plain, n});
	if ((s == FLIGHT_MORE || s == FLIGHT_DONE) && e->local == NULL && e->bad == NULL && sf->finished &&
	    !e->finished && engine_finishes(e))
		finish(e, sf);
	return s;
}
