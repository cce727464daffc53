/*
 * Target: flight_feed() and flight_inner() on any bytes.  The first byte says where it stops,
 * whether SSLv2 was offered and whether there are keys (then a protected record holds its content
 * in the clear, the type last), the second how large the pieces are; then comes the stream.  What
 * is read must not depend on the pieces, and all of it must lie in the flight's memory.
 */
#include "base/check.h"
#include "tls/code.h"
#include "tls/flight.h"
#include "tls/hello.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { N_STOPS = STOP_CLOSE + 1 };

/* Reads a byte of every span, so that a sanitizer sees where they point. */
static unsigned
touch(struct span s)
{
	unsigned sum = 0;

	for (size_t i = 0; i < s.n; i++)
		sum += s.p[i];
	return sum;
}

static unsigned
walk(const struct server_flight *sf)
{
	unsigned sum = touch(sf->random) + touch(sf->session_id) + touch(sf->share) +
		       touch(sf->cookie) + touch(sf->hello_msg) + touch(sf->ocsp) +
		       touch(sf->cert_scts) + touch(sf->ske.p) + touch(sf->ske.g) +
		       touch(sf->ske.y) + touch(sf->ske.signature) + touch(sf->ske.params) +
		       touch(sf->cert_request_body) + touch(sf->alpn) + touch(sf->ssl2_cert) +
		       touch(sf->ssl2_conn_id) + touch(sf->cert_verify_sig);

	(void)touch(sf->head); /* how much of it there is follows from the pieces */
	CHECK(sf->n_exts <= FLIGHT_MAX_EXTS && sf->n_certs <= FLIGHT_MAX_CERTS);
	CHECK(sf->n_certs <= sf->n_certs_sent && sf->head.n <= FLIGHT_HEAD);
	for (size_t i = 0; i < sf->n_exts; i++)
		sum += touch(sf->exts[i].body);
	for (size_t i = 0; i < sf->n_certs; i++)
		sum += touch(sf->certs[i]);
	return sum;
}

static enum flight_state
on_encrypted(void *arg, struct flight *f, struct span record)
{
	(void)arg;
	CHECK(record.n >= 5);
	if (record.n == 5)
		return FLIGHT_MORE;
	return flight_inner(f, record.p[record.n - 1], (struct span){record.p + 5, record.n - 6});
}

static enum flight_state
feed(struct flight *f, struct span s, size_t piece)
{
	enum flight_state state = FLIGHT_MORE;

	for (size_t at = 0; at < s.n && state == FLIGHT_MORE; at += piece)
		state =
		    flight_feed(f, (struct span){s.p + at, piece < s.n - at ? piece : s.n - at});
	CHECK(state != FLIGHT_BAD || flight_result(f)->error != NULL);
	CHECK(state != FLIGHT_LIMIT || flight_result(f)->error != NULL);
	return state;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a;
	struct flight_offer offer = {
	    .suites = suites_for_version(TLS1_2), .groups = groups_all(), .sigalgs = sigalgs_all()};
	enum flight_stop stop;
	struct flight *f, *g;
	struct span stream;

	if (n < 2)
		return 0;
	a = arena_new(64 << 20);
	offer.ssl2 = data[0] >= 128;
	stop = (enum flight_stop)(data[0] % 64 % N_STOPS);
	stream = (struct span){data + 2, n - 2};
	f = flight_new(a, stop, &offer);
	g = flight_new(a, stop, &offer);
	if (data[0] % 128 >= 64) {
		flight_on_encrypted(f, on_encrypted, NULL);
		flight_on_encrypted(g, on_encrypted, NULL);
	}
	CHECK(feed(f, stream, n) == feed(g, stream, 1u + data[1]));
	CHECK(walk(flight_result(f)) == walk(flight_result(g)));
	CHECK(flight_result(f)->flaws == flight_result(g)->flaws);
	CHECK(flight_result(f)->n_exts == flight_result(g)->n_exts);
	arena_free(a);
	return 0;
}
