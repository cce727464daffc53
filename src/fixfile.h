/*
 * fixfile - --fix-chain: the repaired chains of one endpoint, as PEM files.
 *
 *	struct fixfile_ask q = {.facts = f, .host = "example.org", .stores = set, .asked = bits,
 *	    .now = now};
 *	status = exit_worse(status, fixfile_write(&o, &q));
 *
 * What was written, and what is missing where nothing could be, goes to standard error.
 */
#ifndef TLSAUDIT_FIXFILE_H
#define TLSAUDIT_FIXFILE_H

#include "fact.h"
#include "job.h"

struct fixfile_ask {
	const struct facts *facts;
	const char *host; /* that the leaf is for, or NULL */
	const struct store_set *stores;
	uint32_t asked; /* STORE_BIT()s */
	int64_t now;
};

/* EXIT_PASS: each deployment has its file; EXIT_POLICY: a certificate is missing, or no bundle
 * helps; EXIT_INTERNAL: a file cannot be written; EXIT_NOT_ASSESSED: there is no chain. */
enum exit_status fixfile_write(const struct options *o, const struct fixfile_ask *q) MUST_USE;

#endif
