/*
 * rule - one condition, one rule, three values.
 *
 * A rule of a policy file is a list of conditions that must all hold:
 *
 *	"when": [ ["protocols.tls1_2", "is", "no"], ["protocols.tls1_3", "is", "no"] ]
 *
 * The first word is a fact's JSON name (fact.def), the second compares, the rest is what with:
 *
 *	is, is not          yes, no; a text; a version ("TLS 1.2"); a number.  A list: one of these
 *	<, >=               numbers; days_left too, which is a number in a text
 *	has, has no         a property of one cipher suite (suite_has() in tls/code.h; a list: all
 *			    of them of the same suite), a group or signature scheme by name, or one text
 *	has other than      a member that is none of these: suites by their IANA names, groups, signature
 *			    schemes or texts; SCSVs are no suites
 *
 * "suites.any" stands for the suites of all versions together, SSLv2's included.  ["or", C, C, ...]
 * holds when one of the conditions in it does.  "leaf[].x" is a field of the leaf certificate of
 * "deployments[]".  Conditions on rows of a record ask: is there one row for which all hold?  A
 * rule may name one record only (leaf[] belongs to deployments[]), and deployments that do not count
 * (its field "counts") are passed over.
 *
 * Kleene's logic: unknown and no is no, unknown or yes is yes, everything else with an unknown
 * is unknown.  A list that could not be ended answers for what was seen of it: that it has something
 * is certain then, that it has not is unknown.  A fact that is not applicable makes its condition
 * no: where the question makes no sense, no rule hits; the same for a field that a row does not
 * have.  A record without rows is unknown, unless what brings its rows has been asked.
 *
 * Pure: the same rule and facts, the same answer.
 */
#ifndef TLSAUDIT_ASSESS_RULE_H
#define TLSAUDIT_ASSESS_RULE_H

#include "assess/assess.h"
#include "tls/code.h"

enum op { OP_IS, OP_IS_NOT, OP_LESS, OP_AT_LEAST, OP_HAS, OP_HAS_NO, OP_HAS_OTHER, OP_OR };

struct cond {
	enum op op;
	enum fact_id fact;        /* F_NONE: suites.any, or OP_OR */
	bool leaf;                /* a field of the deployment's leaf */
	const char *const *words; /* as written */
	size_t n_words;
	const int64_t *numbers; /* the words as numbers: versions, code points, TRI_*; or NULL */
	const struct cond *alt; /* OP_OR */
	size_t n_alt;
};

enum effect { EFFECT_NONE, EFFECT_CAP, EFFECT_WARNING, EFFECT_GRADE };

struct rule {
	const char *id, *title, *fix, *ref;
	const char *means; /* what is bad about it, or NULL */
	const char *const *config; /* by enum setting_id: what the fix sets, or NULL; NULL: nothing */
	enum severity sev;
	enum effect effect;
	bool advice; /* of a compliance policy: "should", not "must" */
	const char *letter; /* with an effect */
	const struct cond *when;
	size_t n_when;
	enum kind rows;          /* K_ENDPOINT: none */
	const char *const *show; /* what the evidence shows: see evidence.h */
	size_t n_show;
	const char *also;        /* the id of a rule whose fix mends this one too; or NULL */
	const struct rule *if_so; /* while its "when" holds */
	const char *waived; /* why, or NULL */
	int64_t waived_until;
};

enum { OPEN_MAX = 4 };

struct open_fact { /* what a rule would need to know */
	enum fact_id fact;
	enum why why;
	const char *note; /* or NULL */
};

struct answer {
	enum tri value;
	struct open_fact open[OPEN_MAX]; /* TRI_UNKNOWN only: the first ones */
	size_t n_open;
};

struct answer rule_ask(const struct rule *r, const struct facts *f);
/* Does this row of the rule's record fulfil it? */
enum tri rule_ask_row(const struct rule *r, const struct facts *f, size_t row);
/* The same for conditions outside a rule; they name no record. */
struct answer conds_ask(const struct cond *when, size_t n, const struct facts *f);

/* Does the suite fulfil a condition on suites, but for its negation?  s may be NULL. */
bool suite_fits(const struct cond *c, uint32_t code, const struct suite *s);
/* The leaf certificate of a deployment, or NULL when there is none. */
const struct facts *leaf_of(const struct facts *f, const struct facts *deployment);
/* Is the deployment one that is judged? */
bool counts(const struct facts *deployment);

/* The lists of suites, newest version first. */
struct suite_list {
	enum fact_id suites, proto;
	uint16_t version;
};
extern const struct suite_list suite_lists[];
enum { N_SUITE_LISTS = 6 };
/* Suite i of that list, in the list's order; NULL behind the last.  code may be NULL; what no table
 * knows gives a code and *s NULL. */
bool suite_list_at(const struct facts *f, const struct suite_list *l, size_t i, uint32_t *code,
    const struct suite **s);

#endif
