/*
 * reach - from how far away an address can be reached: what a URL in a stranger's certificate must
 * not make us knock at.
 *
 * A certificate may name http://127.0.0.1:8080/ or http://169.254.169.254/ as the place of its
 * issuer (server-side request forgery).  Every address that is about to be connected to is sorted:
 *
 *	if (!reach_allowed(reach_of(addr, len), reach_of(ep->addr, ep->addr_len)))
 *		... blocked
 *
 * Allowed is what is on the public Internet, and what is as near as the audited endpoint itself: a
 * server at 10.0.0.1 may name a responder at 10.0.0.2, one on loopback a responder on loopback.
 * What is an address in IPv6's clothes (::ffff:0:0/96, NAT64, 6to4) counts as the one inside.
 */
#ifndef TLSAUDIT_NET_REACH_H
#define TLSAUDIT_NET_REACH_H

#include "base/span.h"

/* RFC 6890 and the IANA special-purpose address registries. */
enum reach {
	REACH_NEVER,   /* unspecified, multicast, reserved, documentation, no IP address at all */
	REACH_PUBLIC,
	REACH_PRIVATE, /* RFC 1918, RFC 4193, RFC 6598 */
	REACH_LINK,    /* RFC 3927, fe80::/10: clouds keep their metadata there */
	REACH_LOOPBACK
};

/* Of a struct sockaddr_in or _in6. */
enum reach reach_of(const void *sockaddr, size_t len);
/* May it be connected to, for an endpoint that is as near as `endpoint`? */
bool reach_allowed(enum reach r, enum reach endpoint);

#endif
