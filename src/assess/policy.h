/*
 * policy - grading rules as data: a JSON file becomes scores, letters and rules.
 *
 * data/policy/ssllabs-2009r.json is compiled in and the default; `--policy ./mine.json` reads
 *another of the same shape:
 *
 *	{
 *		"policy": "mine",  "edition": "2026-07",  "title": "...",
 *		"extends": "ssllabs-2009r",
 *		"rules": [ {
 *			"id": "no-cbc", "title": "CBC suites are accepted",
 *			"when": [ ["suites.any", "has", "cbc"] ],
 *			"cap": "B", "severity": "medium", "show": ["suites:cbc"],
 *			"fix": "Remove them.", "ref": "RFC 7366, 1"
 *		} ],
 *		"override": [ { "id": "tls1_1", "severity": "high" } ],
 *		"waive": [ { "id": "tls1_0", "until": "2026-12-31", "reason": "old tills" } ]
 *	}
 *
 * A rule has at most one effect: "cap" (the grade is that letter at most), "grade" (the grade is
 * that letter, T or M, and what it would be otherwise is the grade if trust is ignored), or
 * "warning" (an A becomes that letter).  A rule without one is reported and changes nothing.  See
 * rule.h for "when" and evidence.h for "show".
 *
 * "means" says in a few sentences what is bad about a hit.
 *
 * "config": {"versions": "1.2+"} says what the fix comes to in a configuration: the lines for the
 * server's own software are added to "fix" (config.def has the keys).
 *
 * "also": {"rule": ID, "when": [...]} says that the fix of that rule mends this one too, while
 * the conditions hold: weak DHE is gone when only ECDHE is offered.  So the shortest list of changes
 * that raises the grade can leave this rule's own fix out.
 *
 * With "extends" everything of the other policy holds (a built-in name, or a path with a '/'; seen
 * from the working directory); "rules" adds rules with new ids, "override" replaces members of
 *rules there are (an effect replaces the effect; "effect": "none" takes it away), and "waive" takes
 *the effect from a rule up to the end of a day, UTC, by audit.time.  A waived rule still stands
 *among the findings.
 *
 * The scores are tables: "versions" of protocols; for bits, the first row [below, score] that is
 * above them, or "else".  A row of "limits" holds while its rule hits.
 *
 * A policy with "kind": "compliance" gives no grade: it has no scores, letters and effects, and
 * its rules say with "level" whether a hit is a deviation ("must") or against advice ("should"),
 * instead of a severity:
 *
 *	{
 *		"policy": "house", "edition": "3", "title": "...", "kind": "compliance",
 *		"note": "who it is for, and what it leaves out",
 *		"rules": [ {
 *			"id": "suites", "title": "Other suites than ours are accepted", "level": "must",
 *			"when": [ ["suites.any", "has other than", ["TLS_AES_256_GCM_SHA384"]] ],
 *			"fix": "...", "ref": "house rules, 4"
 *		} ]
 *	}
 *
 * Everything is checked when it is loaded: a key, fact, operator, property, letter or date that
 *does not exist is an error that names the file and the rule.
 *
 * What is unknown.  The grade is that of everything that has been asked and answered; a rule that
 * could not be judged goes to `open` and makes the assessment incomplete.  So a rule about a fact
 * that no probe gives ("not asked") leaves the grade standing, as far as asked; a rule that is open
 * through the network (silence, reset, ...) leaves it standing too, and is named in `reasons` with
 *the letter that it could cost.  There is no grade (JSON null) when what it is made of is unknown:
 *a score, or a rule with "grade" that is open.
 */
#ifndef TLSAUDIT_ASSESS_POLICY_H
#define TLSAUDIT_ASSESS_POLICY_H

#include <stdio.h>

#include "assess/config.h"
#include "assess/rule.h"

enum { POLICY_RULES = 256, POLICY_BYTES = 1 << 20, POLICY_EXTENDS = 4, POLICY_LETTERS = 10 };

/* Letters by rank, the best first: A+, A, A-, B, C, D, E, F; then T and M. */
enum rank { RANK_A_PLUS, RANK_A, RANK_A_MINUS, RANK_F = 7, RANK_T, RANK_M, RANK__MAX };
const char *rank_letter(int rank);
int rank_of(const char *letter); /* -1: no letter */

struct step { /* bits below this: that score */
	uint32_t below;
	int score;
};

struct limit { /* while the rule hits, the score is this at most */
	const char *rule;
	int score;
};

struct bits_score {
	int weight;
	const struct step *steps;
	size_t n_steps;
	int otherwise;
	const struct limit *limits;
	size_t n_limits;
};

struct letter_from { /* that letter, from this score on */
	int rank, score;
};

struct policy {
	struct arena *arena;
	const char *name, *edition, *title, *note; /* note: or NULL */
	bool compliance;                           /* it gives no grade */
	int protocol_weight, version_score[N_SUITE_LISTS]; /* as suite_lists[] */
	struct bits_score kx, cipher;
	struct letter_from letters[POLICY_LETTERS];
	size_t n_letters;
	struct software software; /* that fixes are told for; id SOFTWARE_NONE: the one that is seen */
	const struct rule *exceptional; /* A+, when nothing warns; or NULL */
	struct rule *rules[POLICY_RULES];
	size_t n_rules;
};

/* The rule with that id, or NULL. */
struct rule *policy_rule(const struct policy *p, const char *id);
/* The policy in normalised text, one line a member: what is compared with tests/golden/policy/. */
bool policy_write(FILE *to, const struct policy *p) MUST_USE;
/* Reads a policy from text; file is what errors call it. */
struct policy *policy_read(struct span text, const char *file, char *err, size_t errlen) MUST_USE;
/* The built-in policy of that name; NULL bytes when there is none. */
struct span policy_embedded(const char *name);

#endif
