/*
 * mail - the mail servers of domains, as targets (--mx).
 *
 * RFC 5321, 5.1: the hosts of the MX records, the preferred one first; a domain without any takes its
 * mail itself.  RFC 7505: the one host "." says that there is no mail for it.
 *
 *	struct mail *m = mail_new(loop, dnssec, domains, n, 25, on_mail, arg);
 *	...				on_mail(arg), once, from loop_run()
 *	for (size_t i = 0; i < n; i++)
 *		if (mail_trouble(m, i) != NULL) ...
 *	n = mail_targets(m, &targets);
 *	mail_free(m);
 */
#ifndef TLSAUDIT_MAIL_H
#define TLSAUDIT_MAIL_H

#include "target.h"

struct dnssec;
struct loop;
struct mail;
typedef void mail_done_fn(void *arg);

enum { MAIL_DOMAINS = 16, MAIL_HOSTS = 64, MAIL_MS = 10000 };

/* Asks for the records of n domains, which are borrowed; port: of the targets.  Never NULL. */
struct mail *mail_new(struct loop *l, struct dnssec *d, const char *const *domains, size_t n,
    uint16_t port, mail_done_fn *done, void *arg);
void mail_free(struct mail *m); /* before or after; NULL is allowed */
/* Each host once, in the order of the domains; they live as long as m. */
size_t mail_targets(const struct mail *m, const struct target **out);
/* Why the i-th domain has no mail server, a sentence without its name; NULL: it has. */
const char *mail_trouble(const struct mail *m, size_t i);

#endif
