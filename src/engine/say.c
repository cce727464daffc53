/* say - what the client sends: hellos, messages, records, right ones and others.  See probe.h. */
#include "engine/engine_internal.h"

enum { HEADER = 5, RANDOM_AT = HEADER + 4 + 2 };

/* ---- records and messages ---- */

static void
record13(struct engine *e, const struct record12 *r)
{
	engine_room(e, HEADER + r->content.n + 1 + 16);
	e->out.len += keys_encrypt(&e->keys, r->type, r->content, e->out.p + e->out.len);
}

void
say_record(struct engine *e, const struct record12 *r)
{
	size_t n;

	if (r->content.n > 1 << 14) {
		e->local = "a record would be too long";
		return;
	}
	if (e->finished) {
		record13(e, r);
		return;
	}
	if (e->keys12.version == 0) { /* no ServerHello yet */
		e->keys12.version = e->hello_version != 0 ? e->hello_version : TLS1_2;
	}
	engine_room(e, r->content.n + KEYS12_OVERHEAD);
	n = keys12_encrypt(&e->keys12, e->rng, r, e->out.p + e->out.len);
	if (n == 0)
		e->local = "the padding does not fill a block";
	e->out.len += n;
}

void
say_message(struct engine *e, uint8_t type, struct span body)
{
	size_t from = e->transcript.n;
	uint8_t head[] = {type, (uint8_t)(body.n >> 16), (uint8_t)(body.n >> 8), (uint8_t)body.n};
	struct record12 r = {.type = REC_HANDSHAKE};
	struct span left;

	engine_grow(e, &e->transcript, SPAN_OF(head));
	engine_grow(e, &e->transcript, body);
	left = (struct span){e->transcript.p + from, e->transcript.n - from};
	while (left.n > 0) { /* a chain may be longer than a record */
		r.content = (struct span){left.p, left.n < RECORD_MAX ? left.n : RECORD_MAX};
		say_record(e, &r);
		left = (struct span){left.p + r.content.n, left.n - r.content.n};
	}
}

static void
clear_record(struct engine *e, const struct say *s)
{
	uint16_t version = engine_hello(e)->legacy_version;

	if (s->version != 0)
		version = s->version;
	engine_room(e, HEADER + s->bytes.n);
	wr_u8(&e->out, s->type);
	wr_u16(&e->out, version != 0 ? version : TLS1_2);
	wr_u16(&e->out, (unsigned)s->bytes.n & 0xffff);
	wr_span(&e->out, s->bytes);
}

/* ---- hellos ---- */

static void
drop_shares(struct engine *e)
{
	for (size_t i = 0; i < e->n_shares; i++)
		crypto_share_free(e->shares[i]);
	e->n_shares = 0;
}

static void
make_shares(struct engine *e, struct u16s groups)
{
	drop_shares(e);
	for (size_t i = 0; i < groups.n && e->n_shares < ENGINE_SHARES; i++) {
		size_t k = e->n_shares;

		e->shares[k] = crypto_share_new(groups.v[i], e->share_pub[k], &e->n_pub[k]);
		if (e->shares[k] == NULL)
			continue;
		e->share_group[k] = groups.v[i];
		e->n_shares++;
	}
	if (groups.n > 0 && e->n_shares == 0)
		e->local = "no key share can be made for these groups";
}

/* RFC 8446, 4.2.11: the ticket goes into the hello, whose binder is made when it is written. */
static void
offer_session(struct engine *e, struct hello *h)
{
	const struct session *s = e->ask->session;

	e->offered = s;
	if (s == NULL || s->version < TLS1_3)
		return;
	h->psk = s->ticket;
	h->psk_age = s->age_ms + s->age_add; /* RFC 8446, 4.2.11.1: modulo 2^32 */
	h->psk_binder = s->secret_len;
}

/* The hello that lies at the end of out, without the headers of its records. */
static void
keep_hello(struct engine *e, struct span records)
{
	struct rd r = rd_of(records), body;
	struct span head;

	while (rd_bytes(&r, 3, &head) && rd_vec16(&r, &body))
		engine_grow(e, &e->transcript, rd_rest(&body));
}

/* Writes it to the end of out, as a record in the clear. */
static void
write_hello(struct engine *e, struct hello *h)
{
	struct key_share keys[ENGINE_SHARES];
	size_t from = e->out.len, id_at = from + RANDOM_AT + sizeof(e->client_random);

	for (size_t i = 0; i < e->n_shares; i++)
		keys[i] = (struct key_share){e->share_group[i], {e->share_pub[i], e->n_pub[i]}};
	hello_write(h, keys, e->n_shares, e->rng, &e->out);
	if ((e->n_shares == 0 && !e->keyed) || !wr_ok(&e->out) || h->version < SSL3)
		return;
	e->hello_version = h->version;
	if (e->retried) /* RFC 8446, 4.1.2: the same hello, but for what the server asks for */
		memcpy(e->out.p + from + RANDOM_AT, e->client_random, sizeof(e->client_random));
	memcpy(e->client_random, e->out.p + from + RANDOM_AT, sizeof(e->client_random));
	if (h->fragment == 0)
		e->session_id =
		    arena_span(e->arena, (struct span){e->out.p + id_at + 1, e->out.p[id_at]});
	if (h->psk.n > 0 && h->fragment == 0)
		shake13_bind(e, e->out.p + from + HEADER, e->out.len - from - HEADER);
	keep_hello(e, (struct span){e->out.p + from, e->out.len - from});
}

