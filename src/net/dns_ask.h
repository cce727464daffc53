/*
 * dns_ask - one question to one DNS server in a datagram, to see what it really says.
 *
 *	struct dns_ask *k = dns_ask_new(l, &server, &question, on_end, arg);
 *	...					on_end(arg, DNS_ASK_ANSWER, &message), once
 *	dns_ask_free(k);			before or after
 *
 * There is no deadline here: the question is repeated every second until there is an answer or the
 * caller has waited enough.
 */
#ifndef TLSAUDIT_NET_DNS_ASK_H
#define TLSAUDIT_NET_DNS_ASK_H

#include "adapt/ldns.h"
#include "target.h"

struct loop;
struct dns_ask;

enum dns_ask_end {
	DNS_ASK_ANSWER,
	DNS_ASK_MALFORMED, /* something came, but no answer to this question */
	DNS_ASK_NOBODY,    /* ICMP says that nothing listens there */
	DNS_ASK_LOCAL      /* no socket, no route, or a name that is none */
};

/* m is NULL unless there is an answer, and dies when this returns. */
typedef void dns_ask_fn(void *arg, enum dns_ask_end end, const struct dns_message *m);

/* Asks; q and its name are copied, its id should be hard to guess.  end() is called from loop_run()
 * at most once, and may free k.  Never NULL. */
struct dns_ask *dns_ask_new(struct loop *l, const struct address *server,
    const struct dns_question *q, dns_ask_fn *end, void *arg);
void dns_ask_free(struct dns_ask *k); /* NULL is allowed */

#endif
