/*
 * Target: starttls_feed() on any bytes of a server.  The first byte chooses the protocol, the
 * second the size of the pieces in which the others come.
 */
#include "base/check.h"
#include "base/text.h"
#include "engine/starttls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const names[] = {
#define STARTTLS(id, name, port, talk, reference) name,
#include "engine/starttls.def"
};

/* No control byte of a server is in what a person may read. */
static void
check_detail(const char *detail)
{
	struct span s = span_str(detail);
	uint32_t c;
	size_t n;

	while ((n = text_next(s, &c)) > 0) {
		CHECK(!text_is_control(c));
		s = (struct span){s.p + n, s.n - n};
	}
}

static void
check_end(struct starttls *s, enum starttls_state state)
{
	check_detail(starttls_detail(s));
	CHECK((state == STARTTLS_FAILED) == (starttls_failure(s) != STARTTLS_NONE));
	CHECK((state == STARTTLS_READY) == (starttls_detail(s)[0] == '\0'));
	CHECK(state == STARTTLS_READY || starttls_injected(s).n == 0);
	CHECK(starttls_injected(s).n <= STARTTLS_BYTES_MAX);
}

/* The state that is final, and the detail, for these bytes in pieces of that size. */
static enum starttls_state
run(const char *name, struct span in, size_t piece)
{
	struct arena *a = arena_new(1 << 19);
	struct starttls *s = starttls_open(a, name, "host.example");
	enum starttls_state state = starttls_feed(s, (struct span){0});

	for (size_t at = 0; at < in.n && state == STARTTLS_MORE; at += piece) {
		size_t n = in.n - at < piece ? in.n - at : piece;

		state = starttls_feed(s, (struct span){in.p + at, n});
		CHECK(starttls_to_send(s).n <= 2048);
		starttls_sent(s, starttls_to_send(s).n);
	}
	check_end(s, state);
	arena_free(a);
	return state;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n >= 2) {
		const char *name = names[data[0] % N_ELEMENTS(names)];
		struct span in = {data + 2, n - 2};

		/* How the bytes are cut decides nothing. */
		CHECK(run(name, in, data[1] % 16u + 1) == run(name, in, SIZE_MAX / 2));
	}
	return 0;
}
