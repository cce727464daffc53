/*
 * tally - the numbers of a population, out of its database; what every format shows.
 *
 *	struct tally *t = tally_new(db, own, err, sizeof(err));
 *	for (size_t i = 0; i < t->n_series; i++)
 *		... t->series[i].title, t->series[i].v[0].n of t->series[i].of
 *	tally_free(t);
 *
 * What is counted:
 *
 *	host		a name (or address), port and STARTTLS protocol.  Its addresses are
 *			endpoints; it counts once, as its worst endpoint does (measure.h).
 *			Endpoints that could not be assessed do not count where another one was.
 *	certificate	a leaf that some endpoint presents, once, however many do
 *	trusted		by one of the public stores, missing intermediates supplied, the host's name
 *			left aside; unexpired when an endpoint presented it
 *	owner		of the root to which the chain leads: in Mozilla's store, or else the first
 *			of Chrome's, Microsoft's, Apple's, Android's and Java's that has it
 *	name		a dNSName of a certificate; domain: what was registered for it (adapt/psl.h)
 *
 * Every number has what it is a part of beside it: `of`.  Unknown is a slice like others.
 */
#ifndef TLSAUDIT_PULSE_TALLY_H
#define TLSAUDIT_PULSE_TALLY_H

#include "pulse/db.h"
#include "pulse/measure.h"

enum {
	TALLY_SERIES = 64,
	TALLY_SLICES = MEASURE_CLASSES + 4,
	TALLY_STORES = TAKE_VERDICTS,
	TALLY_WEAK_BITS = 1024 /* keys below that are listed one by one */
};

struct slice {
	const char *name;
	enum tone tone;
	uint64_t n, old; /* old: in the population compared with */
};

/* Where a series belongs; those of measures first. */
enum tally_group {
	TALLY_STATUS = MEASURE__GROUPS,
	TALLY_TRUST,
	TALLY_LEAVES, /* certificates, not hosts */
	TALLY__GROUPS
};

struct series {
	const char *id, *title, *unit; /* "hosts", "certificates" */
	int group;
	struct slice v[TALLY_SLICES]; /* the best first, unknown last; yes before no */
	size_t n;
	bool yes_no; /* yes, no and unknown are its slices */
	uint64_t of, old_of;
};

/* Hosts that one store trusts and another one does not. */
struct gap {
	const char *by, *not_by, *verdict; /* verdict: what the other one says */
	const char *owner, *subject;       /* of the root */
	uint64_t hosts;
};

struct weak { /* a trusted, unexpired key that anybody can break */
	const char *host, *subject, *issuer, *key_type;
	int64_t port, not_before, not_after, bits;
	uint32_t host_id, certificate_id;
};

struct share { /* of one owner */
	const char *owner;
	uint64_t certificates, all_certificates; /* trusted and unexpired; whatever their state */
	uint64_t names, all_names, domains, all_domains;
	uint64_t hosts; /* that use one of its trusted certificates */
	uint64_t alone; /* with a chain that no other owner's root stands behind */
	uint64_t own_hosts, own_alone;
	uint64_t old_certificates, old_hosts;
};

/* How much of a market its greatest have, by the parts of all owners together. */
struct concentration {
	uint64_t of;
	uint64_t top1, top5, top10;
	uint64_t
	    hhi; /* Herfindahl-Hirschman index: the sum of the squares of percent; 10,000 at most */
};

struct moves { /* hosts of both populations, and of one */
	uint64_t both, better, worse, same, unknown, added, gone;
};

struct tally {
	struct arena *arena;
	uint64_t records, bad_lines, endpoints, hosts, assessed, certificates;
	int64_t from, to;   /* times of the first and the last record; 0: none */
	const char *policy; /* of the grades; "several"; NULL: none */

	struct series series[TALLY_SERIES];
	size_t n_series;

	struct gap *gaps; /* the most hosts first */
	size_t n_gaps;
	struct weak *weak; /* the shortest key first */
	size_t n_weak;

	struct share *owners; /* the most trusted, unexpired certificates first */
	size_t n_owners;
	struct share total; /* every certificate, name and domain once; hosts with a trusted one */
	struct concentration by_certificates, by_domains, by_hosts;

	bool own; /* a list of one's own hosts was given */
	uint64_t own_listed, own_found, own_assessed, own_trusted;
	const char **own_missing;
	size_t n_own_missing;

	bool compared;
	int64_t old_from, old_to;
	uint64_t old_hosts, old_assessed;
	struct moves moves;

	uint8_t *host_grade; /* of each host by its id; UINT8_MAX: not assessed */
	size_t n_host_grades;
};

/* own: names, one a line; ".example.org" is whatever ends in it; p NULL: no list.  NULL, and a
 * sentence in err: the database cannot be read. */
struct tally *tally_new(struct db *db, struct span own, char *err, size_t errlen) MUST_USE;
/* Sets every old number of `t`, of which db is the database. */
bool tally_compare(struct tally *t, struct db *db, const struct tally *old, struct db *old_db,
    char *err, size_t errlen) MUST_USE;
void tally_free(struct tally *t); /* NULL is allowed */

/* n of all, as a fraction with six digits; 0 when all is. */
uint64_t tally_millionths(uint64_t n, uint64_t of);

#endif
