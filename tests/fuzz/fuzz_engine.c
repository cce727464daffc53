/*
 * Target: the engine, asked in several ways and answered with any bytes.  The first byte chooses
 * the ask, the second how the connection ends and what is said on it after the first answer.
 * Everything it says must be usable by a probe.
 */
#include "base/check.h"
#include "engine/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
make_ask(struct ask *ask, unsigned which)
{
	static const uint16_t versions[] = {SSL2, SSL3, TLS1_0, TLS1_1, TLS1_2, TLS1_3, TLS1_3};
	static const enum flight_stop stops[] = {
	    STOP_HELLO_DONE, STOP_SERVER_HELLO, STOP_TICKET, STOP_ANY_RECORD, STOP_CLOSE, STOP_FINISHED};
	static const uint8_t bytes[48] = {1, 2, 3};
	static const struct session session = {.version = TLS1_3, .suite = 0x1301, .secret_len = 32,
	    .ticket = {bytes, sizeof(bytes)}, .max_early = 9}, old = {.version = TLS1_2, .suite = 0xc02f,
	    .secret_len = 48, .ticket = {bytes, sizeof(bytes)}, .id = {bytes, 32}};
	static const uint16_t shares[] = {0x001d};
	uint16_t version = versions[which % N_ELEMENTS(versions)];

	*ask = (struct ask){.kind = ASK_HELLO, .stop = stops[which / 8 % N_ELEMENTS(stops)]};
	hello_init(&ask->hello, "a.example", version);
	if (version == SSL2)
		ask->hello.suites2 = suites_ssl2();
	else
		ask->hello.suites = suites_for_version(version);
	if (which % N_ELEMENTS(versions) == N_ELEMENTS(versions) - 1)
		ask->hello.shares = U16S_OF(shares);
	ask->keep = which % 3 == 0;
	if (which % 5 != 0)
		return;
	ask->session = ask->hello.versions.n > 0 ? &session : &old;
	ask->hello.session_id = SPAN_OF(bytes);
	ask->hello.session_id.n = 32;
	if (which % 2 == 0) {
		ask->hello.flags |= HELLO_EARLY_DATA;
		ask->early = SPAN_OF(bytes);
	}
}

/* What is said on the connection then. */
static void
make_next(struct ask *ask, unsigned which)
{
	static const uint8_t bytes[] = {4, 1, 2, 3, 4};
	static const enum flight_stop stops[] = {
	    STOP_CLOSE, STOP_ANY_RECORD, STOP_FINISHED, STOP_DATA, STOP_HELLO_DONE, STOP_TICKET};
	static const enum say_kind says[] = {SAY_KEY_EXCHANGE, SAY_CCS, SAY_FINISHED, SAY_RECORD,
	    SAY_CLEAR, SAY_HELLO, SAY_RSA_BLOCK, SAY_RAW};

	*ask = (struct ask){.kind = ASK_SAY, .same_conn = true, .keep = true, .hello = ask->hello};
	ask->stop = stops[which % N_ELEMENTS(stops)];
	ask->until = (struct span){bytes, which % 3};
	for (unsigned i = 0; i < 3; i++)
		ask->say[i] = (struct say){.kind = says[(which + i) % N_ELEMENTS(says)],
		    .type = 23, .bytes = {bytes, which % 2 == 0 ? 0 : sizeof(bytes)},
		    .secret = SPAN_OF(bytes), .mac_xor = (uint8_t)which};
}

static void
check_reply(struct engine *e, struct arena *a, struct reply *r)
{
	*r = (struct reply){.connections = 1};
	engine_reply(e, r);
	CHECK(r->flight != NULL && r->raw.n <= FLIGHT_HEAD && r->data.n <= ASK_DATA);
	CHECK(r->kind != REPLY_FLIGHT || r->flight->n_records > 0);
	CHECK(strlen(reply_text(r, a)) > 0);
	CHECK(session_copy(a, r->session) != NULL || r->session == NULL);
	(void)reply_why(r);
	(void)reply_says(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct endpoint ep = {.host = "a.example", .sni = "a.example", .port = 443};
	static const enum reply_kind ends[] = {REPLY_FIN, REPLY_RESET, REPLY_SILENCE};
	struct span first, rest;
	struct reply r;
	struct engine *e;
	struct arena *a;
	struct ask ask;
	struct rng rng;

	if (n < 2)
		return 0;
	a = arena_new(64 << 20);
	rng_seed(&rng, 1);
	make_ask(&ask, data[0]);
	e = engine_open(a, &ep, &ask, &rng);
	CHECK(engine_to_send(e).n > 0);
	engine_sent(e, engine_to_send(e).n);
	first = rest = (struct span){data + 2, n - 2};
	if (ask.keep) { /* half of it for each of two asks */
		first.n /= 2;
		rest = (struct span){rest.p + first.n, rest.n - first.n};
	}
	if (engine_feed(e, first))
		engine_ended(e, ends[data[1] % N_ELEMENTS(ends)]);
	check_reply(e, a, &r);
	if (r.open) {
		make_next(&ask, data[1]);
		if (engine_go_on(e, &ask) && engine_feed(e, rest))
			engine_ended(e, ends[data[1] % N_ELEMENTS(ends)]);
		check_reply(e, a, &r);
	}
	while (engine_to_send(e).n > 0)
		engine_sent(e, 1);
	engine_close(e);
	arena_free(a);
	return 0;
}
