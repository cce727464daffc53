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

static size_t
make_shares(struct engine *e, struct key_share *keys, uint8_t (*pub)[CRYPTO_MAX_SHARE])
{
	const struct hello *h = &e->ask->hello;

	for (size_t i = 0; i < h->shares.n && e->n_shares < ENGINE_SHARES; i++) {
		size_t n, k = e->n_shares;

		e->shares[k] = crypto_share_new(h->shares.v[i], pub[k], &n);
		if (e->shares[k] == NULL)
			continue;
		e->share_group[k] = h->shares.v[i];
		keys[k] = (struct key_share){h->shares.v[i], {pub[k], n}};
		e->n_shares++;
	}
	if (h->shares.n > 0 && e->n_shares == 0)
		e->local = "no key share can be made for these groups";
	return e->n_shares;
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
	uint8_t pub[ENGINE_SHARES][CRYPTO_MAX_SHARE];
	struct key_share keys[ENGINE_SHARES];
	size_t n, from = e->out.len;

	e->n_shares = 0;
	n = make_shares(e, keys, pub);
	hello_write(h, keys, n, e->rng, &e->out);
	if ((n == 0 && !e->keyed) || !wr_ok(&e->out) || h->version < SSL3)
		return;
	e->hello_version = h->version;
	memcpy(e->client_random, e->out.p + from + RANDOM_AT, sizeof(e->client_random));
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

	for (size_t i = 0; i < e->n_shares; i++)
		crypto_share_free(e->shares[i]);
	e->transcript = (struct growing){0};
	e->exchanged = e->established = e->resuming = false;
	if ((h->flags & HELLO_RENEG) != 0 && h->verify_data.n == 0 && e->n_verify > 0)
		h->verify_data = (struct span){e->verify[0], KEYS12_VERIFY}; /* RFC 5746, 3.5 */
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
	if (again)
		hello_again(e, &h);
	else
		write_hello(e, &h);
	if (wr_ok(&e->out) && e->local == NULL && h.psk.n > 0 && e->ask->early.n > 0)
		shake13_early(e);
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
