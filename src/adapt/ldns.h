/*
 * ldns - DNS messages written and read, over ldns; no socket: its resolver would block.
 *
 *	dns_query(&(struct dns_question){.name = "example.org", .type = DNS_A, .id = 4711}, &w);
 *	...
 *	if (!dns_parse(wire, &q, &m))
 *		... malformed, or the answer to another question
 *	m.rcode == DNS_NOERROR, m.n_addrs == 2, m.n_cnames == 0
 *
 * An answer is followed from the name that was asked for, along its CNAME records, to the addresses
 * at the end of the chain.  Records that do not belong to it are not looked at.  Pure.
 */
#ifndef TLSAUDIT_ADAPT_LDNS_H
#define TLSAUDIT_ADAPT_LDNS_H

#include "base/arena.h"
#include "base/wr.h"

enum {
	DNS_A = 1,       /* RFC 1035, 3.2.2 */
	DNS_AAAA = 28,   /* RFC 3596, 2.1 */
	DNS_MX = 15,     /* RFC 1035, 3.3.9 */
	DNS_TXT = 16,    /* RFC 1035, 3.3.14 */
	DNS_SRV = 33,    /* RFC 2782 */
	DNS_DNSKEY = 48, /* RFC 4034, 2 */
	DNS_TLSA = 52,   /* RFC 6698, 7.1 */
	DNS_HTTPS = 65,  /* RFC 9460, 14.2 */
	DNS_CAA = 257,   /* RFC 8659, 7 */
	DNS_NOERROR = 0, /* RFC 1035, 4.1.1 */
	DNS_FORMERR = 1,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3,
	DNS_NOTIMP = 4,
	DNS_REFUSED = 5,
	DNS_CNAMES_MAX = 16,
	DNS_ADDRS_MAX = 32,
	DNS_NAME_MAX = 511
};

struct dns_question {
	const char *name; /* A-labels, with or without a final dot */
	uint16_t type;    /* dns_parse(): DNS_A or DNS_AAAA */
	uint16_t id;
	bool cd; /* RFC 4035, 3.2.2: checking disabled */
};

struct dns_addr {
	uint8_t len; /* 4 or 16 */
	uint8_t b[16];
};

struct dns_message {
	uint8_t rcode;
	bool truncated;
	bool loop;         /* the chain returns to where it was, or has more than DNS_CNAMES_MAX */
	unsigned n_cnames; /* links followed */
	char end[DNS_NAME_MAX +
		 1]; /* of the chain: lower case, escaped, no final dot; "": too long */
	struct dns_addr addrs[DNS_ADDRS_MAX]; /* sorted, each once; the first of many */
	size_t n_addrs;
	bool capped; /* there were more */
	int ede;     /* RFC 8914: the first extended error code; -1: none */
};

/* Writes the query: RD set, EDNS of 1232 bytes (RFC 6891, 6.2.3).  False: the name is not one, or
 * does not fit. */
bool dns_query(const struct dns_question *q, struct wr *out) MUST_USE;
/* Reads the answer to q.  False: malformed, no answer, or not to this name and type; q->id counts
 * too when check_id.  *out is then untouched. */
bool dns_parse(struct span wire, const struct dns_question *q, bool check_id,
    struct dns_message *out) MUST_USE;
/* One record of an answer. */
struct dns_record {
	struct span data; /* RDATA with its names uncompressed, in lower case where RFC 4034, 6.2 says so */
	const char *text; /* as in a zone file, without owner, class and TTL; ASCII, escaped */
};

struct dns_records {
	uint8_t rcode;
	bool loop; /* its aliases go round in a circle */
	struct dns_record *v;
	size_t n; /* at most DNS_RECORDS_MAX, in the order of their data */
	bool capped;
};

enum { DNS_RECORDS_MAX = 32 };

/* Reads the answer to a question of any type: the records of that type at the end of its chain of
 * aliases.  False: malformed, or to another question.  All of it is the arena's. */
bool dns_read_records(struct span wire, const struct dns_question *q, struct arena *a,
    struct dns_records *out) MUST_USE;
/* The library's version, for --version. */
const char *dns_version(void);

#endif
