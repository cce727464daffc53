/*
 * outside - what third parties say of the service, as labelled lines: who is revoked and who says
 * so, certificate timestamps, DNS.  Made once; text and HTML print them each in its own way.
 *
 *	struct outside o;
 *	outside_read(p, OUTSIDE_DNS, &o);
 *	for (size_t i = 0; i < o.n; i++)
 *		... o.v[i].label, then its words, or the fact of the endpoint o.v[i].id
 */
#ifndef TLSAUDIT_REPORT_OUTSIDE_H
#define TLSAUDIT_REPORT_OUTSIDE_H

#include "report/page.h"

enum { OUTSIDE_LINES = 240 }; /* of one section; beyond, a line says how to get the rest */

enum outside_kind { OUTSIDE_REVOCATION, OUTSIDE_TRANSPARENCY, OUTSIDE_DNS, OUTSIDE__MAX };

struct outside_line {
	const char *label; /* NULL: it goes on with the one above */
	enum ink ink;
	const char *words;
	enum fact_id id; /* not F_NONE: instead of words */
};

struct outside {
	const char *title, *anchor; /* "DNS", "dns" */
	struct outside_line v[OUTSIDE_LINES];
	size_t n;
};

/* Empty when nothing of that kind is known.  Texts live in the page's arena. */
void outside_read(struct page *p, enum outside_kind k, struct outside *o);
/* Is the fact of the endpoint one of these sections'? */
bool outside_has(enum fact_id id);

#endif
