/*
 * facts_json - reads back the facts of a JSON report.
 *
 *	const struct json *report = json_read(arena, line, err, sizeof(err));
 *	if (!facts_from_json(facts, json_get(report, "facts"), err, sizeof(err)))
 *		...
 *
 * Takes what report/json.c writes under "facts", and shorter forms of it that are easier to type: a
 * suite or group may be its code alone, "0xc02f".  "x_reason" beside an unknown x gives the reason
 * and the note, beside a known one the note.  What facts there are already stay: the first one
 * counts.  Records are read only when there is no row of that kind yet.
 */
#ifndef TLSAUDIT_REPORT_FACTS_JSON_H
#define TLSAUDIT_REPORT_FACTS_JSON_H

#include "adapt/json.h"
#include "fact.h"

/* False when a member is no fact or has not its type; what and where in err. */
bool facts_from_json(struct facts *f, const struct json *j, char *err, size_t errlen) MUST_USE;
/* The same, but for those that skip() says yes to.  A record of which all fields are skipped is
 * left out whole. */
bool facts_from_json_but(struct facts *f, const struct json *j, bool (*skip)(enum fact_id id),
    char *err, size_t errlen) MUST_USE;

#endif