/* The same under the keys in force: written apart, since a record of its own goes round it. */
static void
hello_again(struct engine *e, struct hello *h)
{
	struct wr save = e->out;
	struct record12 r = {.type = REC_HANDSHAKE};

	make_shares(e, h->shares);
	e->transcript = (struct growing){0};
	e->exchanged = e->established = e->resuming = false;
	if ((h->flags & HELLO_RENEG) != 0 && h->verify_data.n == 0 && e->n_verify > 0)
		h->verify_data = (struct span){e->verify[0], e->n_verify}; /* RFC 5746, 3.5 */
	wr_init(&e->out, arena_alloc(e->arena, 1 << 15), 1 << 15);
	write_hello(e, h);
	if (!wr_ok(&e->out))
		e->local = "the hello does not fit";
	r.content = (struct span){e->out.p + HEADER, e->out.len > HEADER ? e->out.len - HEADER : 0};
	e->out = save;
	if (e->local == NULL)
		say_record(e, &r);
}

void
say_hello(struct engine *e, bool again)
{
	struct hello h = e->ask->hello;

	offer_session(e, &h);
	if (again) {
		hello_again(e, &h);
	} else {
		make_shares(e, h.shares);
		write_hello(e, &h);
	}
	if (wr_ok(&e->out) && e->local == NULL && h.psk.n > 0 && e->ask->early.n > 0)
		shake13_early(e);
}

/* RFC 8446, 4.4.1: a message_hash stands for the first hello; the HelloRetryRequest follows. */
static bool
hash_first_hello(struct engine *e, const struct server_flight *sf)
{
	struct span first = {e->transcript.p, e->transcript.n - sf->hello_msg.n}, all = engine_transcript(e);
	uint8_t hash[4 + CRYPTO_MAX_HASH] = {MSG_MESSAGE_HASH};
	struct keys k;

	if (e->transcript.n <= sf->hello_msg.n || !keys_open(&k, sf->suite))
		return false;
	crypto_hash(k.hash, first, hash + 4);
	hash[3] = (uint8_t)crypto_hash_len(k.hash);
	e->transcript = (struct growing){0};
	engine_grow(e, &e->transcript, (struct span){hash, 4 + crypto_hash_len(k.hash)});
	engine_grow(e, &e->transcript, (struct span){all.p + first.n, sf->hello_msg.n});
	return true;
}

bool
say_retry(struct engine *e)
{
	const struct server_flight *sf = flight_result(e->flight);
	struct hello h = e->ask->hello;
	const uint16_t group = sf->group;

	if (e->session_id.p == NULL || h.fragment != 0 || (group != 0 && !crypto_share_can(group)))
		return false;
	for (size_t i = 0; group != 0 && i < e->n_shares; i++)
		if (e->share_group[i] == group) { /* RFC 8446, 4.1.4: illegal_parameter */
			e->bad = "HelloRetryRequest for a group whose share it has";
			return false;
		}
	if (!u16s_has(h.groups, group) && group != 0) {
		e->bad = "HelloRetryRequest for a group that was not offered";
		return false;
	}
	if (!hash_first_hello(e, sf))
		return false;
	e->retried = true;
	offer_session(e, &h);
	h.flags &= ~(unsigned)HELLO_EARLY_DATA;
	e->early_open = false;
	h.cookie = sf->cookie;
	h.session_id = e->session_id;
	if (group != 0)
		make_shares(e, (struct u16s){&group, 1});
	engine_room(e, 1 << 15);
	write_hello(e, &h);
	return wr_ok(&e->out) && e->local == NULL;
}

/* ---- the list ---- */

static void
say_one(struct engine *e, const struct say *s)
{
	struct record12 r = {.type = s->type, .version = s->version, .content = s->bytes,
	    .mac_xor = s->mac_xor, .mac_at = s->mac_at, .no_mac = s->no_mac, .padding = s->padding};

	switch (s->kind) {
	case SAY_RAW:
		engine_room(e, s->bytes.n);
		wr_span(&e->out, s->bytes);
		break;
	case SAY_CLEAR:
		clear_record(e, s);
		break;
	case SAY_RECORD:
		say_record(e, &r);
		break;
	case SAY_HELLO:
		e->nameless = false; /* what this handshake asks for is not known yet */
		say_hello(e, true);
		break;
	case SAY_KEY_EXCHANGE:
		shake12_key_exchange(e, s->bytes, s->secret);
		break;
	case SAY_RSA_BLOCK:
		shake12_rsa_block(e, s->bytes, s->secret);
		break;
	case SAY_CCS:
		shake12_ccs(e);
		break;
	case SAY_FINISHED:
		shake12_finished(e);
		break;
	case SAY_END:
	default:
		break;
	}
}

void
say_all(struct engine *e)
{
	for (size_t i = 0; i < ASK_SAYS && e->ask->say[i].kind != SAY_END && e->local == NULL; i++)
		say_one(e, &e->ask->say[i]);
}
