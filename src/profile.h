/*
 * profile - how much is asked of an endpoint, under one name.
 *
 *	full	every probe to its end; the default for targets of the command line
 *	fast	versions, the best suites and their order, groups that are chosen, certificates with what
 *		each store makes of them: at most 12 connections to a modern server; the default for a list
 *	certs	certificates alone, as a client of today gets them
 *	FILE	a JSON object: {"depth": "fast", "probes": ["protocols", ...], "timeout": 60,
 *		"parallel": 2, "max_connections": 40}; every member may be missing
 *
 * With --online fast and certs ask third parties too.  What a profile does not ask stays unknown, for the reason "not asked".
 *
 *	struct profile p;
 *	if (!profile_load(&p, &options, err, sizeof(err)))
 *		...
 */
#ifndef TLSAUDIT_PROFILE_H
#define TLSAUDIT_PROFILE_H

#include "options.h"
#include "probe.h"

enum { PROFILE_PROBES = 64 };

struct profile {
	enum depth depth;
	const struct probe *probes[PROFILE_PROBES + 1]; /* NULL-ended */
	unsigned timeout_ms, parallel, max_connections;
	unsigned cost; /* connections to one endpoint, about: how many fit into a rate */
};

/* The profile of --profile, with what other options say in its place.  False with a sentence in err. */
bool profile_load(struct profile *p, const struct options *o, char *err, size_t errlen) MUST_USE;

#endif
