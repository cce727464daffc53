/*
 * Target: the engine, asked in several ways and answered with any bytes.  The first byte chooses
 * the ask, the second how the connection ends.  Everything it says must be usable by a probe.
 */
#include "base/check.h"
#include "engine/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
make_ask(struct ask *ask, unsigned which)
{
	static const uint16_t versions[] = {SSL2, SSL3, TLS1_0, TLS1_1, TLS1_2, TLS1_3, TLS1_3};
	static const enum flight_stop stops[] = {
	    STOP_HELLO_DONE, STOP_SERVER_HELLO, STOP_TICKET, STOP_ANY_RECORD, STOP_CLOSE};
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
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct endpoint ep = {.host = "a.example", .sni = "a.example", .port = 443};
	static const enum reply_kind ends[] = {REPLY_FIN, REPLY_RESET, REPLY_SILENCE};
	struct reply r = {.connections = 1};
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
	if (engine_feed(e, (struct span){data + 2, n - 2}))
		engine_ended(e, ends[data[1] % N_ELEMENTS(ends)]);
	while (engine_to_send(e).n > 0)
		engine_sent(e, 1);
	engine_reply(e, &r);
	CHECK(r.flight != NULL && r.raw.n <= FLIGHT_HEAD);
	CHECK(r.kind != REPLY_FLIGHT || r.flight->n_records > 0);
	CHECK(strlen(reply_text(&r, a)) > 0);
	(void)reply_why(&r);
	(void)reply_says(&r);
	engine_close(e);
	arena_free(a);
	return 0;
}
