/* client - see client.h. */
#include "tls/client.h"

#include "base/check.h"

/* clang-format off */
#define NONE {NULL, 0}
#define CODES(n, ...) {(const uint16_t[n]){__VA_ARGS__}, n}
#define CLIENT(...) {__VA_ARGS__},
/* clang-format on */
static const struct client clients[] = {
#include "tls/clients.def"
};

size_t
client_count(void)
{
	return N_ELEMENTS(clients);
}

const struct client *
client_at(size_t i)
{
	CHECK(i < N_ELEMENTS(clients));
	return &clients[i];
}

static bool
same_list(struct u16s a, struct u16s b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++)
		if (a.v[i] != b.v[i])
			return false;
	return a.n == b.n;
}

bool
client_same_hello(const struct client *a, const struct client *b)
{
	return a->lowest == b->lowest && a->highest == b->highest && a->sni == b->sni &&
	       same_list(a->suites, b->suites) && same_list(a->groups, b->groups) &&
	       same_list(a->shares, b->shares) && same_list(a->sigalgs, b->sigalgs);
}
