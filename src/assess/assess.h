/*
 * assess - a policy and facts come in, findings and a grade come out; pure.
 *
 * Same facts and policy, same assessment.  A rule that meets an unknown fact is neither hit nor
 * missed (Kleene logic): it goes to `open`, with the facts it would need, and `complete` is false.
 */
#ifndef TLSAUDIT_ASSESS_H
#define TLSAUDIT_ASSESS_H

#include "fact.h"

enum severity { SEV_INFO, SEV_LOW, SEV_MEDIUM, SEV_HIGH, SEV_CRITICAL, SEV__MAX };
const char *severity_name(enum severity s);

struct policy; /* immutable after loading; shared by all endpoints */
/* The built-in policy of that name ("ssllabs-2009r"), or the one in the file when name holds a
 * '/'.  NULL and a one-line message in err on failure (file, rule, what).  Free: policy_free(). */
struct policy *policy_load(const char *name, char *err, size_t errlen) MUST_USE;
void policy_free(struct policy *p);
const char *policy_name(const struct policy *p);
const char *policy_edition(const struct policy *p); /* "2009r" */
const char *policy_title(const struct policy *p);
size_t policy_n_rules(const struct policy *p);
/* Does it give a grade, or only say what deviates?  assess() takes the first kind, comply() the
 * second. */
bool policy_grades(const struct policy *p);
/* The names of the built-in policies, NULL-ended: those with grades first. */
const char *const *policy_names(void);

struct finding {
	const char *id;    /* rule id, "rc4" */
	const char *title; /* what is so */
	const char *means; /* what is bad about it, a few sentences; or NULL */
	enum severity sev;
	const char *effect;    /* "caps the grade at B", "grade T", "warning: A-", or "" */
	const char *evidence;  /* the facts in words: "suites.tls1_2: TLS_RSA_WITH_RC4_128_SHA" */
	const char *fix;       /* what to change, with its lines for the server seen, or for two of them */
	const char *fix_words; /* the same without lines */
	const char *const *config; /* the lines, where the software of the server is known; else none */
	size_t n_config;
	const char *config_for, *config_where; /* "nginx 1.22.1", "in the server block" */
	const char *ref;       /* RFC, CVE, guide edition */
	enum fact_id facts[4]; /* what it rests on; F_NONE-padded */
	bool waived;           /* by the policy: reported, but it fails nothing */
	bool known_before;     /* --baseline has it: not new */
	bool must;             /* of a compliance policy: a hit is a deviation, not only advice */
	const char *policy;    /* whose rule it is, where not the grade's; put by ops_deviations() */
	const char *why_open;  /* open ones: which fact is unknown and why; else NULL */
};

/* Does an open rule rest on facts of the endpoint alone that nobody asked for? */
bool finding_not_asked(const struct facts *f, const struct finding *open);

/* The one of that rule among n, or NULL. */
const struct finding *finding_by_id(const struct finding *v, size_t n, const char *id);

/* What a policy without grades says: which of its rules deviate. */
struct compliance {
	const char *policy, *edition, *title;
	const char *note; /* who it is for, and what it leaves out; or NULL */
	enum tri passes;  /* no: something deviates; unknown: something that must be so is open */
	size_t n_rules;
	const struct finding *deviations; /* what must be otherwise, in the policy's order */
	const struct finding *advice;     /* what should be */
	const struct finding *waived;     /* deviations that the policy lets pass; effect says until when */
	const struct finding *open;       /* not settled; `must` says what they would be */
	size_t n_deviations, n_advice, n_waived, n_open;
};

enum rule_state { RULE_NOT_HIT, RULE_HIT, RULE_NOT_KNOWN, RULE_WAIVED, RULE__MAX };
const char *rule_state_name(enum rule_state s); /* "not hit", "hit", "not known", "waived" */

struct explained { /* what became of one rule */
	const char *id, *title;
	enum rule_state state;
	const char *effect; /* of a hit: "caps the grade at B"; or ""; waived: until when and why */
	const char *facts;  /* what it rests on, in words; not known: which fact, and why */
};

struct assessment {
	const char *grade;               /* "A+".."F", "T", "M", or NULL when it cannot be told */
	const char *grade_trust_ignored; /* or NULL */
	const char *grade_before;        /* the baseline's; NULL: none, or --baseline is not used */
	bool complete;                   /* false: some rule met an unknown fact */
	int score_protocol, score_key_exchange, score_cipher, score; /* 0..100; -1 not known */
	bool has_warnings, exceptional;
	const struct finding *findings, *open; /* most severe first */
	size_t n_findings, n_open;
	const char *const *reasons; /* what decided the grade, at most three, weightiest first */
	size_t n_reasons;
	const char *const *lifts; /* the changes that would raise the grade */
	size_t n_lifts;
	/* What --compliance and --explain ask for; put there by the caller of comply() and explain(). */
	const struct compliance *compliance;
	size_t n_compliance;
	const struct explained *explain;
	size_t n_explain;
};

/* Fixes are told for this software from now on, "haproxy/2.6", whatever was seen.  False: there is
 * none of that name; the names in err. */
bool policy_config_for(struct policy *p, const char *software, char *err, size_t errlen) MUST_USE;

/* The policy's rules, in its order: rule i as a finding without evidence; false behind the last.
 * Its effect is in the arena. */
bool policy_rule_at(const struct policy *p, size_t i, struct arena *a, struct finding *out);

/* Everything in *out lives in the arena or in the policy. */
void assess(const struct policy *p, const struct facts *f, struct arena *a, struct assessment *out);
/* What a policy without grades says of the facts. */
void comply(const struct policy *p, const struct facts *f, struct arena *a, struct compliance *out);
/* Every rule of the policy in its order, what makes an A+ last, and what became of each. */
const struct explained *explain(
    const struct policy *p, const struct facts *f, struct arena *a, size_t *n);
/*
 * assess() where only some facts could be had, a chain without its server for one: only the rules
 * that rest on nothing else are asked, and there is no grade.
 */
void assess_part(const struct policy *p, const struct facts *f, bool (*covers)(enum fact_id id),
    struct arena *a, struct assessment *out);

#endif
