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
