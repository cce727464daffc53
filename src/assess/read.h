/* read - the parts of a policy file out of JSON; for policy.c.  Failures are written once, by the
 * first, as "FILE: rule ID: what". */
#ifndef TLSAUDIT_ASSESS_READ_H
#define TLSAUDIT_ASSESS_READ_H

#include "adapt/json.h"
#include "assess/policy.h"

struct reader {
	struct policy *p;
	const char *file;
	const char *where; /* "rule rc4", "scores", or NULL */
	char *err;
	size_t errlen;
};

/* Writes the error; always false. */
bool read_failed(const struct reader *r, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Are all members of the object among the words (NULL-ended)?  And is it an object? */
bool read_keys(const struct reader *r, const struct json *j, const char *const *words);
/* The text of a member; must: it has to be there.  Else *out stays. */
bool read_text(
    const struct reader *r, const struct json *j, const char *key, bool must, const char **out);
/* A whole number from 0 to max. */
bool read_number(const struct reader *r, const struct json *j, int64_t max, int64_t *out);
/* A list of texts, or one text. */
bool read_words(const struct reader *r, const struct json *j, const char *const **words, size_t *n);

/* "when": conditions, and the record that they speak of. */
bool read_when(const struct reader *r, const struct json *j, struct rule *rule);
/* Members of a rule into one that is empty (override false) or complete. */
bool read_rule(struct reader *r, const struct json *j, struct rule *rule, bool override);
/* "config": what the fix sets; j may be NULL. */
bool read_config(const struct reader *r, const struct json *j, struct rule *rule);
/* "scores", "letters". */
bool read_scores(struct reader *r, const struct json *j);
bool read_letters(struct reader *r, const struct json *j);
/* A day, "2026-12-31", as its last second, UTC. */
bool read_day(const struct reader *r, const char *text, int64_t *out);

#endif
