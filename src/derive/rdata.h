/*
 * rdata - the data of DNS records, read: CAA, TLSA, HTTPS, MX, SRV, TXT.
 *
 * Bytes in, spans out, no allocation but where a name becomes text.  False: not of that form.
 *
 *	struct rdata_caa caa;
 *	if (rdata_caa(fact_hex(row, F_RR_DATA), &caa) && (caa.flags & RDATA_CAA_CRITICAL)) ...
 */
#ifndef TLSAUDIT_DERIVE_RDATA_H
#define TLSAUDIT_DERIVE_RDATA_H

#include "base/arena.h"
#include "base/rd.h"

enum { RDATA_CAA_CRITICAL = 0x80, RDATA_ALPNS = 16 };

struct rdata_caa { /* RFC 8659, 4.1 */
	uint8_t flags;
	struct span tag, value;
};
bool rdata_caa(struct span data, struct rdata_caa *out) MUST_USE;
/* RFC 8659, 4.2: the CA's name before the first ";", blanks off; empty: nobody. */
struct span rdata_caa_issuer(struct span value);
/* The next "name=value" behind it.  Begin with the whole value; false at the end. */
bool rdata_caa_parameter(struct span *rest, struct span *name, struct span *value);

struct rdata_tlsa { /* RFC 6698, 2.1 */
	uint8_t usage, selector, matching;
	struct span data;
};
bool rdata_tlsa(struct span data, struct rdata_tlsa *out) MUST_USE;

struct rdata_https { /* RFC 9460, 2.2 */
	uint16_t priority;
	const char *target; /* "." or a name without its final dot */
	struct span alpn[RDATA_ALPNS];
	size_t n_alpn;
	bool has_port;
	uint16_t port;
	struct span ech;
};
bool rdata_https(struct span data, struct arena *a, struct rdata_https *out) MUST_USE;

/* RFC 1035, 3.3.9, and RFC 2782: names in the arena, clean, without their final dot. */
bool rdata_mx(struct span data, struct arena *a, uint16_t *preference, const char **host) MUST_USE;
bool rdata_srv(struct span data, struct arena *a, uint16_t *port, const char **host) MUST_USE;
/* RFC 1035, 3.3.14: its strings put together; in the arena, clean. */
bool rdata_txt(struct span data, struct arena *a, const char **text) MUST_USE;

#endif
