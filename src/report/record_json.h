/*
 * record_json - reads back one report of --format json: who was asked, how it ended, the facts.
 *
 *	struct record r;
 *	if (!record_from_json(a, line, NULL, &r, err, sizeof(err)))
 *		... "it is of schema version 2.0"
 *
 * What was judged (grade, findings, scores) is not read: it is judged again.  Texts are cleaned
 * like a peer's, since anybody may have written the file.
 */
#ifndef TLSAUDIT_REPORT_RECORD_JSON_H
#define TLSAUDIT_REPORT_RECORD_JSON_H

#include "adapt/json.h"
#include "report/report.h"

/*
 * Fills *out; all of it lives in the arena.  skip: facts to leave out, or NULL.  *facts, when it is
 * not NULL, are the record's facts to write to.  On failure false, and what is wrong in err.
 */
bool record_from_json(struct arena *a, const struct json *j, bool (*skip)(enum fact_id id),
    struct record *out, struct facts **facts, char *err, size_t errlen) MUST_USE;
/* What says which endpoint it is, but for the address: "example.org 443 smtp"; NULL: no report. */
const char *record_key(struct arena *a, const struct json *j);

#endif
