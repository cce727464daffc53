/*
 * Target: tunnel_feed() on any bytes of a proxy, and proxy_read() on any URL.  The first byte chooses
 * the kind of proxy and whether there is a login, the second the size of the pieces in which the
 * others come.
 */
#include <stdlib.h>

#include "base/check.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "net/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const urls[] = {"socks5h://127.0.0.1:1", "socks5h://a:b@127.0.0.1:1",
    "http://127.0.0.1:1", "http://a:b@127.0.0.1:1"};

/* Every failure is the proxy's, and no control byte of it is in what a person may read. */
static void
check_detail(const char *detail)
{
	struct span s = span_str(detail);
	uint32_t c;
	size_t n;

	CHECK(s.n == 0 || memcmp(s.p, "the proxy", 9) == 0);
	while ((n = text_next(s, &c)) > 0) {
		CHECK(!text_is_control(c));
		s = (struct span){s.p + n, s.n - n};
	}
}

struct outcome {
	enum tunnel_state state;
	size_t taken; /* of what came: what is not the server's */
};

/* How these bytes in pieces of that size end. */
static struct outcome
run(const struct proxy *p, struct span in, size_t piece)
{
	struct tunnel_to to = {.host = "host.example", .port = 443};
	struct arena *a = arena_new(1 << 20);
	struct outcome o = {.state = TUNNEL_MORE};
	struct tunnel *t;
	size_t at = 0;

	to.at = address_of_name(to.host);
	t = tunnel_open(a, p, &to);
	while (at < in.n && o.state == TUNNEL_MORE) {
		size_t n = in.n - at < piece ? in.n - at : piece;

		CHECK(tunnel_to_send(t).n <= 2048);
		tunnel_sent(t, tunnel_to_send(t).n);
		o.state = tunnel_feed(t, (struct span){in.p + at, n});
		at += n;
	}
	check_detail(tunnel_detail(t));
	CHECK((o.state == TUNNEL_READY) == (tunnel_detail(t)[0] == '\0'));
	CHECK(o.state == TUNNEL_READY || tunnel_rest(t).n == 0);
	if (o.state == TUNNEL_READY)
		o.taken = at - tunnel_rest(t).n;
	arena_free(a);
	return o;
}

static void
read_url(struct span in)
{
	char *text = xcalloc(1, in.n + 1), err[256];
	struct proxy p;

	memcpy(text, in.p, in.n);
	if (proxy_read(text, &p, err, sizeof(err)))
		CHECK(p.kind != PROXY_NONE && p.port != 0 && p.host[0] != '\0');
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct proxy p;
	char err[256];

	if (n >= 2) {
		struct span in = {data + 2, n - 2};
		struct outcome whole, pieces;

		CHECK(proxy_read(urls[data[0] % N_ELEMENTS(urls)], &p, err, sizeof(err)));
		whole = run(&p, in, SIZE_MAX / 2);
		pieces = run(&p, in, data[1] % 16u + 1);
		/* How the bytes are cut decides nothing. */
		CHECK(whole.state == pieces.state && whole.taken == pieces.taken);
		read_url(in);
	}
	return 0;
}
