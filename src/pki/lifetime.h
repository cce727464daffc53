/*
 * lifetime - how long a server certificate may live, by the day it was issued.
 *
 * Baseline Requirements for TLS server certificates, 6.3.2, and before them the votes that set the
 * limits: 825 days from 2018-03-01 (ballot 193), 398 from 2020-09-01, and by ballot SC-081v3 200
 * from 2026-03-15, 100 from 2027-03-15, 47 from 2029-03-15.  Every day is 86,400 seconds, and what
 * is begun counts whole: notBefore and notAfter both belong to the certificate's life.
 *
 *	unsigned days = lifetime_days(c.not_before, c.not_after);
 *	const struct lifetime_rule *r = lifetime_rule_at(c.not_before);
 *	if (r != NULL && days > r->days)
 *		... too long ...
 */
#ifndef TLSAUDIT_PKI_LIFETIME_H
#define TLSAUDIT_PKI_LIFETIME_H

#include "base/span.h"

struct lifetime_rule {
	int64_t from; /* issued at this second or later: seconds since 1970 */
	unsigned days;
};

/* Days from the first to the last second of its validity, both included; 0 when the last one comes
 * before the first. */
uint32_t lifetime_days(int64_t not_before, int64_t not_after);
/* The rule for a certificate issued at that moment; NULL: before the first. */
const struct lifetime_rule *lifetime_rule_at(int64_t t);
/* The first rule that begins after that moment; NULL: there is none. */
const struct lifetime_rule *lifetime_rule_after(int64_t t);
/* Does it live so shortly that it needs no revocation information (Baseline Requirements, 1.6.1,
 * "Short-lived Subscriber Certificate"): 10 days from 2024-03-15, 7 from 2026-03-15? */
bool lifetime_is_short(int64_t not_before, int64_t not_after);

#endif
