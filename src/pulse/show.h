/*
 * show - the numbers of a population in every format: for people, for browsers, for programs.
 *
 *	const struct show o = {.top = 10, .table = "shares"};
 *	good = show_text(stdout, tally, &o);
 *
 * One file a format.  Texts of peers are escaped for it; nothing is counted here.
 */
#ifndef TLSAUDIT_PULSE_SHOW_H
#define TLSAUDIT_PULSE_SHOW_H

#include <stdio.h>

#include "pulse/tally.h"

struct show {
	size_t top;        /* so many owners, gaps, keys and missing hosts; SIZE_MAX: all */
	const char *table; /* CSV: which one; see show_is_table() */
	bool colour;
	unsigned width; /* columns of a terminal; 0: 80 */
};

/* Each is false when writing failed (errno says why). */
bool show_text(FILE *to, const struct tally *t, const struct show *o) MUST_USE;
bool show_html(FILE *to, const struct tally *t, const struct show *o) MUST_USE;
bool show_json(FILE *to, const struct tally *t, const struct show *o) MUST_USE;
bool show_csv(FILE *to, const struct tally *t, const struct show *o) MUST_USE;

/* Is it a table of the CSV: "shares", "owners", "weak-keys", "trust-gaps", "own-missing"? */
bool show_is_table(const char *name);

/* ---- what the formats share: show.c ---- */

/* "Protocols": the heading of a group of series. */
const char *show_group_title(int group);
/* The order in which groups are shown, from 0; TALLY__GROUPS of them. */
int show_group(size_t i);
/* "1,234,567", in the arena. */
const char *show_number(struct arena *a, uint64_t n);
/* "63.4%"; "<0.1%" and ">99.9%" where rounding would say nothing or all; "-" of nothing. */
const char *show_percent(struct arena *a, uint64_t n, uint64_t of);
/* By how many points of percent a share has grown: "+1.2"; "" when it cannot be told. */
const char *show_change(struct arena *a, const struct series *s, const struct slice *v);
/* "2026-11-24 to 2026-11-25", or one day; "" when nothing was counted. */
const char *show_days(struct arena *a, int64_t from, int64_t to);
const char *show_day(struct arena *a, int64_t t);
/* Is there nothing in it that is known? */
bool show_unasked(const struct series *s);
/* The series of that id.  There is one. */
const struct series *show_series(const struct tally *t, const char *id);
/* The slice of that name; NULL: there is none. */
const struct slice *show_slice(const struct series *s, const char *name);
/* The gaps of stores that trust the same, put together: `by` names them all.  In the arena. */
const struct gap *show_gaps(const struct tally *t, struct arena *a, size_t *n);
/* "1 host", "1,234 hosts". */
const char *show_hosts(struct arena *a, uint64_t n);
/* The owner on whose roots alone the most hosts hang; NULL: none do. */
const struct share *show_most_depending(const struct tally *t);
/* Owners that are listed, and what the others have together. */
size_t show_owners(const struct tally *t, const struct show *o, struct share *rest);

#endif
