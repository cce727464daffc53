/*
 * name - does this certificate speak for this host?  (RFC 9525, and RFC 6125 where it differs)
 *
 * The reference name is what the user asked for: a host name in ASCII (IDN already turned into
 * A-labels), with or without a final dot, or an IP address as text.  The presented names are a
 * stranger's bytes: they are compared as bytes with ASCII case folded, so a NUL or a control in
 * one never equals anything.  Only subjectAltName counts; a certificate without any whose common
 * name would have matched is told apart (NAME_CN_ONLY), since clients of before 2017 took it.
 *
 *	struct span by;
 *	switch (name_match(&cert, "www.example.org", &by)) {
 *	case NAME_EXACT: case NAME_WILDCARD: case NAME_IP: ...	it does, by this SAN
 *	case NAME_CN_ONLY: ...			today's clients refuse it
 *	case NAME_MISMATCH: ...
 *	}
 */
#ifndef TLSAUDIT_PKI_NAME_H
#define TLSAUDIT_PKI_NAME_H

#include "pki/cert.h"

enum name_how {
	NAME_MISMATCH,
	NAME_EXACT,
	NAME_WILDCARD,
	NAME_IP,
	NAME_CN_ONLY, /* no SAN at all, and the common name is it: not accepted */
};

/* What is odd about the names a certificate presents, one bit each; name_odd_text() has words. */
enum name_odd {
	NAME_ODD_NUL = 1 << 0,          /* a NUL byte: the good.com\0.evil trick of 2009 */
	NAME_ODD_CHAR = 1 << 1,         /* something no host name holds */
	NAME_ODD_UNICODE = 1 << 2,      /* bytes over 0x7f: dNSName is for A-labels */
	NAME_ODD_WILDCARD = 1 << 3,     /* '*' not as the whole leftmost label */
	NAME_ODD_WILDCARD_TLD = 1 << 4, /* "*" or "*.com" */
	NAME_ODD_IP_AS_DNS = 1 << 5,    /* an IP address written as a dNSName */
	NAME_ODD_IP_SIZE = 1 << 6,      /* an iPAddress that is neither 4 nor 16 bytes */
	NAME_ODD_EMPTY = 1 << 7,        /* an empty dNSName */
	NAME_ODD_CN_NOT_IN_SAN = 1
				 << 8, /* a common name that is a host name and none of the SANs */
	NAME_ODD_FINAL_DOT = 1 << 9,
};

/* Is the certificate good for host?  *by (may be NULL) is the name that matched, borrowed from the
 * certificate; empty when none did. */
enum name_how name_match(const struct cert *c, const char *host, struct span *by);

/* Does a presented dNSName match a reference host name?  host without final dot. */
enum name_how name_match_dns(struct span presented, struct span host);

/* Bytes of an IP address written as text ("192.0.2.1", "2001:db8::1", "[::1]"): 4 or 16, else 0. */
size_t name_ip(const char *host, uint8_t out[16]);

/* Bits of enum name_odd for all SANs and the last common name. */
uint32_t name_oddities(const struct cert *c);
/* The first oddity of the set in words; NULL for an empty set. */
const char *name_odd_text(uint32_t odd);

/* ASCII letters alike in either case; length and all other bytes equal. */
bool name_eq_nocase(struct span a, struct span b);
/* Letters, digits, '-', '_' and single dots between labels of at most 63 bytes; at most 253. */
bool name_is_host(struct span s);

#endif
