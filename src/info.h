/*
 * info - what the program says of itself: --version, --list-probes, --list-policies, --list-facts,
 * --schema.
 *
 * All of it comes from the tables that the program runs by (probe_table, fact_defs, kind_defs), so
 * it cannot tell another story.  data/gen/gen-docs.c makes the manual's tables, the completions
 * and the shipped schema from the same functions and the same tables.
 *
 *	if (!info_facts(stdout))
 *		... the disk is full, or nobody reads
 */
#ifndef TLSAUDIT_INFO_H
#define TLSAUDIT_INFO_H

#include <stdio.h>

#include "fact.h"

struct probe;

/* Each writes to `to` and flushes it; false when anything of it could not be written. */

/* "tlsaudit 0.1.0", the licence, and the versions of the libraries that run, not of the headers. */
bool info_version(FILE *to) MUST_USE;
/* Every probe: its name, the connections it may make at most, and its question. */
bool info_probes(FILE *to) MUST_USE;
/* Every built-in policy: its name and title, how many rules it has, and which option takes it. */
bool info_policies(FILE *to) MUST_USE;
/* Every fact and every field of a record: its path in JSON, its type and unit, its meaning. */
bool info_facts(FILE *to) MUST_USE;
/* The JSON schema (draft 2020-12) of what report_json() writes; see info_schema.c. */
bool info_schema(FILE *to) MUST_USE;

/* A fact's type for people: "yes/no", "number", "list of suites", ... */
const char *info_type(enum fact_type type);
/* The most connections that one probe may make; 0: it asks nothing. */
unsigned info_most_connections(const struct probe *p);

#endif
